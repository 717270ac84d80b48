"""Where our books and M-Pesa differ: statement files, what is open, what was closed and by whom (DR-1007)."""

from urllib.parse import urlencode

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.books import differences as verbs
from core.books import importing, rules
from core.books.models import Difference
from inbound.gateway import Gateway
from web import search
from web.guard import Guard, roomy
from web.queries import people
from web.queries.paging import page_of

FILE_BYTES = 4 * 1024 * 1024
COUNTS = ("rows", "fresh", "booked", "found", "bad")
# How a difference may be closed, as it is chosen.
WAYS = {
    "explained": "Nothing to post",
    "charge": "A charge of M-Pesa's",
    "to_bank": "Moved to the bank",
    "from_bank": "Came from the bank",
    "owner_in": "The owner paid it in",
    "owner_out": "The owner took it out",
    "reversed": "M-Pesa took it back",
}
ENDED = {"gone": "gone by itself", "booked": "booked at once", "confirmed": "M-Pesa confirmed it"}
TILLS = {"mpesa": "Paybill", "mpesa_payouts": "Paying out", "both": "One shortcode for both"}
PLACES = {**TILLS, "cash": "Cash"}


def ways_of(row: Difference) -> dict[str, str]:
    """The ways that a difference's sum allows."""
    sum_ = rules.unplaced(row.kind, row.ours, row.theirs)
    return {how: WAYS[how] for how in rules.ways(row.kind, sum_)}


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /books/differences."""

    @console.get("/books/differences")
    def differences() -> str:
        with gateway.db.read() as tx:
            open_ones = verbs.listed(tx, g.signed.actor)
            closed = verbs.listed(
                tx, g.signed.actor, is_open=False, before=search.id_asked("before"), limit=verbs.PAGE + 1
            )
            page = page_of(closed, verbs.PAGE, lambda row: row.difference_id)
            by = people.by_id(
                tx,
                [
                    *(row.closed_by for row in page.rows),
                    *(row.said_by for row in open_ones),
                    *(row.details.get("rider") for row in open_ones),
                ],
            )
        counts = {name: search.id_asked(name) for name in COUNTS}
        return render_template(
            "differences.html", waiting=open_ones, page=page, by=by, kinds=rules.KINDS, ways_of=ways_of,
            ended={**WAYS, **ENDED}, tills=TILLS, places=PLACES, receipt_of=rules.receipt_of,
            counts=counts if counts["rows"] is not None else None,
        )  # fmt: skip

    @console.post("/books/differences/file")
    @roomy(FILE_BYTES)
    def statement_brought() -> Response:
        given = request.files.get("file")
        if given is None:
            abort(400)
        text = given.read().decode("utf-8", "replace")
        taken = importing.take(gateway.db, g.signed.actor, till=request.form.get("till", ""), text=text)
        counts = (taken.rows, taken.fresh, taken.booked, taken.found, len(taken.faults))
        said = urlencode(dict(zip(COUNTS, counts, strict=True)))
        return redirect(f"{url_for('console.differences')}?{said}", 303)

    @console.post("/books/differences/<int:difference_id>")
    def close_difference(difference_id: int) -> Response:
        form = request.form
        if form.get("ask"):
            gateway.db.run(lambda tx: verbs.ask(tx, g.signed.actor, difference_id=difference_id))
            return redirect(url_for("console.differences", done="difference_asked"), 303)
        row = gateway.db.run(
            lambda tx: verbs.close(
                tx, g.signed.actor, difference_id=difference_id, how=form.get("how", ""),
                reason=form.get("reason", ""),
            )
        )  # fmt: skip
        done = "difference_closed" if row.closed_at else "difference_said"
        return redirect(url_for("console.differences", done=done), 303)
