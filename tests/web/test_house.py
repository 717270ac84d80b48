"""Settings, switches, market prices and weather on the console: looked at first, reasoned, audited."""

from io import BytesIO

import pytest
from sqlalchemy import func, select, update

from core.audit.models import AuditRow
from core.db import Database
from core.insights.models import MarketPrice
from core.settings import switches
from core.users.models import User
from core.weather.models import WeatherAlert, WeatherAlertWard
from tests.proving import proves
from tests.web.conftest import Browser

HEAD = (
    "date,market,county,county_code,commodity,category,unit,price_type,price,currency,price_flag,"
    "price_per_base_unit,base_unit,market_lat,market_lon"
)


def count(db: Database, table: type[MarketPrice] | type[WeatherAlert]) -> int:
    with db.read() as tx:
        return tx.session.scalar(select(func.count()).select_from(table)) or 0


@proves("DR-1702")
def test_a_setting_is_changed_with_a_reason_and_its_history_stands_below(
    browser: Browser, db: Database
) -> None:
    page = browser.plain("/settings")
    assert "commission.percent" in page
    sent = browser.send("/settings", "/settings/order.min_total", value="150", reason="a better year")
    assert sent.headers["Location"] == "/admin/settings?name=order.min_total&done=setting"
    page = browser.plain("/settings?name=order.min_total")
    assert "100.00 → 150.00" in page
    assert "a better year" in page
    refused = browser.send("/settings", "/settings/order.min_total", value="a lot", reason="x")
    assert refused.status_code == 409


@proves("DR-1703")
def test_a_switch_shows_what_people_read_and_is_in_force(browser: Browser, db: Database) -> None:
    page = browser.plain("/switches")
    assert "New orders on" in page
    browser.send(
        "/switches", "/switches", kind="orders", subject="", decision="pause", reason="flood in the store"
    )
    page = browser.plain("/switches")
    assert "New orders off" in page
    assert "flood in the store" in page
    with db.read() as tx:
        off = switches.is_off(tx, "orders")
        what = list(tx.session.scalars(select(AuditRow.what).where(AuditRow.what.startswith("switch."))))
    assert (off, what) == (True, ["switch.pause"])
    browser.send("/switches", "/switches", kind="orders", subject="", decision="resume", reason="dry again")
    assert "New orders on" in browser.plain("/switches")
    unknown = browser.send(
        "/switches", "/switches", kind="ward", subject="9999", decision="pause", reason="x"
    )
    assert unknown.status_code == 409


def row(
    day: str = "2025-06-02", price: str = "106", market: str = "Dandora (Nairobi)", unit: str = "KG"
) -> str:
    what = f"Nairobi,47,Beans (dry),pulses and nuts,{unit},retail,{price},KES,actual,{price},kg"
    return f"{day},{market},{what},-1.25,36.9"


def price_list(*rows: str) -> str:
    return "\n".join((HEAD, *rows))


@proves("DR-505")
def test_a_list_with_bad_rows_is_shown_by_row_before_any_of_it_is_kept(
    browser: Browser, db: Database
) -> None:
    before = count(db, MarketPrice)
    text = price_list(row(), row(day="2025-06-99"), row(price="free"), row(day="2025-06-03", market=""))
    looked = browser.send("/prices", "/prices/list", text=text, decision="look")
    assert looked.status_code == 200, looked.text[:500]
    assert "1 new" in looked.text
    assert "3 cannot be used" in looked.text
    assert count(db, MarketPrice) == before
    refused = browser.send("/prices", "/prices/list", text=text, decision="keep")
    assert refused.status_code == 409
    assert count(db, MarketPrice) == before
    kept = browser.send("/prices", "/prices/list", text=text, decision="keep_good")
    assert kept.headers["Location"].endswith("done=prices")
    assert count(db, MarketPrice) == before + 1


def test_a_file_is_read_as_its_text_would_be(browser: Browser) -> None:
    token = browser.token("/prices", "/prices/list")
    file = BytesIO(b"\xef\xbb\xbf" + price_list().encode())
    data = {"csrf": token, "decision": "look", "file": (file, "prices.csv")}
    looked = browser.client.post("/admin/prices/list", data=data, content_type="multipart/form-data")
    assert "0 rows" in looked.text
    nonsense = browser.send("/prices", "/prices/list", text="hello", decision="look")
    assert nonsense.status_code == 409
    assert "hello" in nonsense.text, "what was written is not lost"


