"""The arithmetic of an order as tables (DR-102, DR-109 to DR-111, DR-705, DR-1101 to DR-1104, DR-1301)."""

import csv
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import NAIROBI
from core.orders import rules
from core.reference import DATA
from core.settings.defaults import DEFINITIONS
from tests.proving import proves

TARIFF = rules.Tariff(
    base=Decimal("50"),
    per_km=Decimal("10"),
    included_km=Decimal("5"),
    per_kg=Decimal("2"),
    included_kg=Decimal("5"),
    per_extra_farm=Decimal("30"),
    minimum=Decimal("50"),
    maximum=Decimal("1000"),
    free_threshold=Decimal("2000"),
)


@proves("DR-1102")
@pytest.mark.parametrize(
    ("km", "kg", "farms", "fee"),
    [
        ("2.00", "2.00", 1, "50.00"),  # the platform document's example
        ("5.00", "5.00", 1, "50.00"),
        ("10.00", "5.00", 1, "100.00"),
        ("10.00", "15.00", 1, "120.00"),
        ("10.00", "15.00", 3, "180.00"),
        ("5.05", "5.00", 1, "51.00"),  # 50.50 is half-up to a whole shilling
        ("5.04", "5.00", 1, "50.00"),
        ("60.00", "900.00", 1, "1000.00"),  # never above the maximum
    ],
)
def test_the_delivery_fee_is_the_formula_of_dr_1102(km: str, kg: str, farms: int, fee: str) -> None:
    assert rules.delivery_fee(TARIFF, km=Decimal(km), kg=Decimal(kg), farms=farms) == Decimal(fee)


KM = st.decimals("0", "200", places=2)
KG = st.decimals("0.01", "5000", places=2)
FARMS = st.integers(1, 20)


@proves("DR-1102")
@given(KM, KG, FARMS)
def test_a_fee_is_in_whole_shillings_and_within_its_bounds(km: Decimal, kg: Decimal, farms: int) -> None:
    fee = rules.delivery_fee(TARIFF, km=km, kg=kg, farms=farms)
    assert fee == fee.to_integral_value()
    assert TARIFF.minimum <= fee <= TARIFF.maximum


@proves("DR-1102")
@given(KM, KG, FARMS, KM, KG, FARMS)
def test_farther_heavier_and_from_more_farms_never_costs_less(
    km: Decimal, kg: Decimal, farms: int, more_km: Decimal, more_kg: Decimal, more_farms: int
) -> None:
    less = rules.delivery_fee(TARIFF, km=km, kg=kg, farms=farms)
    more = rules.delivery_fee(TARIFF, km=km + more_km, kg=kg + more_kg, farms=farms + more_farms)
    assert less <= more


@proves("DR-701", "DR-102")
@given(st.lists(st.tuples(KG, st.decimals("1", "9999.99", places=2)), min_size=1, max_size=20), KM, KG, FARMS)
def test_an_order_is_the_sum_of_its_rounded_lines_and_its_fee(
    lines: list[tuple[Decimal, Decimal]], km: Decimal, kg: Decimal, farms: int
) -> None:
    rounded = [rules.line_total(quantity, price) for quantity, price in lines]
    found = rules.totals(TARIFF, rounded, km=km, kg=kg, farms=farms)
    assert found.subtotal == sum(rounded)
    assert found.total == found.subtotal + found.fee
    assert found.fee + found.waived == rules.delivery_fee(TARIFF, km=km, kg=kg, farms=farms)
    assert (found.fee == 0) == (found.subtotal >= TARIFF.free_threshold)


@proves("DR-1103")
@given(st.lists(st.floats(0, 100), min_size=1, max_size=8, unique=True))
def test_a_route_passes_every_farm_once_and_the_farthest_first(farms: list[float]) -> None:
    def between(a: float, b: float) -> float:
        return abs(a - b)

    route = rules.nearest_first(farms, 0.0, between)
    assert sorted(route) == sorted(farms)
    assert route[0] == max(farms)
    for at in range(len(route) - 1):
        nearest = min(between(route[at], later) for later in route[at + 1 :])
        assert between(route[at], route[at + 1]) == nearest


@proves("DR-701", "DR-1104")
@pytest.mark.parametrize(
    ("goods", "fee", "waived", "total"),
    [
        ("300.00", "50.00", "0.00", "350.00"),
        ("1999.99", "50.00", "0.00", "2049.99"),
        ("2000.00", "0.00", "50.00", "2000.00"),  # free delivery: the fee is kept to pay the rider (DR-1104)
    ],
)
def test_totals_add_up_and_free_delivery_keeps_the_waived_fee(
    goods: str, fee: str, waived: str, total: str
) -> None:
    found = rules.totals(TARIFF, [Decimal(goods)], km=Decimal("2"), kg=Decimal("2"), farms=1)
    assert (found.fee, found.waived, found.total) == (Decimal(fee), Decimal(waived), Decimal(total))


