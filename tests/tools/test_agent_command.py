"""`python -m tools.admin agent`: an admin appoints a field agent, and dismisses him (DR-221)."""

import pytest
from click.testing import CliRunner

from core.db import Database
from core.users.models import FieldAgent
from tests.helpers import ADMIN, CUSTOMER, Cast
from tests.proving import proves
from tools import admin


@proves("DR-221")
def test_an_admin_appoints_and_dismisses(db: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "database", lambda: db)

    def say(*words: str) -> tuple[int, list[tuple[str, bool]]]:
        done = CliRunner().invoke(admin.cli, ["agent", "--phone", CUSTOMER, *words])
        with db.read() as tx:
            found = tx.session.query(FieldAgent.cooperative, FieldAgent.is_active).all()
        return done.exit_code, [(name, active) for name, active in found]

    assert say("--cooperative", "Kinoo Growers", "--by", CUSTOMER) == (1, [])
    assert say("--by", ADMIN) == (1, [])
    assert say("--cooperative", "Kinoo Growers", "--by", ADMIN) == (0, [("Kinoo Growers", True)])
    assert say("--end", "--by", ADMIN) == (0, [("Kinoo Growers", False)])
