from collections import Counter
import traceback
from sqlalchemy import event
from tests.keypad.house import House
from tests.keypad.worlds import LONG, build
from tests.helpers import FARMER

def test_sum(house: House) -> None:
    build(house.db, LONG, "en")
    p, h = house.dial(FARMER)
    p, h = house.answer(p, "1")
    c = Counter()
    def before(conn, cursor, statement, *rest):
        st = [f"{f.filename.split('proof/')[1].replace('core/','')}:{f.lineno}" for f in traceback.extract_stack() if "/proof/core/" in f.filename and "reactions" not in f.filename and "core/db" not in f.filename and "locks" not in f.filename]
        c[statement[:6] + " " + statement[7:60].replace("\n"," ") + "  <- " + " ".join(st[-4:])] += 1
    for e in house.db.engines: event.listen(e, "before_cursor_execute", before)
    p, h = house.answer(p, "2")
    for s, n in sorted(c.items(), key=lambda x: -x[1])[:60]: print(n, s)
