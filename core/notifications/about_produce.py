"""Farmers are told of their produce: sold out, taken down, to be harvested; and of what is in the list."""

from core import events
from core.catalogue.models import ProductSuggestion
from core.clock import nairobi_date
from core.db import Tx
from core.farms.models import Farm
from core.listings.models import Listing
from core.money import round2
from core.notifications.service import tell
from core.users import service as users

# What she did herself, or what came with her account, is no news to her.
NO_NEWS = ("farmer", "off", "closed")


def sold_out(tx: Tx, happened: events.ListingSoldOut) -> None:
    """The farmer, once for each time she filled it: nothing is left (L4)."""
    listing = tx.session.get_one(Listing, happened.listing_id)
    if happened.actor.user_id == listing.farmer_id:
        return
    subject = f"listing:{listing.listing_id}:{listing.touched_at:%Y%m%d%H%M%S}"
    _tell_farmer(tx, listing, "sold_out", subject)


def taken_down(tx: Tx, happened: events.ListingTakenDown) -> None:
    """The farmer: it is not for sale any more, and how it comes back (L6)."""
    if happened.reason in NO_NEWS:
        return
    listing = tx.session.get_one(Listing, happened.listing_id)
    subject = f"listing:{listing.listing_id}:{nairobi_date(tx.now).isoformat()}"
    _tell_farmer(tx, listing, "off_sale", subject)


def organic_unproven(tx: Tx, happened: events.OrganicUnproven) -> None:
    """The farmer: it is not called organic until the certificate is approved (DR-403)."""
    listing = tx.session.get_one(Listing, happened.listing_id)
    _tell_farmer(tx, listing, "organic_unproven", f"listing:{listing.listing_id}")


def harvest_due(tx: Tx, happened: events.HarvestDue) -> None:
    """The farmer, on the day: how much has she harvested? (L3)."""
    listing = tx.session.get_one(Listing, happened.listing_id)
    subject = f"listing:{listing.listing_id}:{listing.expected_harvest_date}"
    _tell_farmer(tx, listing, "harvest_due", subject)


def woken(tx: Tx, happened: events.FarmerWoken) -> None:
    """The farmer: her produce is for sale again; is it still so, of the largest? (DR-815)."""
    listing = tx.session.get_one(Listing, happened.listing_id)
    kg = round2(listing.quantity_available * listing.kg_per_unit)
    values = {
        "product": listing.product_id,
        "amount_of": {"qty": str(listing.quantity_available), "unit": listing.unit, "kg": str(kg)},
        "count": str(happened.count),
        "dial": tx.parts.service_code,
    }
    subject = f"farmer:{listing.farmer_id}:{tx.now:%Y%m%d%H%M%S}"
    tell(tx, users.get(tx, listing.farmer_id), "back_on_sale", values, subject=subject)


def certificate_decided(tx: Tx, happened: events.CertificateDecided) -> None:
    """The farmer: her certificate counts, or does not (DR-403)."""
    farm = tx.session.get_one(Farm, happened.farm_id)
    code = "certificate_approved" if happened.approved else "certificate_refused"
    subject = f"farm:{farm.farm_id}:{tx.now:%Y%m%d%H%M%S}"
    tell(tx, users.get(tx, farm.farmer_id), code, {"farm": farm.farm_name}, subject=subject)


def suggestion_decided(tx: Tx, happened: events.SuggestionDecided) -> None:
    """Whoever missed a product: it is in the list now, or will not be (DR-401)."""
    row = tx.session.get_one(ProductSuggestion, happened.suggestion_id)
    values = {"text": row.name, "dial": tx.parts.service_code}
    code = "suggestion_added" if row.product_id is not None else "suggestion_refused"
    tell(tx, users.get(tx, row.user_id), code, values, subject=f"suggestion:{row.suggestion_id}")


def _tell_farmer(tx: Tx, listing: Listing, code: str, subject: str) -> None:
    values = {"product": listing.product_id, "dial": tx.parts.service_code}
    tell(tx, users.get(tx, listing.farmer_id), code, values, subject=subject)