@proves("DR-102")
@pytest.mark.parametrize(
    ("quantity", "price", "total"),
    [
        ("0.50", "79.99", "40.00"),
        ("2.00", "150.00", "300.00"),
        ("0.01", "0.50", "0.01"),
        ("3", "33.33", "99.99"),
    ],
)
def test_a_line_is_rounded_half_up_once(quantity: str, price: str, total: str) -> None:
    assert rules.line_total(Decimal(quantity), Decimal(price)) == Decimal(total)


@proves("DR-705")
@pytest.mark.parametrize(
    ("placed", "day"),
    [
        (datetime(2024, 1, 15, 10, 15, tzinfo=UTC), date(2024, 1, 16)),  # the platform document's example
        (datetime(2024, 1, 15, 12, 59, tzinfo=UTC), date(2024, 1, 16)),  # 15:59 in Nairobi
        (datetime(2024, 1, 15, 13, 0, tzinfo=UTC), date(2024, 1, 17)),  # 16:00 in Nairobi
        (datetime(2024, 1, 15, 22, 0, tzinfo=UTC), date(2024, 1, 17)),  # the 16th already in Nairobi
    ],
)
def test_the_delivery_day_follows_the_cutoff_in_nairobi(placed: datetime, day: date) -> None:
    assert rules.delivery_day(placed, time(16)) == day


@proves("DR-109")
def test_the_order_number_carries_the_nairobi_date() -> None:
    late = datetime(2024, 1, 14, 22, 30, tzinfo=UTC)
    assert rules.number(late, "A3B7") == "TUN240115A3B7"


@pytest.mark.parametrize("tail", ["A3B7", "7A7A", "ZZZ9", "9Z9Z"])
def test_good_tails(tail: str) -> None:
    assert rules.good_tail(tail)


@pytest.mark.parametrize(
    "tail", ["ABCD", "2345", "A0B7", "AIB7", "5BAG", "25KG", "KG25", "SH42", "KES5", "a3b7"]
)
def test_tails_that_are_words_numbers_amounts_or_hard_to_read_are_refused(tail: str) -> None:
    assert not rules.good_tail(tail)


@proves("DR-109")
def test_no_command_word_could_be_an_order_number() -> None:
    with (DATA / "keywords.csv").open(encoding="utf-8") as lines:
        words = [row["keyword"].upper() for row in csv.DictReader(lines)]
    assert len(words) > 200
    assert [word for word in words if rules.good_tail(word)] == []


@proves("DR-110", "DR-111")
@pytest.mark.parametrize("text", ["TUN250624A3B7", "tun250624a3b7", "250624A3B7", " TUN 250624-A3B7 "])
def test_a_whole_number_is_read_in_any_spelling(text: str) -> None:
    assert rules.whole_number(text) == "TUN250624A3B7"
    assert rules.reference("TUN250624A3B7") == "250624A3B7"


@pytest.mark.parametrize("text", ["A3B7", "TUN250624A3B", "", "TUN250624A3B77"])
def test_anything_else_is_no_whole_number(text: str) -> None:
    assert rules.whole_number(text) is None


@proves("DR-1103")
def test_the_route_begins_at_the_farm_farthest_from_the_door_and_then_takes_the_nearest() -> None:
    def between(a: float, b: float) -> float:
        return abs(a - b)

    assert rules.nearest_first([3.0, 10.0, 6.0], 0.0, between) == [10.0, 6.0, 3.0]
    km = rules.route_km([10.0, 6.0, 3.0], 0.0, between, Decimal("1.30"))
    assert km == Decimal("13.00")


@pytest.mark.parametrize(
    ("delivered", "paid"),
    [
        (datetime(2025, 6, 24, 6, 0, tzinfo=UTC), datetime(2025, 6, 25, 7, 0, tzinfo=UTC)),  # 09:00: next day
        (datetime(2025, 6, 24, 7, 0, tzinfo=UTC), datetime(2025, 6, 25, 7, 0, tzinfo=UTC)),  # 10:00 sharp
        (
            datetime(2025, 6, 24, 7, 1, tzinfo=UTC),
            datetime(2025, 6, 26, 7, 0, tzinfo=UTC),
        ),  # 10:01: the day after
    ],
)
def test_the_payday_is_the_first_run_after_the_hold(delivered: datetime, paid: datetime) -> None:
    assert rules.payday(delivered, 24, time(10)) == paid


SLOTS = DEFINITIONS["order.slots"].default


@pytest.mark.parametrize(
    ("setting", "slot", "opens"),
    [
        (SLOTS, "morning", "06:00"),
        (SLOTS, "midday", "11:00"),
        (SLOTS, "afternoon", "15:00"),
        (SLOTS, "any", "06:00"),  # the whole day
        ("early 05:30-08, late 17-20, any", "early", "05:30"),
        ("late 17-20, early 05:30-08, any", "any", "05:30"),
        ("morning 07-11", "midday", "07:00"),  # of an order that is older than the setting
    ],
)
def test_a_slot_opens_when_the_setting_says_in_nairobi(setting: str, slot: str, opens: str) -> None:
    start = rules.slot_start(rules.slots(setting), date(2025, 6, 25), slot)
    assert start.astimezone(NAIROBI).isoformat() == f"2025-06-25T{opens}:00+03:00"
