"""What the database lets its serving user do: read and write rows, and nothing else (deploy/database.sql).

Whoever may make or drop a table or a trigger can take away the locks of what is written once
(core/audit/triggers.py). SQLite knows no users.
"""

import re
from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

ENOUGH = frozenset(
    {"SELECT", "INSERT", "UPDATE", "DELETE", "USAGE", "SHOW VIEW", "SHOW DATABASES", "PROCESS"}
)
WRITING = frozenset({"INSERT", "UPDATE", "DELETE"})
SERVER = "mysql"  # where the server keeps its users: who writes there gives himself any right
_GRANT = re.compile(
    r"GRANT (?P<rights>.+) ON (?:TABLE )?(?P<schema>\*|`(?:[^`]|``)+`|\S+?)\.\S+ TO ", re.DOTALL
)
_ROLE = re.compile(r"GRANT (?P<role>[`'].+?) TO ")


def too_many(session: Session) -> list[str]:
    """Rights of this session's user on this database beyond rows, in words; nothing, as a rule."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return []
    schema = str(connection.scalar(text("SELECT DATABASE()")))
    found = {right for (line,) in connection.execute(text("SHOW GRANTS")) for right in beyond(line, schema)}
    return [f"the serving user may {right}" for right in sorted(found)]


def beyond(line: str, schema: str) -> Iterator[str]:
    """What one line of SHOW GRANTS gives beyond reading and writing the rows of `schema`.

    Whoever writes the server's own rows can take every lock away, so that is told as well (DR-1001).
    """
    told = _GRANT.match(line)
    if told is None:
        if (role := _ROLE.match(line)) is not None:
            yield f"be {role['role']}"
        return
    of_server = _covers(told["schema"], SERVER)
    if not of_server and not _covers(told["schema"], schema):
        return
    # A right may name columns: `UPDATE (a, b)`.
    for right in re.sub(r"\([^)]*\)", "", told["rights"]).split(","):
        name = right.strip().upper()
        if name not in ENOUGH:
            yield name
        elif of_server and name in WRITING:
            yield f"{name} in {SERVER}"
    if "WITH GRANT OPTION" in line:
        yield "GRANT OPTION"


def _covers(said: str, schema: str) -> bool:
    """Whether a grant's schema, with its wildcards, is this one."""
    if said == "*":
        return True
    pattern = "".join(
        {"%": ".*", "_": "."}.get(part, re.escape(part.removeprefix("\\")))
        for part in re.findall(r"\\.|.", said.strip("`"))
    )
    return re.fullmatch(pattern, schema, re.IGNORECASE) is not None
