"""Money and quantities in a column: both databases agree to the cent and refuse the same (DR-101, DR-105)."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Integer, MetaData, Table, func, select
from sqlalchemy.exc import StatementError

from core.db import Database, Hundredths
from core.money import LIMIT
from tests.databases import Store
from tests.proving import proves

D = Decimal
METADATA = MetaData()
SUMS = Table("test_sums", METADATA, Column("n", Integer, primary_key=True), Column("amount", Hundredths))


@pytest.fixture
def sums(db: Database, store: Store) -> Iterator[Connection]:
    """A table with one amount a row, for this test alone."""
    METADATA.create_all(store.keeper)
    with db.engine.begin() as connection:
        connection.execute(SUMS.delete())
        yield connection
    METADATA.drop_all(store.keeper)


def kept(sums: Connection, amount: object) -> Decimal:
    sums.execute(SUMS.delete())
    sums.execute(SUMS.insert().values(n=1, amount=amount))
    stored: Decimal = sums.execute(select(SUMS.c.amount)).scalar_one()
    return stored


@proves("DR-101")
@pytest.mark.parametrize("amount", ["0.00", "0.01", "-0.01", "150.00", "9999999999.99", "-9999999999.99"])
def test_an_amount_comes_back_as_it_was(sums: Connection, amount: str) -> None:
    stored = kept(sums, D(amount))
    assert str(stored) == amount
    assert type(stored) is Decimal


REFUSED = [0.1, 150.0, D("0.001"), D("1E+10"), -LIMIT, LIMIT, D("NaN"), D("Infinity"), D("9999999999.999")]


@proves("DR-101")
@pytest.mark.parametrize("amount", REFUSED, ids=str)
def test_floats_fractions_of_cents_and_overflow_are_refused_before_the_database_sees_them(
    sums: Connection, amount: object
) -> None:
    with pytest.raises((StatementError, TypeError, ValueError)):
        kept(sums, amount)


@proves("DR-101", "DR-105")
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.decimals(-99_999_999, 99_999_999, places=2), min_size=1, max_size=30))
def test_sums_of_the_database_are_exact(sums: Connection, amounts: list[Decimal]) -> None:
    sums.execute(SUMS.delete())
    sums.execute(SUMS.insert(), [{"n": n, "amount": amount} for n, amount in enumerate(amounts, 1)])
    total = sums.execute(select(func.sum(SUMS.c.amount))).scalar_one()
    assert total == sum(amounts, D(0))
    above = select(func.count()).where(SUMS.c.amount > D("0.00"))
    assert sums.execute(above).scalar_one() == len([one for one in amounts if one > 0])
