"""What a setting may be: nonsense is refused before it reaches a table (DR-1701)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings.defaults import DEFINITIONS
from core.settings.rules import ORDERED, accepted, in_order, typed
from tests.proving import proves


@proves("DR-1701")
@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("order.max_unpaid", " 5 ", "5"),
        ("order.max_unpaid", "007", "7"),
        ("commission.percent", "7.5", "7.50"),
        ("commission.percent", "0", "0.00"),
        ("delivery.auto_start", "false", "false"),
        ("payout.run_local", "09:30", "09:30"),
        ("alarm.phones", "0712 000 101, +254112000102", "+254712000101,+254112000102"),
        ("alarm.phones", "", ""),
        ("service.wards", "12, 3,3", "3,12"),
        ("service.wards", "", ""),
        ("mpesa.query_schedule_minutes", "1,3,9", "1,3,9"),
        ("order.slots", "day 06-18, any", "day 06-18, any"),
    ],
)
def test_what_fits_is_stored_in_one_spelling(name: str, value: str, stored: str) -> None:
    assert accepted(DEFINITIONS[name], value) == stored


@proves("DR-1701")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("order.max_unpaid", ""),
        ("order.max_unpaid", "0"),
        ("order.max_unpaid", "-1"),
        ("order.max_unpaid", "51"),
        ("order.max_unpaid", "3.0"),
        ("order.max_unpaid", "three"),
        ("order.max_unpaid", "1_0"),
        ("order.max_unpaid", "٣"),
        ("order.max_unpaid", "9" * 400),
        ("commission.percent", "50.01"),
        ("commission.percent", "NaN"),
        ("commission.percent", "1e1"),
        ("commission.percent", "10.005"),
        ("commission.percent", "10,00"),
        ("delivery.auto_start", "yes"),
        ("delivery.auto_start", "True"),
        ("payout.run_local", "24:00"),
        ("payout.run_local", "9:30"),
        ("payout.run_local", "10:00:30"),
        ("delivery.code_length", "6"),
        ("alarm.phones", "0712"),
        ("alarm.phones", "+15550001111"),
        ("service.wards", "1451"),
        ("service.wards", "0"),
        ("service.wards", "Kinoo"),
        ("mpesa.query_schedule_minutes", ""),
        ("mpesa.query_schedule_minutes", "5,2"),
        ("mpesa.query_schedule_minutes", "0,2"),
        ("location.kenya_box", "5.6,33.8,-4.9,42.0"),
        ("location.kenya_box", "1,2,3"),
        ("order.slots", "any"),
        ("order.slots", "morning 11-06, any"),
        ("order.slots", "morning 06-11"),
        ("rider.capacity_kg", "bicycle 20"),
        ("rider.capacity_kg", "bicycle 0, motorcycle 60, tuktuk 300, pickup 1000, van 1500, truck 5000"),
    ],
)
def test_nonsense_is_refused(name: str, value: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        accepted(DEFINITIONS[name], value)


@given(st.sampled_from(sorted(DEFINITIONS)), st.text(max_size=40))
def test_whatever_is_accepted_is_of_its_kind_and_is_accepted_again(name: str, text: str) -> None:
    definition = DEFINITIONS[name]
    try:
        stored = accepted(definition, text)
    except (ValueError, ArithmeticError):
        return
    typed(definition.kind, stored)
    assert accepted(definition, stored) == stored
    assert len(stored) <= 255


@proves("DR-1701")
@pytest.mark.parametrize(("small", "large"), ORDERED)
def test_one_setting_does_not_pass_the_other(small: str, large: str) -> None:
    values = {d.name: typed(d.kind, d.default) for d in DEFINITIONS.values()}
    crossed = values | {small: values[large] + 1}
    assert not in_order(crossed, small)
    assert not in_order(crossed, large)
    assert in_order(crossed, "order.max_unpaid")
