"""What our initiator asks of M-Pesa: B2C payments, reversals, transaction status, account balances.

Each request is accepted first and carried out a little later; then its ResultURL or QueueTimeOutURL is told.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from simulator.courier import Letter
from simulator.daraja_results import TIMED_OUT, Result, Told, result_body
from simulator.faults import Fault
from simulator.handsets import Phone
from simulator.money_texts import given_back, received
from simulator.mpesa import AGENT, BUSINESS, forged_receipt, receipt_number, tell
from simulator.parts import Parts
from simulator.wallets import CHARGES, FEES, POCKETS, UTILITY, Movement, pocket, purse

LEAST, MOST = 10, 250_000


@dataclass
class Request:
    """One request of an initiator.

    kind          b2c, reversal, status, balance
    asked         status: the receipt or conversation id; reversal: the receipt
    state         as TransactionStatus tells it; nobody is told before `known_at` (of the timers)
    wrong         the ResultCode for a wrong initiator or credential, empty if they are right
    """

    kind: str
    originator: str
    conversation: str
    shortcode: str
    result_url: str
    timeout_url: str
    at: datetime
    wrong: str = ""
    phone: Phone | None = None
    amount: int = 0
    asked: str = ""
    reason: str = ""
    occasion: str = ""
    code: str = ""
    receipt: str = ""
    state: str = "Initiated"
    settled_at: datetime | None = None
    known_at: float = 0.0

    @property
    def number(self) -> str:
        """The phone it is about, for faults of one phone."""
        return self.phone.msisdn if self.phone is not None else ""


class Initiated:
    """All requests since the start."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._turn = itertools.count()
        self._verdicts: dict[str, Callable[[Request], str]] = {
            "b2c": self._pay,
            "reversal": self._reverse,
            "status": self._look_up,
            "balance": self._balance,
        }
        self.reset()

    def reset(self) -> None:
        """Forget them all."""
        self._requests: list[Request] = []
        self._by_id: dict[str, Request] = {}
        self._wrong_in_a_row = 0

    def credential(self, right: bool) -> str:
        """The ResultCode for a credential: none if it is right, 2001, or 8006 once it is locked."""
        with self._parts.state.lock:
            limit = self._parts.knobs.lock_after
            if limit and self._wrong_in_a_row >= limit:
                return "8006"
            self._wrong_in_a_row = 0 if right else self._wrong_in_a_row + 1
        return "" if right else "2001"

    def unlock(self) -> None:
        """As when the portal's administrator unlocks the initiator."""
        with self._parts.state.lock:
            self._wrong_in_a_row = 0

    def accept(self, request: Request) -> bool:
        """Take a request; False if its OriginatorConversationID was there before."""
        parts = self._parts
        with parts.state.lock:
            if request.originator in self._by_id:
                return False
            request.originator = request.originator or parts.dice.dashed(2, 2, 2, 8)
            request.conversation = f"AG_{request.at:%Y%m%d}_2010{parts.dice.hex(8)}"
            self._by_id[request.originator] = self._by_id[request.conversation] = request
            self._requests.append(request)
        early = parts.faults.take(f"{request.kind}-result", request.number, only=("before-answer",))
        if early is not None:
            self._settle(request, early)
        else:
            parts.timers.after(parts.knobs.result_seconds, lambda: self._settle(request, None))
        return True

    def views(self) -> list[dict[str, object]]:
        """Every payment and reversal that was asked for, and what became of it."""
        with self._parts.state.lock:
            return [
                {
                    "kind": one.kind,
                    "originator": one.originator,
                    "conversation": one.conversation,
                    "phone": one.number,
                    "amount": one.amount,
                    "asked": one.asked,
                    "state": one.state,
                    "code": one.code,
                    "receipt": one.receipt,
                    "at": one.at.isoformat(timespec="seconds"),
                }
                for one in self._requests
                if one.kind in ("b2c", "reversal")
            ]

    # --- the outcome

    def _settle(self, request: Request, early: Fault | None) -> None:
        """Decide a request, once, and bring its result on the way (at once where it overtakes the answer)."""
        parts = self._parts
        with parts.state.lock:
            kind = f"{request.kind}-result"
            fault = early or parts.faults.take(kind, request.number, but=("before-answer",))
            mode = fault.mode if fault is not None else ""
            request.settled_at = parts.clock.local()
            if fault is not None and mode == "timeout" and fault.code == "unacted":
                request.state = "Expired"
            else:
                forced = fault.code if fault is not None and mode == "refuse" else ""
                request.code = forced or request.wrong or self._verdicts[request.kind](request)
                request.state = "Completed" if request.code == "0" else "Declined"
            if fault is not None and mode == "late":
                request.known_at = parts.timers.now() + fault.seconds
            letter = self._letter(request, fault)
            parts.state.changed()
        if early is not None:
            parts.courier.carry(letter, early)
        else:
            parts.courier.send(letter, fault)

    def _pay(self, request: Request) -> str:
        parts, phone, at = self._parts, request.phone, self._parts.clock.local()
        if phone is None or request.shortcode != parts.settings.payout_shortcode:
            return "2028"
        if not LEAST <= request.amount <= MOST:
            return "2" if request.amount < LEAST else "3"
        if not phone.mpesa:
            return "2040"
        till, wallet = pocket(request.shortcode, UTILITY), purse(phone.msisdn)
        if parts.books.balance(till) < request.amount:
            return "1"
        if parts.books.moved_on(wallet, at) + request.amount > parts.knobs.day_limit:
            return "4"
        if phone.balance + request.amount > parts.knobs.wallet_limit:
            return "8"
        request.receipt = receipt_number(parts.dice, at)
        self._move(request, request.amount, till, wallet)
        fee = Decimal(str(parts.knobs.b2c_fee))
        if fee:
            charges = pocket(request.shortcode, CHARGES)
            parts.books.move("fee", fee, charges, FEES, at=at, receipt=request.receipt)
        tell(parts, phone, received(request.receipt, request.amount, BUSINESS, at, phone.balance))
        return "0"

    def _reverse(self, request: Request) -> str:
        parts = self._parts
        original = parts.books.find(request.asked)
        till = pocket(request.shortcode, UTILITY)
        if original is None or original.kind not in ("stk", "c2b") or original.target != till:
            return "R000002"
        left = original.amount - parts.books.reversed(request.asked)
        if left <= 0:
            return "R000001"
        if request.amount > left:
            return "3"
        if parts.books.balance(till) < request.amount:
            return "1"
        phone = parts.phones.get(original.source.removeprefix("phone:"))
        if phone.balance + request.amount > parts.knobs.wallet_limit:
            return "8"
        at = parts.clock.local()
        request.phone = phone
        request.receipt = receipt_number(parts.dice, at)
        self._move(request, request.amount, till, original.source, reverses=request.asked)
        back = Decimal(request.amount)
        tell(parts, phone, given_back(request.receipt, request.asked, back, at, phone.balance))
        return "0"

    def _move(self, request: Request, amount: int, source: str, target: str, *, reverses: str = "") -> None:
        self._parts.books.move(
            request.kind,
            amount,
            source,
            target,
            at=self._parts.clock.local(),
            receipt=request.receipt,
            reference=request.reason,
            originator=request.originator,
            conversation=request.conversation,
            reverses=reverses,
        )

    def _look_up(self, request: Request) -> str:
        return "0" if self._found(request) is not None else self._parts.knobs.status_unknown_code

    def _balance(self, request: Request) -> str:
        ours = (self._parts.settings.mpesa_shortcode, self._parts.settings.payout_shortcode)
        return "0" if request.shortcode in ours else "21"

    def _found(self, asking: Request) -> Told | None:
        """What a status query is told about the transaction it asks for."""
        parts = self._parts
        known = self._by_id.get(asking.asked)
        if known is not None and known.kind in ("b2c", "reversal"):
            return self._told_request(known)
        movement = parts.books.find(asking.asked)
        if movement is None:
            return None
        known = self._by_id.get(movement.conversation)
        return self._told_request(known) if known is not None else self._told_movement(movement)

    def _told_request(self, known: Request) -> Told:
        waiting = known.settled_at is None or self._parts.timers.now() < known.known_at
        movement = self._parts.books.find(known.receipt) if known.receipt else None
        if waiting or movement is None:
            return Told(
                status="Initiated" if waiting else known.state,
                amount=known.amount,
                originator=known.originator,
                conversation=known.conversation,
                receipt="",
                debit=f"{known.shortcode} - {BUSINESS.title()}",
                credit=_party(known.phone) if known.phone is not None else "",
                begun=known.at,
                ended=None if waiting else known.settled_at,
                fee=Decimal(0),
            )
        return self._told_movement(movement, begun=known.at)

    def _told_movement(self, movement: Movement, begun: datetime | None = None) -> Told:
        parts = self._parts
        undone = parts.books.reversed(movement.receipt) >= movement.amount
        return Told(
            status=parts.knobs.reversed_status if undone else "Completed",
            amount=int(movement.amount),
            originator=movement.originator,
            conversation=movement.conversation,
            receipt=movement.receipt,
            debit=self._named(movement.source),
            credit=self._named(movement.target),
            begun=begun or movement.at,
            ended=movement.at,
            fee=parts.books.fee_of(movement.receipt),
            reason=movement.kind,
        )

    def _named(self, account: str) -> str:
        """A party as status queries name it."""
        kind, _, rest = account.partition(":")
        if kind == "phone":
            return _party(self._parts.phones.get(rest))
        return f"{rest.partition(':')[0]} - {BUSINESS.title()}" if kind == "till" else account

    # --- the result

    def _letter(self, request: Request, fault: Fault | None) -> Letter:
        parts = self._parts
        mode = fault.mode if fault is not None else ""
        timed_out = mode == "timeout"
        original = parts.books.find(request.asked) if request.kind == "reversal" else None
        turn = next(self._turn)

        def body(code: str, amount: int, receipt: str) -> bytes:
            return result_body(
                Result(
                    kind=request.kind,
                    code=code,
                    originator=request.originator
                    if parts.knobs.echo_originator
                    else parts.dice.dashed(4, 3, 1),
                    conversation=request.conversation,
                    receipt=receipt,
                    amount=amount,
                    at=request.settled_at or request.at,
                    party=_party(request.phone) if request.phone is not None else "",
                    business=f"{request.shortcode} - {BUSINESS.title()}",
                    registered=request.phone is not None and request.phone.mpesa,
                    pockets={name: parts.books.balance(pocket(request.shortcode, name)) for name in POCKETS},
                    original=original.receipt if original is not None else request.asked,
                    told=self._found(request) if request.kind == "status" else None,
                    timeout_url=request.timeout_url,
                    occasion=request.occasion,
                ),
                parts.knobs,
                parts.dice,
                turn,
            )

        return Letter(
            f"{request.kind}-result",
            request.number,
            request.timeout_url if timed_out else request.result_url,
            body(TIMED_OUT, request.amount, "")
            if timed_out
            else body(request.code, request.amount + (mode == "wrong-amount"), request.receipt),
            "application/json",
            {"User-Agent": AGENT},
            body("0", request.amount, forged_receipt(request.conversation)) if mode == "forged" else b"",
        )


def _party(phone: Phone) -> str:
    """254712000202 - Otieno, as results name a person."""
    return f"{phone.msisdn[1:]} - {phone.name or 'Jane Doe'}"
