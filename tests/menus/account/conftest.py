"""The people of the story, who speak English here."""

import pytest
from sqlalchemy import update

from core.db import Database
from core.users.models import User
from tests.helpers import Cast


@pytest.fixture(autouse=True)
def _english(request: pytest.FixtureRequest) -> None:
    if "cast" in request.fixturenames:
        cast: Cast = request.getfixturevalue("cast")
        db: Database = request.getfixturevalue("db")
        assert cast
        db.run(lambda tx: tx.session.execute(update(User).values(preferred_language="en")))
