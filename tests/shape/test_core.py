"""What many hands wrote fits together: nothing twice, nothing for nobody, no status past its machine."""

import ast
from collections import Counter
from collections.abc import Iterator

import pytest

from core.alarms.rules import KINDS as ALARMS
from core.settings.defaults import DEFINITIONS
from locales.messages import MESSAGES
from tests.shape.test_house import ROOMS, sources

OURS = tuple(room for room in ROOMS if room != "simulator")
TABLES = ("core/reactions.py", "core/due_work.py", "locales/errors.py")
# Raised by the channel that speaks to the provider, and by the spool of the front door; neither is built yet.
ALARMS_TO_COME = {"spool_not_empty"}
# Families of messages whose code is put together where they are sent.
COMPOSED = ("alarm_", "choice_", "quote_", "fail_", "put_off_")
# Only here is a status set, always to the target of a step of its machine (or of what the ledger says).
MOVERS = {
    "listing_status": {"core/listings/machine.py:move"},
    "order_status": {"core/orders/history.py:move_order"},
    "item_status": {"core/orders/history.py:move_item", "core/orders/history.py:move_items"},
    "payment_status": {"core/payments/standing.py:derive"},
    "delivery_status": {"core/deliveries/history.py:move"},
    "offer_status": {"core/deliveries/offers.py:_close"},
    "vehicle_status": {"core/deliveries/vehicles.py:_move"},
    "ticket_status": {"core/support/service.py:move"},
    "status": {
        "core/payments/arriving.py:move",
        "core/payments/asking.py:anew",  # a sending to be called once more: it has no machine
        "core/payments/asking.py:calling",  # a question to the provider: it has no machine
        "core/payments/asking.py:gave_up",
        "core/payments/asking.py:told",
        "core/payments/refunds.py:_add",  # a new one, by the step from nowhere
        "core/payments/returning.py:move",
        "core/payments/suspense.py:move",
        "core/payments/twins.py:take_out",
        "core/payouts/paying.py:move",
    },
}
MONEY = ("core/payments/", "core/payouts/", "core/ledger/", "core/cash/")

TREES = {str(file): tree for file, tree in sources(*OURS)}


def parsed(path: str) -> ast.Module:
    return TREES[path]


def classes(path: str) -> list[ast.ClassDef]:
    return [node for node in parsed(path).body if isinstance(node, ast.ClassDef)]


EVENTS = classes("core/events.py")


def reactions() -> dict[str, list[str]]:
    """Event -> who reacts, as core/reactions.py writes it."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(parsed("core/reactions.py")):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                assert isinstance(key, ast.Attribute)
                assert isinstance(value, ast.Tuple)
                found[key.attr] = [ast.unparse(one) for one in value.elts]
    return found


def names(tree: ast.Module) -> set[str]:
    """Every name that a file uses; a name it only imports is not used."""
    return {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name)
    }


def words(tree: ast.Module) -> set[str]:
    """Every text constant of a file."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


NAMES = {file: names(tree) for file, tree in TREES.items()}


def words_outside(path: str) -> set[str]:
    """Words of every file but `path`, or those in the folder `path`."""
    return {word for file, tree in TREES.items() if not file.startswith(path) for word in words(tree)}


@pytest.mark.parametrize("path", TABLES)
def test_no_table_has_a_key_twice_and_no_name_is_given_twice(path: str) -> None:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Dict):
            keys = Counter(ast.unparse(key) for key in node.keys if key is not None)
            assert [key for key, times in keys.items() if times > 1] == []
    given = Counter(
        ast.unparse(target)
        for node in parsed(path).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    )
    assert [name for name, times in given.items() if times > 1] == []


def test_nobody_reacts_twice_to_one_event() -> None:
    assert {event: who for event, who in reactions().items() if len(who) != len(set(who))} == {}


def test_an_event_is_a_frozen_value_that_says_what_happened_and_is_there_once() -> None:
    assert [event.name for event in EVENTS if not ast.get_docstring(event)] == []
    frozen = {"dataclass(frozen=True)", "dataclass"}  # a question is filled by those who know
    assert [
        event.name for event in EVENTS if not {ast.unparse(d) for d in event.decorator_list} & frozen
    ] == []
    assert max(Counter(event.name for event in EVENTS).values()) == 1


def test_every_event_is_emitted_and_somebody_reacts() -> None:
    made = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    names = {event.name for event in EVENTS}
    assert sorted(names - made) == []
    assert sorted(names ^ set(reactions())) == []


def test_every_setting_is_read() -> None:
    assert sorted(set(DEFINITIONS) - words_outside("core/settings/defaults.py")) == []


def test_every_kind_of_alarm_is_raised() -> None:
    raised = words_outside("core/alarms/rules.py")
    assert sorted(set(ALARMS) - raised) == sorted(ALARMS_TO_COME)


def test_no_two_rooms_have_a_message_of_one_code() -> None:
    codes = Counter(
        ast.unparse(key)
        for file, tree in TREES.items()
        if file.startswith("locales/messages/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if key is not None
    )
    assert [code for code, times in codes.items() if times > 1] == []
    assert len(codes) == len(MESSAGES)


def test_every_message_is_sent_by_somebody() -> None:
    sent = words_outside("locales/messages/")
    assert [code for code in MESSAGES if code not in sent and not code.startswith(COMPOSED)] == []


def test_every_error_is_raised_somewhere() -> None:
    files = [path for path in TREES if path.startswith("core/") and path.endswith("errors.py")]
    families = {ast.unparse(base) for path in files for error in classes(path) for base in error.bases}
    unused = [
        f"{path}: {error.name}"
        for path in files
        for error in classes(path)
        if error.name not in families
        and not any(error.name in used for file, used in NAMES.items() if file != path)
    ]
    assert unused == []


def settings_of_status() -> Iterator[tuple[str, str, str]]:
    """(column, file:function, the statement) of every assignment to a status outside of a model."""
    for file, tree in TREES.items():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                    continue
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in (one for outer in targets for one in ast.walk(outer)):
                    if isinstance(target, ast.Attribute) and isinstance(target.ctx, ast.Store):
                        yield target.attr, f"{file}:{function.name}", ast.unparse(node)


def test_a_status_is_set_only_where_its_machine_is_asked() -> None:
    strays = [
        (where, statement)
        for column, where, statement in settings_of_status()
        if column in MOVERS
        and where not in MOVERS[column]
        and (column != "status" or where.startswith(MONEY))
    ]
    assert strays == []
    used = {where for column, where, _statement in settings_of_status() if column in MOVERS}
    assert sorted({where for movers in MOVERS.values() for where in movers} - used) == []


def test_no_statement_of_sql_sets_the_status_of_a_machine_past_it() -> None:
    """`update(...).values(order_status=...)` would go past the machine as well."""
    strays = [
        (file, ast.unparse(node))
        for file, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "values"
        if {word.arg for word in node.keywords} & (set(MOVERS) - {"status"})
        or (file.startswith(MONEY) and "status" in {word.arg for word in node.keywords})
    ]
    assert strays == []
