"""The control API of the money: books, tills, the initiator's requests, the certificate (see README.md)."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal, InvalidOperation

from flask import Blueprint, Response, jsonify, request

from simulator.asked import body, word
from simulator.counter import Counter
from simulator.errors import ControlError, Nonsense
from simulator.statement import statement
from simulator.wallets import POCKETS, UTILITY, pocket
from simulator.world import World


def blueprint(world: World) -> Blueprint:
    """Under /control, beside the phones."""
    routes = Blueprint("books", __name__, url_prefix="/control")
    parts = world.parts
    counter = Counter(parts)

    @routes.errorhandler(ControlError)
    def no(error: ControlError) -> tuple[Response, int]:
        return jsonify(error=str(error)), error.status

    @routes.get("/books")
    def books() -> Response:
        since = request.args.get("since", "0")
        with parts.state.lock:
            accounts = parts.books.accounts()
            return jsonify(
                accounts=accounts,
                sum=f"{sum(map(Decimal, accounts.values()), Decimal(0)):.2f}",
                movements=[one.view() for one in parts.books.movements(int(since) if since.isdigit() else 0)],
            )

    @routes.get("/statement.csv")
    def statement_file() -> Response:
        shortcode = request.args.get("shortcode") or parts.settings.mpesa_shortcode
        written = request.args.get("day", "")
        try:
            day = date.fromisoformat(written) if written else None
        except ValueError:
            raise Nonsense("day is a date such as 2025-06-24") from None
        with parts.state.lock:
            return Response(statement(parts, shortcode, day=day), content_type="text/csv; charset=utf-8")

    @routes.get("/tills")
    def tills() -> Response:
        settings, urls = parts.settings, world.paybill.registered()
        with parts.state.lock:
            return jsonify(
                tills=[
                    {
                        "shortcode": shortcode,
                        "accounts": {
                            name: f"{amount:.2f}" for name, amount in parts.books.till(shortcode).items()
                        },
                        "urls": asdict(urls[shortcode]) if shortcode in urls else None,
                    }
                    for shortcode in dict.fromkeys((settings.mpesa_shortcode, settings.payout_shortcode))
                ]
            )

    @routes.post("/tills")
    def move() -> Response:
        """From outside into an account, or between two of ours."""
        unknown = set(body()) - {"shortcode", "account", "amount", "from"}
        if unknown:
            raise Nonsense(f"money has no {', '.join(sorted(unknown))}")
        target = own(word("shortcode"), word("account"))
        if word("from"):
            shortcode, _, name = word("from").partition(":")
            counter.move(own(shortcode, name), target, money())
        else:
            counter.bring(target, money())
        return tills()

    @routes.get("/initiated")
    def initiated() -> Response:
        return jsonify(requests=world.initiated.views())

    @routes.delete("/credential-lock")
    def unlock() -> Response:
        world.initiated.unlock()
        return jsonify(locked=False)

    @routes.get("/certificate")
    def certificate() -> Response:
        return Response(world.credentials.certificate, content_type="application/x-pem-file")

    def own(shortcode: str, name: str) -> str:
        ours = (parts.settings.mpesa_shortcode, parts.settings.payout_shortcode)
        if (shortcode or ours[0]) not in ours or (name or UTILITY) not in POCKETS:
            raise Nonsense(f"we have {' and '.join(dict.fromkeys(ours))}, each with {', '.join(POCKETS)}")
        return pocket(shortcode or ours[0], name or UTILITY)

    return routes


def money() -> Decimal:
    """The field `amount`, KES."""
    written = body().get("amount")
    try:
        amount = Decimal(str(written)).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise Nonsense("amount is so many shillings") from None
    if isinstance(written, bool) or not amount.is_finite():
        raise Nonsense("amount is so many shillings")
    return amount
