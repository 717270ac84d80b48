"""The books: every account, every order whose money is not placed yet, and statements (DR-1003, DR-1005)."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, Response, g, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.books import standing, statements
from core.books.statements import Statement
from core.clock import nairobi_date
from core.db import Tx
from core.users import service as users
from inbound.gateway import Gateway
from web import forms, reasons, search, sheets
from web.account_names import name_of
from web.guard import Guard

FIELDS = ("phone", "first", "last")
MOST_ORDERS = 200


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /books."""

    def today() -> date:
        return nairobi_date(gateway.parts.clock.now())

    @console.get("/books")
    def books() -> str:
        with gateway.db.read() as tx:
            found = standing.look(tx, g.signed.actor)
        return render_template(
            "books.html",
            books=found,
            orders=found.orders[:MOST_ORDERS],
            reasons_of=reasons.of,
            name_of=name_of,
        )

    @console.get("/books/statement")
    def statement() -> str:
        first, last = _days(request.args, today())
        phone = search.asked_for(guard.handed, "phone")
        with gateway.db.read() as tx:
            person = users.find(tx, phone) if phone else None
            found = _of(tx, person.user_id if person else None, first, last, anybody=bool(phone))
        return render_template(
            "statement.html", statement=found, person=person, asked=bool(phone), first=first, last=last,
            order_of=sheets.order_of, name_of=name_of,
        )  # fmt: skip

    @console.post("/books/statement/find")
    def find_statement() -> AnyResponse:
        return search.send_on(guard.handed, url_for("console.statement"), FIELDS)

    @console.post("/books/statement/file")
    def statement_file() -> Response:
        first, last = _days(request.form, today())
        user_id = forms.number("user_id") if request.form.get("user_id") else None
        found = gateway.db.run(
            lambda tx: statements.export(tx, g.signed.actor, user_id=user_id, first=first, last=last)
        )
        name = {"Content-Disposition": f'attachment; filename="{sheets.name_of(found)}"'}
        return Response(sheets.of_statement(found), mimetype="text/csv; charset=utf-8", headers=name)

    def _of(tx: Tx, user_id: int | None, first: date, last: date, *, anybody: bool) -> Statement | None:
        if user_id is not None:
            return statements.of_person(tx, g.signed.actor, user_id=user_id, first=first, last=last)
        return None if anybody else statements.of_day(tx, g.signed.actor, day=last)


def _days(asked: Mapping[str, str], today: date) -> tuple[date, date]:
    """The first and last day asked for; today where none is, or where it is none."""
    last = forms.day_of(asked.get("last", "")) or today
    return min(forms.day_of(asked.get("first", "")) or last, last), last
