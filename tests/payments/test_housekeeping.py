"""Late money, what is shown of payments, and the house's own money (DR-811, 10.2)."""

from decimal import Decimal
from typing import Any

import pytest

from core.errors import DomainError, NotAllowed
from core.payments import checks, errors, housekeeping, refunds, service, taken_back, views
from tests.helpers import FixedClock
from tests.orders.shop import Shop, paid
from tests.payments.till import (
    reference,
    send,
    sound,
    told,
    typed,
)
from tests.payments.till import refunds as all_refunds
from tests.proving import proves


@proves("DR-811", "O17")
class TestLate:
    """Money after the order ran out of time."""

    def test_it_revives_the_order(self, shop: Shop, clock: FixedClock) -> None:
        listing = shop.publish()
        order = shop.order()
        attempt = shop.prompt(order)
        clock.advance(minutes=62)
        shop.sweep()
        assert shop.fresh(order).order_status == "cancelled"
        assert shop.result(attempt, paid(attempt)) == "applied"
        assert shop.statuses(order)[0::2] == ("confirmed", "paid")
        assert shop.stock(listing) == ("45.00", "45.00")
        assert told(shop) == []
        sound(shop, order)

    @pytest.mark.parametrize("why", ["too late", "sold meanwhile", "dearer", "a part only"])
    def test_otherwise_it_goes_back(self, shop: Shop, clock: FixedClock, why: str) -> None:
        from core.listings.models import Listing

        listing = shop.publish()
        order = shop.order()
        attempt = shop.prompt(order)
        clock.advance(minutes=62)
        shop.sweep()
        if why == "too late":
            clock.advance(hours=24, minutes=1)
        elif why != "a part only":

            def change(tx: Any) -> None:
                found = tx.session.get(Listing, listing.listing_id)
                if why == "dearer":
                    found.current_price = Decimal(81)
                else:
                    found.quantity_available = Decimal(1)

            shop.db.run(change)
        if why == "a part only":
            assert typed(shop, reference(order), "100.00") == "applied"
        else:
            assert shop.result(attempt, paid(attempt)) == "applied"
        assert shop.fresh(order).order_status == "cancelled"
        assert [r[0] for r in told(shop)] == ["late"]
        assert shop.texts(shop.cast.customer)[-1] == "paid_too_late"
        send(shop, all_refunds(shop)[0])
        assert shop.statuses(order)[2] == "refunded"
        sound(shop, order)


class TestViews:
    """Who reads what (2.1)."""

    @proves("DR-211")
    def test_payments_are_read_by_those_whose_order_it_is(self, shop: Shop) -> None:
        shop.publish()
        order = shop.paid_order()
        payment = shop.attempt(order)
        stranger = shop.person("+254712000777", "customer", "Kangemi")
        for person, sees in ((shop.cast.customer, 1), (shop.cast.farmer, 1), (shop.cast.rider, 0),
                             (shop.cast.admin, 1), (stranger, 0)):  # fmt: skip
            got = shop.db.run(lambda tx, p=person: views.listed(tx, p.actor))  # type: ignore[misc]
            assert len(got) == sees, person
        (view,) = shop.db.run(lambda tx: views.listed(tx, shop.cast.farmer.actor))
        assert (view.payer, view.receipt) == ("07******02", payment.receipt)
        with pytest.raises(errors.PaymentUnknown):
            shop.db.run(lambda tx: views.one(tx, stranger.actor, transaction_id=payment.transaction_id))
        with pytest.raises(errors.PaymentUnknown):
            shop.db.run(lambda tx: views.standing_of(tx, stranger.actor, order_id=order.order_id))
        stand = shop.db.run(
            lambda tx: views.standing_of(tx, shop.cast.customer.actor, order_id=order.order_id)
        )
        assert (stand.asked, stand.received, stand.refunded, stand.still_due) == tuple(
            Decimal(n) for n in (499, 499, 0, 0)
        )
        assert shop.db.run(lambda tx: views.refunds(tx, shop.cast.admin.actor)) == []
        with pytest.raises(NotAllowed):
            shop.db.run(lambda tx: views.refunds(tx, shop.cast.customer.actor))

    @proves("DR-211")
    def test_a_foreign_order_cannot_be_paid_by_asking(self, shop: Shop) -> None:
        shop.publish()
        order = shop.order()
        stranger = shop.person("+254712000777", "customer", "Kangemi")
        with pytest.raises(DomainError) as refused:
            shop.db.run(
                lambda tx: service.pay(tx, stranger.actor, order_id=order.order_id, msisdn="0712000777")
            )
        assert refused.value.code == "payments.unknown", "as an order that is not there (DR-211)"