def test_one_price_is_kept_or_the_form_comes_back_as_it_was(browser: Browser, db: Database) -> None:
    with db.read() as tx:
        known = tx.session.execute(
            select(MarketPrice.market, MarketPrice.product_id).order_by(MarketPrice.price_id).limit(1)
        ).one()
    fields = {
        "product_id": str(known.product_id), "market": known.market, "unit": "kg", "price": "77.50",
        "price_type": "retail", "day": "2025-06-20",
    }  # fmt: skip
    assert browser.send("/prices", "/prices", **fields).headers["Location"].endswith("done=price")
    assert "77.50" in browser.plain(f"/prices?product={known.product_id}")
    again = browser.send("/prices", "/prices", **fields | {"market": "Soko <b>jipya</b>"})
    assert again.status_code == 409
    assert "Soko &lt;b&gt;jipya" in again.text


WARNING = {
    "alert_type": "heavy_rain", "severity": "warning", "zone": "highland", "wards": "Kinoo",
    "valid_from": "2025-06-24T10:00", "valid_to": "2025-06-25T18:00",
    "text_en": "Heavy rain until tomorrow evening. Harvest what is ripe.",
    "text_sw": "Mvua kubwa hadi kesho jioni. Vuna kilichoiva.",
    "text_kikuyu": "Mbura nene nginya rũciũ hwaĩ-inĩ. Getha kĩrĩa gĩkũrũ.",
}  # fmt: skip


@proves("DR-1601")
def test_a_warning_is_read_as_an_sms_before_it_goes_out(browser: Browser, db: Database) -> None:
    looked = browser.send("/weather", "/weather", decision="look", **WARNING)
    assert looked.status_code == 200
    assert "Weather: Heavy rain until tomorrow evening." in looked.text
    assert "Mbura nene nginya ruciu" in looked.text, "as the wire carries it"
    assert "Kinoo (Kiambu)" in looked.text
    assert count(db, WeatherAlert) == 0
    sent = browser.send("/weather", "/weather", decision="send", **WARNING)
    assert sent.headers["Location"].endswith("done=warned")
    with db.read() as tx:
        alert = tx.session.scalars(select(WeatherAlert)).one()
        wards = tx.session.scalars(select(WeatherAlertWard.ward_code)).all()
    assert (alert.valid_from.hour, len(wards)) == (7, 1), "Nairobi's ten is seven in UTC"
    page = browser.plain("/weather")
    assert "highland Kinoo" in page


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"wards": "Nowhere at all"}, "ward"),
        ({"wards": "Township"}, "Which Township? Write the number"),
        ({"text_sw": ""}, "text"),
        ({"valid_to": "2025-06-23T10:00"}, "time"),
    ],
)
def test_a_warning_that_cannot_go_out_comes_back_with_what_was_written(
    browser: Browser, db: Database, fields: dict[str, str], says: str
) -> None:
    back = browser.send("/weather", "/weather", decision="send", **WARNING | fields)
    assert back.status_code == 409
    assert says.lower() in back.text.lower()
    assert "Harvest what is ripe." in back.text
    assert count(db, WeatherAlert) == 0


@proves("DR-222")
def test_support_reads_no_settings_nor_what_we_earn_and_changes_no_switch(
    browser: Browser, db: Database
) -> None:
    token = browser.token("/switches", "/switches")
    db.run(
        lambda tx: tx.session.execute(
            update(User).where(User.user_role == "admin").values(staff_scope="support")
        )
    )
    assert browser.get("/settings").status_code == 409
    assert browser.get("/insight").status_code == 409, "what each order leaves us is money"
    sent = browser.client.post(
        "/admin/switches",
        data={"csrf": token, "kind": "orders", "decision": "pause", "reason": "mischief"},
    )
    assert sent.status_code == 409
    with db.read() as tx:
        assert not switches.is_off(tx, "orders")
