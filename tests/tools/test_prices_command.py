"""`python -m tools.admin prices FILE`: what a price list holds, and keeping it (DR-505)."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from core.db import Database
from core.insights.models import MarketPrice
from core.reference import DATA
from tests.helpers import ADMIN, CUSTOMER, Cast
from tests.insights.test_reading import HDX, hdx
from tools import admin


@pytest.fixture
def command(db: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr(admin, "database", lambda: db)
    return CliRunner()


def rows(db: Database) -> int:
    with db.read() as tx:
        return tx.session.query(MarketPrice).count()


def test_a_list_is_looked_at_without_keeping_it(command: CliRunner, db: Database, tmp_path: Path) -> None:
    before = rows(db)
    file = tmp_path / "june.csv"
    file.write_text(HDX + hdx(date="2025-06-15") + hdx(price="x"))
    done = command.invoke(admin.cli, ["prices", str(file), "--by", ADMIN])
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "row 3: insights.price_out_of_bounds",
        "2 rows: 1 new, 0 other than before, 0 the same, 0 left out, 1 bad",
    ]
    refused = command.invoke(admin.cli, ["prices", str(file), "--by", ADMIN, "--keep"])
    assert refused.exit_code == 1
    assert rows(db) == before


def test_our_own_list_is_kept_again_without_effect(command: CliRunner, db: Database) -> None:
    before = rows(db)
    done = command.invoke(admin.cli, ["prices", str(DATA / "market_prices.csv"), "--by", ADMIN, "--keep"])
    assert (done.exit_code, rows(db)) == (0, before)
    assert "0 new, 0 other than before, 3984 the same" in done.output


def test_only_an_admin_may(command: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "june.csv"
    file.write_text(HDX)
    for who in (CUSTOMER, "0799999999"):
        assert command.invoke(admin.cli, ["prices", str(file), "--by", who]).exit_code != 0
