"""Every cell: resources x 4 roles x 4 verbs x own or foreign, asked and tried (DR-211 to 213, 220, 222)."""

from collections.abc import Callable

import pytest

from core.actor import Actor
from core.db import Database, Tx
from core.errors import DomainError, NotAllowed, NotFound
from core.permissions import MATRIX, STAFF_SCOPES, scope
from core.users import service as users
from core.users.errors import RoleFixed
from tests.helpers import Cast, Person
from tests.permissions.expected import CELLS, EXPECTED, ROLES, VERBS, Cell, staff_answer
from tests.permissions.expected import MATRIX as TEN
from tests.permissions.verbs import BY_ROLE, REAL, STAFF, Verb
from tests.permissions.world import World, build
from tests.proving import proves


class Undo(Exception):
    """Ends a trial: nothing of it stays."""


def outcome(db: Database, act: Callable[[Tx], object]) -> str:
    """What a trial comes to: yes (done, or refused for another reason), not allowed, or not found."""
    try:
        with db.transaction() as tx:
            act(tx)
            raise Undo
    except NotFound:
        return "not found"
    except RoleFixed:
        return "yes"  # her own role is hers to change, but for what she has done since (DR-201)
    except NotAllowed:
        return "not allowed"
    except (Undo, DomainError):
        return "yes"


# --- the table -------------------------------------------------------------------------------------------
def test_the_ten_resources_of_the_platform_document_are_all_there() -> None:
    assert len(TEN) == 10
    assert set(EXPECTED) == set(MATRIX)
    assert len(CELLS) == len(EXPECTED) * 4 * 4 * 2


@proves("DR-211", "DR-212", "DR-213", "DR-220")
@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_each_cell_of_the_table_is_as_the_document_has_it(cell: Cell) -> None:
    reach = scope(cell.role, cell.verb, cell.resource)  # type: ignore[arg-type]
    said = "not allowed" if reach is None else "yes" if reach == "any" or cell.own else "not found"
    assert said == cell.answer


@proves("DR-222")
@pytest.mark.parametrize("resource", EXPECTED)
@pytest.mark.parametrize("staff_scope", STAFF_SCOPES)
def test_a_staff_scope_narrows_the_admins_column(staff_scope: str, resource: str) -> None:
    for verb in VERBS:
        reach = scope("admin", verb, resource, staff_scope=staff_scope)  # type: ignore[arg-type]
        assert (reach is not None) is staff_answer(staff_scope, resource, verb), verb


@proves("DR-211")
def test_whoever_is_nobody_may_nothing(db: Database) -> None:
    for actor in (Actor(None, "admin", "api"), Actor(404404, "admin", "api"), Actor(None, "system", "job")):
        for resource in EXPECTED:
            for verb in VERBS:
                with pytest.raises(NotAllowed), db.read() as tx:
                    users.may(tx, actor, verb, resource, own=True)  # type: ignore[arg-type]


@proves("DR-211")
def test_users_may_answers_every_cell_as_the_document_does(db: Database, cast: Cast) -> None:
    with db.read() as tx:
        for cell in CELLS:
            person: Person = getattr(cast, cell.role)
            try:
                users.may(tx, person.actor, cell.verb, cell.resource, own=cell.own)  # type: ignore[arg-type]
                said = "yes"
            except NotFound:
                said = "not found"
            except NotAllowed:
                said = "not allowed"
            assert said == cell.answer, cell


# --- the verbs -------------------------------------------------------------------------------------------
@pytest.fixture
def world(db: Database, cast: Cast) -> World:
    """Two circles of people."""
    return build(db, cast)


@proves("DR-211", "DR-213", "DR-220")
def test_every_cell_that_has_a_verb_is_tried_on_a_real_record(db: Database, world: World) -> None:
    """Own and foreign, for every role; what a role has of its own, it does not find with others."""
    wrong = []
    for verb in REAL:
        for role in ROLES:
            for own in (True, False) if verb.foreign else (True,):
                cell = Cell(verb.resource, role, verb.verb, own)
                said = tried(db, world, verb, role, own=own)
                right = cell.answer if role in verb.of else "not allowed"
                if said != right and not (said != "yes" and right == "not allowed"):
                    wrong.append(f"{verb.name}: {cell} was {said}, should be {cell.answer}")
    assert not wrong, "\n".join(wrong)


def tried(db: Database, world: World, verb: Verb, role: str, *, own: bool) -> str:
    return outcome(db, lambda tx: verb.call(tx, world.mine.actor(role), world.of(own), role))


@proves("DR-211", "DR-222")
@pytest.mark.parametrize("staff_scope", STAFF_SCOPES)
def test_each_staff_scope_is_tried_on_real_verbs(db: Database, world: World, staff_scope: str) -> None:
    admin = world.mine.cast.admin
    db.run(lambda tx: setattr(users.get(tx, admin.id), "staff_scope", staff_scope))
    wrong = []
    for verb in [*REAL, *STAFF]:
        if "admin" not in verb.of or not verb.foreign:
            continue
        said = outcome(db, lambda tx, v=verb: v.call(tx, admin.actor, world.theirs, "farmer"))  # type: ignore[misc]
        if (said == "yes") is not staff_answer(staff_scope, verb.resource, verb.verb, own=False):
            wrong.append(f"{staff_scope}: {verb} was {said}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ["customer", "farmer", "rider"])
def test_what_admins_do_with_people_nobody_else_does(db: Database, world: World, role: str) -> None:
    for verb in STAFF:
        assert tried(db, world, verb, role, own=False) != "yes", verb


@proves("DR-213")
@pytest.mark.parametrize("owner", sorted(BY_ROLE))
def test_some_things_are_made_by_one_role_alone(db: Database, world: World, owner: str) -> None:
    for role in ROLES:
        actor = world.mine.actor(role)
        said = outcome(db, lambda tx, a=actor: BY_ROLE[owner](tx, a, world.mine))  # type: ignore[misc]
        assert (said == "yes") is (role == owner), role
