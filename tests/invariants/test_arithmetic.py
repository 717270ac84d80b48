"""Properties of the money rules, for any amounts (DR-101 to DR-104, DR-701, DR-1101 to DR-1105)."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.deliveries import rules as delivery_rules
from core.listings.rules import commission, farmer_gets
from core.money import exact, round2, whole_shillings
from core.orders import rules

cents = st.decimals(min_value=0, max_value=100_000, places=2)
prices = st.decimals(min_value="0.01", max_value=100_000, places=2)
quantities = st.decimals(min_value="0.01", max_value=1_000, places=2)
percents = st.decimals(min_value=0, max_value=100, places=2)
kms = st.decimals(min_value=0, max_value=60, places=2)
TARIFF = rules.Tariff(
    *(Decimal(text) for text in ("50.00", "10.00", "5", "2.00", "5", "30.00", "50.00", "1000.00", "2000.00"))
)
PAY = delivery_rules.Pay(Decimal(80), Decimal("5.00"), Decimal(3), Decimal("40.00"))


@given(quantities, prices)
def test_a_rounded_line_is_at_most_half_a_cent_off(quantity: Decimal, price: Decimal) -> None:
    total = rules.line_total(quantity, price)
    assert exact(total) == total
    assert abs(total - quantity * price) <= Decimal("0.005")


@given(cents, percents)
def test_commission_and_share_are_exactly_the_value(value: Decimal, percent: Decimal) -> None:
    ours, hers = commission(value, percent), farmer_gets(value, percent)
    assert ours + hers == value
    assert ours >= 0
    assert hers >= 0


@given(st.decimals(min_value="0.50", max_value=100_000, places=2))
def test_the_whole_shillings_asked_are_at_most_fifty_cents_off(due: Decimal) -> None:
    """DR-103."""
    asked = whole_shillings(due)
    assert asked == asked.to_integral_value()
    assert asked >= 1
    assert abs(asked - due) <= Decimal("0.50")


@given(st.lists(cents, min_size=1, max_size=20), kms, cents, st.integers(1, 5))
def test_totals_always_add_up(lines: list[Decimal], km: Decimal, kg: Decimal, farms: int) -> None:
    """DR-701; the fee before the waiver is in whole shillings and within its bounds (DR-1102)."""
    totals = rules.totals(TARIFF, lines, km=km, kg=kg, farms=farms)
    assert totals.total == totals.subtotal + totals.fee == sum(lines, Decimal(0)) + totals.fee
    before = totals.fee + totals.waived
    assert TARIFF.minimum <= before <= TARIFF.maximum
    assert before == before.to_integral_value()
    assert (totals.fee == 0) == (totals.subtotal >= TARIFF.free_threshold)


@given(kms, kms, cents, cents)
def test_farther_or_heavier_is_never_cheaper(
    near: Decimal, more: Decimal, kg: Decimal, extra: Decimal
) -> None:
    little = rules.delivery_fee(TARIFF, km=near, kg=kg, farms=1)
    assert rules.delivery_fee(TARIFF, km=near + more, kg=kg, farms=1) >= little
    assert rules.delivery_fee(TARIFF, km=near, kg=kg + extra, farms=1) >= little
    assert rules.delivery_fee(TARIFF, km=near, kg=kg, farms=2) >= little


@given(cents, kms)
def test_a_rider_never_earns_less_than_the_minimum_or_his_share(fee: Decimal, pickup: Decimal) -> None:
    """DR-1105."""
    earning = delivery_rules.earning(PAY, fee=fee, pickup_km=pickup)
    assert earning >= PAY.minimum
    assert earning >= round2(fee * Decimal("0.8"))
    assert exact(earning) == earning


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6), st.floats(0, 100))
def test_a_route_passes_every_farm_once(stops: list[float], door: float) -> None:
    """DR-1103, DR-1207."""
    route = rules.nearest_first(stops, door, lambda a, b: abs(a - b))
    assert sorted(route) == sorted(stops)


@given(st.text(alphabet=rules.ALPHABET, min_size=4, max_size=4))
def test_every_good_tail_is_found_again_however_it_is_typed(tail: str) -> None:
    """DR-109, DR-110."""
    if rules.good_tail(tail):
        assert rules.spelled(f" {tail[:2].lower()}-{tail[2:]} ") == tail
        assert rules.whole_number(f"tun 250624 {tail}") == f"TUN250624{tail}"
