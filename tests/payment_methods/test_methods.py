"""Ways to pay: several each, one default, numbers sealed (DR-304, S24)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from core.actor import Actor
from core.db import Database, Tx
from core.errors import DomainError, NotFound
from core.msisdn import NotKenyanMobile
from core.payment_methods import service as methods
from core.payment_methods.errors import UnknownMethod
from core.payment_methods.models import PaymentMethod
from core.views import as_json
from tests.helpers import CUSTOMER, Cast, FixedClock
from tests.proving import proves


@pytest.fixture
def achieng(cast: Cast) -> Actor:
    """The customer of the story."""
    return cast.customer.actor


def add(db: Database, who: Actor, **said: Any) -> PaymentMethod:
    return db.run(lambda tx: methods.add(tx, who, **said))


def listed(db: Database, who: Actor) -> list[tuple[str, str | None, bool]]:
    with db.read() as tx:
        views = [methods.view(tx, method) for method in methods.mine(tx, who)]
    return [(view.method_type, view.phone_number, view.is_default) for view in views]


@proves("DR-304")
def test_the_first_is_the_default_and_another_may_become_it(
    db: Database, achieng: Actor, clock: FixedClock
) -> None:
    own = add(db, achieng, method_type="mpesa", default=False)
    clock.advance(minutes=1)
    cash = add(db, achieng, method_type="cash_on_delivery", default=False)
    clock.advance(minutes=1)
    add(db, achieng, method_type="bank_transfer", default=False)
    assert listed(db, achieng) == [
        ("mpesa", "07******02", True),
        ("bank_transfer", None, False),
        ("cash_on_delivery", None, False),
    ]
    db.run(lambda tx: methods.set_default(tx, achieng, payment_method_id=cash.payment_method_id))
    with db.read() as tx:
        default = methods.default_of(tx, achieng.user_id or 0)
        assert default is not None
        assert default.method_type == "cash_on_delivery"
        assert methods.phone_of(tx, default) is None
        assert methods.phone_of(tx, tx.session.get_one(PaymentMethod, own.payment_method_id)) == CUSTOMER


@proves("DR-304")
def test_the_same_again_is_the_one_there_was(db: Database, achieng: Actor) -> None:
    spellings = ("0712 000 777", "+254712000777", "712000777")
    found = {add(db, achieng, method_type="mpesa", phone=phone).payment_method_id for phone in spellings}
    assert len(found) == 1
    number = found.pop()
    db.run(lambda tx: methods.remove(tx, achieng, payment_method_id=number))
    assert listed(db, achieng) == []
    again = add(db, achieng, method_type="mpesa", phone="0712000777", label="my sister")
    assert (again.payment_method_id, again.label) == (number, "my sister")
    assert listed(db, achieng) == [("mpesa", "07******77", True)]


@proves("DR-304")
def test_no_number_stands_in_the_table(db: Database, achieng: Actor) -> None:
    add(db, achieng, method_type="mpesa", phone="0712000777")
    with db.read() as tx:
        row = tx.session.execute(text("SELECT * FROM payment_methods")).one()
    assert "712000777" not in " ".join(map(str, row))


@proves("DR-304")
def test_a_number_is_changed_and_one_that_is_kept_already_takes_over(db: Database, achieng: Actor) -> None:
    first = add(db, achieng, method_type="mpesa", phone="0712000777").payment_method_id
    second = add(db, achieng, method_type="mpesa", phone="0712000888", default=False).payment_method_id

    def change(number: int, **said: Any) -> PaymentMethod:
        return db.run(lambda tx: methods.change(tx, achieng, payment_method_id=number, **said))

    change(first, phone="0712000999", label="shop")
    assert listed(db, achieng)[0] == ("mpesa", "07******99", True)
    assert change(first, phone="0712 000 888").payment_method_id == second
    assert listed(db, achieng) == [("mpesa", "07******88", True)]


WRONG: list[tuple[dict[str, Any], type[DomainError]]] = [
    ({"method_type": "barter"}, UnknownMethod),
    ({"method_type": ""}, UnknownMethod),
    ({"method_type": "cash_on_delivery", "phone": "0712000777"}, UnknownMethod),
    ({"method_type": "mpesa", "phone": "12"}, NotKenyanMobile),
    ({"method_type": "mpesa", "phone": ""}, NotKenyanMobile),
    ({"method_type": "mpesa", "phone": "+15551234567"}, NotKenyanMobile),
]


@proves("DR-304")
@pytest.mark.parametrize(("said", "refusal"), WRONG)
def test_nonsense_is_refused(
    db: Database, achieng: Actor, said: dict[str, Any], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        add(db, achieng, **said)
    assert listed(db, achieng) == []


def test_cash_has_no_number(db: Database, achieng: Actor) -> None:
    cash = add(db, achieng, method_type="cash_on_delivery")
    with pytest.raises(UnknownMethod), db.transaction() as tx:
        methods.change(tx, achieng, payment_method_id=cash.payment_method_id, phone="0712000777")


VERBS: list[Callable[[Tx, Actor, int], object]] = [
    lambda tx, who, number: methods.read(tx, who, payment_method_id=number),
    lambda tx, who, number: methods.change(tx, who, payment_method_id=number, label="mine"),
    lambda tx, who, number: methods.set_default(tx, who, payment_method_id=number),
    lambda tx, who, number: methods.remove(tx, who, payment_method_id=number),
    lambda tx, who, number: methods.owned(tx, who, number),
]


@proves("DR-211", "DR-304")
@pytest.mark.parametrize("verb", VERBS)
def test_foreign_and_deleted_ones_are_not_there(
    db: Database, cast: Cast, verb: Callable[[Tx, Actor, int], object]
) -> None:
    who = cast.customer.actor
    number = add(db, who, method_type="mpesa").payment_method_id
    for stranger in (cast.farmer.actor, cast.rider.actor):
        with pytest.raises(NotFound), db.transaction() as tx:
            verb(tx, stranger, number)
    db.run(lambda tx: methods.remove(tx, who, payment_method_id=number))
    for gone in (number, 10**6):
        with pytest.raises(NotFound), db.transaction() as tx:
            verb(tx, who, gone)
    with db.read() as tx:
        assert tx.session.scalars(select(PaymentMethod)).one().is_active is False


def test_it_is_read_with_the_fields_names_of_the_platform_document(db: Database, achieng: Actor) -> None:
    method = add(db, achieng, method_type="mpesa", label="mine")
    with db.read() as tx:
        shown = as_json(methods.read(tx, achieng, payment_method_id=method.payment_method_id))
    assert shown == {
        "payment_method_id": method.payment_method_id,
        "method_type": "mpesa",
        "label": "mine",
        "phone_number": "07******02",
        "is_default": True,
        "created_at": "2025-06-24T06:30:00Z",
    }
