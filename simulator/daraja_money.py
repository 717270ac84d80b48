"""The rest of Daraja over HTTP: C2B registration and simulation, B2C, reversal, status, balance."""

import re
from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request

from simulator.daraja_checks import Body, Refused, check_url, demand, word
from simulator.daraja_office import Office, answered, refused_as
from simulator.daraja_shapes import ACKNOWLEDGED, REGISTERED, acknowledgement
from simulator.errors import Nonsense
from simulator.handsets import Phone, msisdn
from simulator.initiated import Request
from simulator.paybill import LONGEST_ACCOUNT, MAX_AMOUNT, Urls
from simulator.world import World

COMMANDS = ("SalaryPayment", "BusinessPayment", "PromotionPayment")
PATHS = (
    "/mpesa/c2b/v1/registerurl",
    "/mpesa/c2b/v2/registerurl",
    "/mpesa/c2b/v1/simulate",
    "/mpesa/c2b/v2/simulate",
    "/mpesa/b2c/v1/paymentrequest",
    "/mpesa/b2c/v3/paymentrequest",
    "/mpesa/reversal/v1/request",
    "/mpesa/transactionstatus/v1/query",
    "/mpesa/accountbalance/v1/query",
)
_PAYER = re.compile(r"254[17][0-9]{8}")
_RECEIPT = re.compile(r"[A-Z0-9]{10}")
_ZEROES = ("0", "00000000")


class Money:
    """Answers for each call; a refusal is raised."""

    def __init__(self, world: World, office: Office) -> None:
        self._world = world
        self._parts = world.parts
        self._office = office

    # --- C2B

    def register(self, version: int) -> Response:
        """POST /mpesa/c2b/v<version>/registerurl."""
        body = self._office.asked("400.003.01")
        demand(word(body, "ShortCode").isdigit(), "ShortCode")
        demand(word(body, "ResponseType") in ("Completed", "Cancelled"), "ResponseType")
        for name in ("ConfirmationURL", "ValidationURL"):
            check_url(self._parts, word(body, name), name, code="400.003.02")
        shortcode = word(body, "ShortCode")
        self._own(shortcode, "ShortCode")
        urls = Urls(
            word(body, "ValidationURL"), word(body, "ConfirmationURL"), word(body, "ResponseType"), version
        )
        if not self._world.paybill.register(shortcode, urls):
            raise Refused(f"500.003.1001:{REGISTERED}")
        form = self._parts.knobs.register_code
        code = _ZEROES[self._parts.dice.below(2)] if form == "vary" else form
        return jsonify(
            OriginatorCoversationID=self._parts.dice.dashed(2, 2, 2, 7),  # the letter is missing on the wire
            ResponseCode=code,
            ResponseDescription="Success",
        )

    def simulate(self) -> Response:
        """POST /mpesa/c2b/v<version>/simulate; the sandbox only."""
        body = self._office.asked("400.003.01")
        if self._parts.knobs.production:
            raise Refused("404.001.01")
        self._own(word(body, "ShortCode"), "ShortCode")
        command = word(body, "CommandID")
        demand(command in ("CustomerPayBillOnline", "CustomerBuyGoodsOnline"), "CommandID")
        amount = _amount(body)
        demand(1 <= amount <= MAX_AMOUNT, "Amount")
        demand(_PAYER.fullmatch(word(body, "Msisdn")) is not None, "Msisdn")
        paybill, account = command == "CustomerPayBillOnline", word(body, "BillRefNumber")
        demand(not paybill or 0 < len(account) <= LONGEST_ACCOUNT, "BillRefNumber")
        self._world.paybill.simulate(
            self._phone("+" + word(body, "Msisdn")),
            shortcode=word(body, "ShortCode"),
            account=account,
            amount=amount,
            kind="Pay Bill" if paybill else "Buy Goods",
        )
        return jsonify(
            OriginatorCoversationID=self._parts.dice.dashed(2, 2, 2, 7),
            ResponseCode="0",
            ResponseDescription=ACKNOWLEDGED,
        )

    # --- what an initiator asks

    def pay(self, version: int) -> Response:
        """POST /mpesa/b2c/v<version>/paymentrequest."""
        body = self._office.asked("401.002.01")
        if version == 3 and not self._parts.knobs.b2c_v3:
            raise Refused("403.002.1001")
        originator = word(body, "OriginatorConversationID") if version == 3 else ""
        demand(version == 1 or 0 < len(originator) <= 36, "OriginatorConversationID")
        demand(word(body, "CommandID") in COMMANDS, "CommandID")
        demand(_PAYER.fullmatch(word(body, "PartyB")) is not None, "PartyB")
        demand(len(word(body, "Occassion")) <= 100, "Occassion")
        request = self._request("b2c", body, initiator="InitiatorName", party="PartyA", remarks=2)
        request.originator = originator
        request.amount = _amount(body)
        request.phone = self._phone("+" + word(body, "PartyB"))
        return self._accept(request)

    def reverse(self) -> Response:
        """POST /mpesa/reversal/v1/request."""
        body = self._office.asked("404.001.03")
        demand(word(body, "CommandID") == "TransactionReversal", "CommandID")
        demand(_RECEIPT.fullmatch(word(body, "TransactionID")) is not None, "TransactionID")
        demand(word(body, "RecieverIdentifierType") == "11", "RecieverIdentifierType")  # misspelt on the wire
        request = self._request("reversal", body, party="ReceiverParty", remarks=2)
        request.amount = _amount(body)
        demand(request.amount >= 1, "Amount")
        request.asked = word(body, "TransactionID")
        with self._parts.state.lock:
            original = self._parts.books.find(request.asked)
        if original is not None and original.source.startswith("phone:"):
            request.phone = self._phone(original.source.removeprefix("phone:"))
        return self._accept(request)

    def status(self) -> Response:
        """POST /mpesa/transactionstatus/v1/query."""
        body = self._office.asked("400.003.01")
        demand(word(body, "CommandID") == "TransactionStatusQuery", "CommandID")
        demand(word(body, "IdentifierType") in ("1", "2", "4"), "IdentifierType")
        request = self._request("status", body, party="PartyA", remarks=1)
        request.asked = (
            word(body, "TransactionID")
            or word(body, "OriginalConversationID")
            or word(body, "OriginatorConversationID")
        )
        request.occasion = word(body, "Occasion")
        if not request.asked:
            return jsonify(acknowledgement("", "", code="", text=""))
        return self._accept(request)

    def balance(self) -> Response:
        """POST /mpesa/accountbalance/v1/query."""
        body = self._office.asked("401.002.01")
        demand(word(body, "CommandID") == "AccountBalance", "CommandID")
        demand(word(body, "IdentifierType") == "4", "IdentifierType")
        request = self._request("balance", body, party="PartyA", remarks=1)
        if request.wrong == "2001":
            request.wrong = "18"
        return self._accept(request)

    # --- what they share

    def _request(
        self, kind: str, body: Body, *, party: str, remarks: int, initiator: str = "Initiator"
    ) -> Request:
        """The fields that every such call has."""
        demand(bool(word(body, initiator)), initiator)
        demand(bool(word(body, "SecurityCredential")), "SecurityCredential")
        demand(word(body, party).isdigit(), party)
        demand(remarks <= len(word(body, "Remarks")) <= 100, "Remarks")
        for name in ("ResultURL", "QueueTimeOutURL"):
            check_url(self._parts, word(body, name), name)
        right = not self._parts.knobs.check_credential or self._world.credentials.right(
            word(body, initiator), word(body, "SecurityCredential")
        )
        return Request(
            kind=kind,
            originator="",
            conversation="",
            shortcode=word(body, party),
            result_url=word(body, "ResultURL"),
            timeout_url=word(body, "QueueTimeOutURL"),
            at=self._parts.clock.local(),
            wrong=self._world.initiated.credential(right),
            reason=word(body, "Remarks"),
        )

    def _accept(self, request: Request) -> Response:
        if not self._world.initiated.accept(request):
            raise Refused("500.002.1001")
        return jsonify(acknowledgement(request.conversation, request.originator))

    def _own(self, shortcode: str, field: str) -> None:
        settings = self._parts.settings
        demand(shortcode in (settings.mpesa_shortcode, settings.payout_shortcode), field)

    def _phone(self, number: str) -> Phone:
        with self._parts.state.lock:
            return self._parts.phones.get(number)


