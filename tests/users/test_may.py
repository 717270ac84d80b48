"""Whether the matrix of 2.1 is asked, for a record of one's own and for a foreign one."""

import pytest

from core.db import Database
from core.errors import NotAllowed, NotFound
from core.users import service as users
from core.users.models import User
from tests.helpers import Cast
from tests.proving import proves


@proves("DR-211")
def test_a_foreign_record_is_not_found_and_a_closed_one_not_allowed(db: Database, cast: Cast) -> None:
    with db.read() as tx:
        assert users.may(tx, cast.customer.actor, "update", "locations", own=True).user_id == cast.customer.id
        with pytest.raises(NotFound):
            users.may(tx, cast.customer.actor, "update", "locations", own=False, location_id=7)
        with pytest.raises(NotAllowed):
            users.may(tx, cast.customer.actor, "update", "settings", own=True)
        assert users.may(tx, cast.admin.actor, "update", "locations", own=False)


@proves("DR-222")
@pytest.mark.parametrize(("scope", "reads", "answers", "pays"), [
    ("full", True, True, True), ("support", False, True, False), ("auditor", True, False, False),
])  # fmt: skip
def test_a_staff_scope_narrows_what_an_admin_may(
    db: Database, cast: Cast, scope: str, reads: bool, answers: bool, pays: bool
) -> None:
    db.run(lambda tx: setattr(tx.session.get_one(User, cast.admin.id), "staff_scope", scope))
    asked = {("read", "money"): reads, ("update", "tickets"): answers, ("create", "payouts"): pays}
    with db.read() as tx:
        for (verb, resource), granted in asked.items():
            if granted:
                users.may(tx, cast.admin.actor, verb, resource, own=False)  # type: ignore[arg-type]
            else:
                with pytest.raises(NotAllowed):
                    users.may(tx, cast.admin.actor, verb, resource, own=False)  # type: ignore[arg-type]
