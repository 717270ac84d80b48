"""Every column that holds words is declared, personal or not (DR-1902)."""

from sqlalchemy import JSON, String, Text

from core.privacy.columns import HELD, PLAIN, ROW
from core.privacy.retention import COUNTED, RULES
from core.schema import METADATA
from core.settings.defaults import DEFINITIONS
from tests.proving import proves


def words(table: str) -> set[str]:
    return {c.name for c in METADATA.tables[table].columns if isinstance(c.type, (String, Text, JSON))}


def declared(table: str) -> tuple[set[str], set[str]]:
    held = HELD.get(table)
    personal = ({*held.tokens, *held.hidden} if held else set()) | (
        words(table) if held and held.delete else set()
    )
    return personal & words(table), set(PLAIN.get(table, "").split())


@proves("DR-1902")
def test_no_column_of_words_is_left_out() -> None:
    missing = {
        f"{table}.{column}"
        for table in METADATA.tables
        for column in words(table).difference(*declared(table))
    }
    assert missing == set()


@proves("DR-1902")
def test_no_column_is_declared_that_is_not_there() -> None:
    lost = {
        f"{table}.{column}"
        for table in {*HELD, *PLAIN}
        for column in (set(HELD[table].tokens) | HELD[table].hidden if table in HELD else set())
        | set(PLAIN.get(table, "").split())
        if table not in METADATA.tables or column not in METADATA.tables[table].columns
    }
    assert lost == set()


def test_what_is_replaced_is_called_personal_alone() -> None:
    both = {
        f"{table}.{column}"
        for table, held in HELD.items()
        for column in set(held.tokens) & set(PLAIN.get(table, "").split())
    }
    assert both == set()


@proves("DR-1902")
def test_a_token_fits_its_column_and_one_for_each_row_where_it_is_unique() -> None:
    for table, held in HELD.items():
        for column, token in held.tokens.items():
            found = METADATA.tables[table].columns[column]
            assert token is not None or found.nullable, f"{table}.{column}"
            alone = found.unique and token not in (None, ROW)
            assert not alone or (table, column) == ("users", "phone_number"), f"{table}.{column}"


@proves("DR-1902")
def test_every_table_that_names_a_person_is_held_or_says_why() -> None:
    """Whoever adds a table with somebody's id decides here whether erasure and export must reach it."""
    elsewhere = {
        # staff who decided something, ids only
        "alarms", "audit_log", "cash_bankings", "corrections", "differences", "pauses", "products",
        "statement_imports", "weather_alerts",
        # part of an order, a delivery or a listing; ids and figures only
        "cash_collections", "deliveries", "delivery_stops", "farmer_records", "order_events",
        "product_suggestions", "quotes", "stock_movements",
    }  # fmt: skip
    ids = (
        "user_id",
        "customer_id",
        "farmer_id",
        "rider_id",
        "author_id",
        "actor_id",
        "sender_id",
        "payee_id",
    )
    named = {
        table.name
        for table in METADATA.tables.values()
        if any(column.name in ids or column.name.endswith("_by") for column in table.columns)
    }
    assert named - set(HELD) <= elsewhere
    assert elsewhere <= set(METADATA.tables)


@proves("DR-1903")
def test_every_rule_of_forgetting_names_a_column_and_a_setting() -> None:
    for rule in (*RULES, *COUNTED):
        columns = METADATA.tables[rule.table].columns
        assert {rule.moment, *rule.only, *rule.tokens} <= {column.name for column in columns}, rule.name
        assert rule.setting in DEFINITIONS
    assert {setting for setting in DEFINITIONS if setting.startswith("retention.")} == {
        rule.setting for rule in (*RULES, *COUNTED)
    }