class TestHousekeeping:
    """Float and losses (10.2)."""

    def test_float_is_moved_once_per_reference(self, shop: Shop) -> None:
        admin = shop.cast.admin.actor
        for _ in range(2):
            shop.db.run(
                lambda tx: housekeeping.move_float(tx, admin, amount=Decimal(500), reference="ft 9001")
            )
        assert shop.balances() == {"mpesa": "-500.00", "mpesa_payouts": "500.00"}
        for change, refusal in (
            ({"amount": Decimal(501)}, errors.ReferenceUsed),
            ({"amount": Decimal(0)}, errors.AmountWrong),
            ({"reference": "x"}, errors.ReferenceWrong),
        ):
            told_so: dict[str, Any] = {"amount": Decimal(500), "reference": "FT9001"} | change
            with pytest.raises(refusal):
                shop.db.run(lambda tx, c=told_so: housekeeping.move_float(tx, admin, **c))  # type: ignore[misc]
        with pytest.raises(NotAllowed):
            shop.db.run(
                lambda tx: housekeeping.move_float(
                    tx, shop.cast.farmer.actor, amount=Decimal(1), reference="FT9002"
                )
            )

    @proves("DR-1005", "P6")
    def test_what_goes_back_part_by_part_is_written_off_part_by_part(self, shop: Shop) -> None:
        shop.publish()
        order = shop.delivered_order()
        payment, admin = shop.attempt(order).transaction_id, shop.cast.admin.actor

        def lost(part: str) -> Decimal:
            part_of = {"transaction_id": payment, "amount": Decimal(100), "receipt": part}
            shop.db.run(lambda tx: taken_back.part_reversed(tx, **part_of) and None)  # type: ignore[arg-type]
            return shop.db.run(
                lambda tx: housekeeping.write_off_order(tx, admin, order_id=order.order_id, reason="gone")
            )

        assert [lost("RV00000001"), lost("RV00000002"), lost("RV00000002")] == [100, 100, 0]
        assert shop.balances()["write_off"] == "200.00"
        with shop.db.read() as tx:
            assert checks.order_faults(tx, order.order_id) == []

    @proves("DR-1005")
    def test_what_a_reversal_took_after_delivery_is_written_off(self, shop: Shop) -> None:
        shop.publish()
        order = shop.delivered_order()
        payment = shop.attempt(order)
        shop.db.run(lambda tx: taken_back.reversed_by_provider(tx, transaction_id=payment.transaction_id))
        admin = shop.cast.admin.actor
        lost = [
            shop.db.run(
                lambda tx: housekeeping.write_off_order(tx, admin, order_id=order.order_id, reason="gone")
            )
            for _ in range(2)
        ]
        assert lost == [Decimal("499.00"), Decimal("0.00")]
        assert shop.balances()["write_off"] == "499.00"
        with shop.db.read() as tx:
            assert checks.order_faults(tx, order.order_id) == []
        with pytest.raises(errors.NothingToRefund):  # she has her money back
            shop.db.run(
                lambda tx: refunds.request(
                    tx, admin, order_id=order.order_id, amount=Decimal(100), reason="sorry", request_key="r"
                )
            )
