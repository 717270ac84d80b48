"""What a rider earns, who is asked first, how a plate is read: tables (DR-1105, DR-1202, DR-1209)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.deliveries import rules
from tests.helpers import DEMO_MOMENT

PAY = rules.Pay(
    share_percent=Decimal("80"),
    per_pickup_km=Decimal("5.00"),
    pickup_included_km=Decimal("3"),
    minimum=Decimal("40.00"),
)


@pytest.mark.parametrize(
    ("fee", "pickup_km", "earning"),
    [
        ("50.00", "0.00", "40.00"),
        ("100.00", "3.00", "80.00"),
        ("100.00", "5.50", "92.50"),
        ("99.00", "0.00", "79.20"),
        ("30.00", "0.00", "40.00"),  # never below the minimum
    ],
)
def test_the_rider_earns_his_share_and_the_way_to_the_pickup(fee: str, pickup_km: str, earning: str) -> None:
    assert rules.earning(PAY, fee=Decimal(fee), pickup_km=Decimal(pickup_km)) == Decimal(earning)


def candidate(rider: int, km: str, busy: int = 0, offers: int = 0, idle_hours: int = 1) -> rules.Candidate:
    return rules.Candidate(rider, Decimal(km), busy, offers, DEMO_MOMENT - timedelta(hours=idle_hours))


@pytest.mark.parametrize(
    ("candidates", "chosen"),
    [
        ([], None),
        ([candidate(1, "5"), candidate(2, "4")], 2),
        ([candidate(1, "5"), candidate(2, "4", busy=1)], 1),
        ([candidate(1, "5"), candidate(2, "4", offers=3)], 1),
        ([candidate(1, "4", idle_hours=1), candidate(2, "4", idle_hours=5)], 2),
        ([candidate(2, "4"), candidate(1, "4")], 1),
    ],
)
def test_the_lowest_score_is_asked_then_the_longest_idle_then_the_lowest_id(
    candidates: list[rules.Candidate], chosen: int | None
) -> None:
    best = rules.best(candidates)
    assert (best.rider_id if best else None) == chosen


@pytest.mark.parametrize("text", ["KMFB 123C", "kmfb123c", " KMFB-123 C ", "Kmfb.123c"])
def test_a_plate_is_stored_in_one_spelling(text: str) -> None:
    assert rules.plate(text) == "KMFB 123C"


@pytest.mark.parametrize("text", ["KDA 001A", "KTWB 123C", "KAB 123"])
def test_cars_three_wheelers_and_old_plates_are_plates(text: str) -> None:
    assert rules.plate(text) == text


@pytest.mark.parametrize(
    "text", ["", "123", "KM 123C", "KMFBX 123C", "ABC 123D", "KMFB 12C", "KMFB 123CD", "5"]
)
def test_anything_else_is_no_plate(text: str) -> None:
    assert rules.plate(text) is None


def test_capacities_are_read_from_the_setting() -> None:
    assert rules.capacities("bicycle 20, motorcycle 60") == {
        "bicycle": Decimal(20),
        "motorcycle": Decimal(60),
    }