def blueprint(world: World, office: Office) -> Blueprint:
    """The routes."""
    routes = Blueprint("daraja_money", __name__)
    money = Money(world, office)
    refuse = refused_as(world.parts.dice)

    def serve(kind: str, field: str, act: Callable[[], Response]) -> Response:
        return world.parts.front.serve(kind, _about(field), lambda: answered(world.parts.dice, act), refuse)

    @routes.post("/mpesa/c2b/v<int:version>/registerurl")
    def register(version: int) -> Response:
        if version not in (1, 2):
            return refuse("404.001.01")
        return serve("c2b-register", "", lambda: money.register(version))

    @routes.post("/mpesa/c2b/v<int:version>/simulate")
    def simulate(version: int) -> Response:
        if version not in (1, 2):
            return refuse("404.001.01")
        return serve("c2b-simulate", "Msisdn", money.simulate)

    @routes.post("/mpesa/b2c/v<int:version>/paymentrequest")
    def pay(version: int) -> Response:
        if version not in (1, 3):
            return refuse("404.001.01")
        return serve("b2c-pay", "PartyB", lambda: money.pay(version))

    @routes.post("/mpesa/reversal/v1/request")
    def reverse() -> Response:
        return serve("reversal", "", money.reverse)

    @routes.post("/mpesa/transactionstatus/v1/query")
    def status() -> Response:
        return serve("status-query", "", money.status)

    @routes.post("/mpesa/accountbalance/v1/query")
    def balance() -> Response:
        return serve("balance-query", "", money.balance)

    return routes


def _amount(body: Body) -> int:
    """Whole shillings; decimals are refused."""
    amount = word(body, "Amount")
    demand(amount.isascii() and amount.isdigit() and len(amount) <= 9, "Amount")
    return int(amount)


def _about(field: str) -> str:
    """The phone that a fault for one phone looks at."""
    body = request.get_json(silent=True)
    try:
        return msisdn(word(body, field)) if field and isinstance(body, dict) else ""
    except Nonsense:
        return ""
