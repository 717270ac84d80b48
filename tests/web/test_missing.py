"""What people missed in the list of products: added, recognised or refused on the console (DR-401)."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from core.catalogue import suggestions
from core.catalogue.models import Category, Product, ProductSuggestion
from core.db import Database
from core.notifications.models import Notification
from tests.catalogue.shelves import put_back
from tests.helpers import Cast
from tests.web.conftest import Browser


@pytest.fixture
def asked(db: Database, cast: Cast) -> Iterator[int]:
    """Wanjiku misses something."""
    with put_back(db):
        yield db.run(lambda tx: suggestions.suggest(tx, cast.farmer.actor, name="Zzgherkins")).suggestion_id


def state(db: Database) -> tuple[str, list[str]]:
    with db.read() as tx:
        status = tx.session.scalars(select(ProductSuggestion.suggestion_status)).one()
        told = select(Notification.code).where(Notification.code.startswith("suggestion_"))
        return status, list(tx.session.scalars(told))


def test_it_is_added_and_whoever_missed_it_is_told(browser: Browser, db: Database, asked: int) -> None:
    assert "Zzgherkins" in browser.text("/missing")
    with db.read() as tx:
        kind = tx.session.scalars(select(Category.category_id)).first()
    sent = browser.send(
        "/missing", f"/missing/{asked}/decision", decision="add", name="Gherkins", category_id=str(kind)
    )
    assert sent.status_code == 303
    assert state(db) == ("added", ["suggestion_added"])
    with db.read() as tx:
        assert tx.session.scalars(select(Product.spellings).where(Product.product_name == "Gherkins")).one()
    assert "Zzgherkins" not in browser.text("/missing")


def test_it_is_one_that_there_is(browser: Browser, db: Database, asked: int) -> None:
    product = db.parts.products.by_slug("tomatoes").product_id
    browser.send("/missing", f"/missing/{asked}/decision", decision="same", product_id=str(product))
    assert state(db) == ("added", ["suggestion_added"])


def test_it_is_refused_once(browser: Browser, db: Database, asked: int) -> None:
    token = browser.token("/missing", f"/missing/{asked}/decision")
    path = f"/admin/missing/{asked}/decision"
    for status in (303, 409):
        answer = browser.client.post(path, data={"csrf": token, "decision": "refuse"})
        assert answer.status_code == status
    assert state(db) == ("refused", ["suggestion_refused"])


@pytest.mark.parametrize("fields", [{"decision": "x"}, {"decision": "same", "product_id": "x"}, {}])
def test_what_the_form_never_sends_changes_nothing(
    browser: Browser, db: Database, asked: int, fields: dict[str, str]
) -> None:
    assert browser.send("/missing", f"/missing/{asked}/decision", **fields).status_code == 400
    assert state(db) == ("open", [])
