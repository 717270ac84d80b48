import json, os
import pytest
from sqlalchemy import delete
from core.outbox.models import OutboxMessage
from core.questions.models import Question
from tests.deliveries.road import Road
from tests.helpers import CUSTOMER, FARMER, RIDER
from sms.reader import Reader
from sms.reading.lines import Catalogue

@pytest.fixture
def store(open_store, request):
    opened = open_store("sqlite"); opened.empty(); return opened

def test_print(desk, cast):
    road = Road(desk.db, cast)
    road.publish("200")
    d = road.delivered_order("sms-1"); b = road.on_the_way("sms-2"); t = road.assigned("sms-3"); p = road.paid_order(key="sms-4")
    desk.work()
    road.set({"notify.answers_per_hour": "100", "notify.answers_per_day": "500", "notify.not_understood_per_hour": "20"})
    tails = {"DELI": d.tail, "BRNG": b.tail, "TAKN": t.tail, "PAID": p.tail}
    r = Reader(Catalogue())
    out = open("/tmp/text6/sweep.out", "w")
    phones = {"customer": CUSTOMER, "farmer": FARMER, "rider": RIDER, "stranger": "+254712999888"}
    for line in __import__("pathlib").Path("/tmp/text6/sweep.txt").read_text().splitlines():
        line = line.rstrip("\n")
        if not line: continue
        roles, text = line.split("|", 1)
        for k, v in tails.items(): text = text.replace(k, v).replace(k.lower(), v.lower())
        for role in {"A": phones, "C": ["customer"], "F": ["farmer"], "R": ["rider"], "S": ["stranger"], "X": ["farmer", "rider"], "Y": ["customer","rider"], "Z":["customer","farmer"], "T":["customer","farmer","rider"]}[roles]:
            phone = phones[role]
            with desk.db.transaction() as tx:
                tx.session.execute(delete(Question).where(Question.open_for == phone))
            x = r.read(text, role=role if role != "stranger" else None)
            reply = desk.text(phone, text)
            out.write(f"{role[:4]:5}| {text:32}| {x.intent}{'?' if x.ask else ''} | {reply}\n")
    out.close()
