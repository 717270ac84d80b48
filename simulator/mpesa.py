"""Safaricom's side of a payment: the prompt on the phone, the wallet, the outcome, the callback."""

import hashlib
import itertools
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from simulator.courier import Letter
from simulator.daraja_shapes import RESULT_TEXTS, callback_body
from simulator.dice import Dice
from simulator.errors import Nonsense, NotNow
from simulator.faults import Fault
from simulator.handsets import Phone, Prompt, Text, msisdn
from simulator.money_texts import SENDER, paid_bill, paid_till
from simulator.parts import Parts
from simulator.wallets import FEES, UTILITY, pocket, purse

AGENT = "Apache-HttpClient/4.5.13 (Java/1.8.0_362)"
BUSINESS = "TUNDA"


@dataclass
class Push:
    """One STK push. `code` is empty while undecided; before `known_at` (of the timers) nobody is told."""

    merchant_id: str
    checkout_id: str
    phone: Phone
    amount: int
    reference: str
    url: str
    paybill: bool
    code: str = ""
    receipt: str = ""
    settled_at: datetime | None = None
    known_at: float = 0.0


@dataclass
class Outcome:
    """An outcome that comes by itself, without the phone's owner: of one phone's pushes, or of all."""

    code: str
    phone: str = ""
    times: int | None = None
    seconds: float = 0.0
    id: int = field(default=0)


class Mpesa:
    """Pushes, prompts and wallets."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._turn = itertools.count()
        self._ids = itertools.count(1)
        self.twin: Callable[[Push, datetime], None] | None = None
        self.reset()

    def reset(self) -> None:
        """Forget all pushes and forced outcomes."""
        self._pushes: dict[str, Push] = {}
        self._last: dict[str, Push] = {}  # of each phone: all before it are decided
        self._outcomes: list[Outcome] = []

    # --- what tests and demonstrations decide beforehand

    def force(self, code: str, *, phone: str = "", times: int | None = None, seconds: float = 0.0) -> Outcome:
        """From now on pushes (to one phone, or all) end so, `seconds` after the prompt's time."""
        if not code or (times is not None and times < 1) or seconds < 0:
            raise Nonsense("an outcome has a code, times of 1 or more, and seconds of 0 or more")
        outcome = Outcome(code, msisdn(phone) if phone else "", times, seconds, next(self._ids))
        with self._parts.state.lock:
            self._outcomes.append(outcome)
        return outcome

    def forced(self) -> list[Outcome]:
        """The outcomes in force, oldest first."""
        with self._parts.state.lock:
            return list(self._outcomes)

    def release(self, phone: str = "") -> None:
        """Let owners decide again: of one phone, or of all."""
        number = msisdn(phone) if phone else ""
        with self._parts.state.lock:
            self._outcomes = [one for one in self._outcomes if number and one.phone != number]

    def _take_outcome(self, phone: Phone) -> Outcome | None:
        for outcome in reversed(self._outcomes):
            if outcome.phone in ("", phone.msisdn):
                if outcome.times is not None:
                    outcome.times -= 1
                    if outcome.times == 0:
                        self._outcomes.remove(outcome)
                return outcome
        return None

    # --- the push

    def push(
        self, *, number: str, amount: int, reference: str, url: str, paybill: bool, allowed: bool
    ) -> Push | None:
        """Accept a push; None while the phone has an undecided one.

        Not `allowed` means that PartyB does not fit the shortcode, which comes out later (2028).
        """
        parts = self._parts
        with parts.state.lock:
            phone = parts.phones.get(number)
            last = self._last.get(phone.msisdn)
            if last is not None and not last.code:
                return None
            push = Push(
                merchant_id=parts.dice.dashed(2, 2, 2, 8),
                checkout_id=f"ws_CO_{parts.clock.local():%d%m%Y%H%M%S}"
                f"{parts.dice.below(10**6):06d}{phone.msisdn[4:]}",
                phone=phone,
                amount=amount,
                reference=reference,
                url=url,
                paybill=paybill,
            )
            self._pushes[push.checkout_id] = self._last[phone.msisdn] = push
            outcome = self._take_outcome(phone)
            parts.state.changed()
        early = parts.faults.take("stk-callback", phone.msisdn, only=("before-answer",))
        if early is not None:
            self._settle(push, outcome.code if outcome else "0", early)
        elif outcome is not None:
            code = outcome.code
            parts.timers.after(
                parts.knobs.prompt_delay_seconds + outcome.seconds, lambda: self._settle(push, code)
            )
        elif not allowed:
            parts.timers.after(parts.knobs.prompt_delay_seconds, lambda: self._settle(push, "2028"))
        else:
            parts.timers.after(parts.knobs.prompt_delay_seconds, lambda: self._prompt(push))
        return push

    def find(self, checkout_id: str) -> Push | None:
        """The push with this CheckoutRequestID."""
        with self._parts.state.lock:
            return self._pushes.get(checkout_id)

    def _prompt(self, push: Push) -> None:
        parts = self._parts
        with parts.state.lock:
            phone = push.phone
            if phone.reachable and phone.mpesa and phone.open_session() is None:
                lapse = parts.knobs.prompt_seconds
                phone.prompt = Prompt(
                    push.checkout_id, push.amount, BUSINESS, push.reference, parts.timers.now() + lapse
                )
                parts.timers.after(lapse, lambda: self._settle(push, "1037"))
                parts.state.changed()
                return
            # A prompt cannot show over an open USSD session: the SIM is busy.
            code = "1001" if phone.reachable and phone.mpesa else "1037"
        self._settle(push, code)

    def approve(self, number: str, pin: str) -> Phone:
        """Type the PIN. Any four digits but 0000 are right, until the owner sets one of her own."""
        check_pin(pin)
        phone, push = self._prompted(number)
        parts = self._parts
        with parts.state.lock:
            today = parts.books.moved_on(purse(phone.msisdn), parts.clock.local())
            enough = phone.balance >= push.amount + Decimal(str(parts.knobs.c2b_fee))
        if not phone.knows(pin):
            code = "2001"
        elif today + push.amount > parts.knobs.day_limit:
            code = "4"
        else:
            code = "0" if enough else "1"
        self._settle(push, code)
        return phone

    def cancel(self, number: str) -> Phone:
        """Press cancel on the prompt."""
        phone, push = self._prompted(number)
        self._settle(push, "1032")
        return phone

    def _prompted(self, number: str) -> tuple[Phone, Push]:
        with self._parts.state.lock:
            phone = self._parts.phones.get(number)
            if phone.prompt is None:
                raise NotNow(f"{phone.msisdn} shows no M-Pesa prompt")
            return phone, self._pushes[phone.prompt.id]

    # --- the outcome

    def _settle(self, push: Push, code: str, early: Fault | None = None) -> None:
        """Decide a push, once, and bring the callback on its way (at once where it overtakes the answer)."""
        parts = self._parts
        with parts.state.lock:
            if push.code:
                return
            phone = push.phone
            fault = early or parts.faults.take("stk-callback", phone.msisdn, but=("before-answer",))
            if fault is not None and fault.mode == "refuse":
                code = fault.code
            push.code = code
            push.settled_at = parts.clock.local()
            if fault is not None and fault.mode == "late":
                push.known_at = parts.timers.now() + parts.knobs.callback_seconds + fault.seconds
            if phone.prompt is not None and phone.prompt.id == push.checkout_id:
                phone.prompt = None
            twin = code == "0" and self._debit(push)
            letter = self._letter(push, fault)
            parts.state.changed()
        if early is not None:
            parts.courier.carry(letter, early)
        else:
            parts.timers.after(parts.knobs.callback_seconds, lambda: parts.courier.send(letter, fault))
        if twin and self.twin is not None:
            self.twin(push, push.settled_at)

    def _debit(self, push: Push) -> bool:
        """Move the money and tell the payer."""
        parts, phone, at = self._parts, push.phone, self._parts.clock.local()
        push.receipt = receipt_number(parts.dice, at)
        take(
            parts,
            phone,
            push.amount,
            kind="stk",
            shortcode=parts.settings.mpesa_shortcode,
            receipt=push.receipt,
            reference=push.reference,
            conversation=push.checkout_id,
            paybill=push.paybill,
        )
        return True

    def _letter(self, push: Push, fault: Fault | None) -> Letter:
        off = 1 if fault is not None and fault.mode == "wrong-amount" else 0
        turn = next(self._turn)

        def body(code: str, amount: int, receipt: str) -> bytes:
            return callback_body(
                turn=turn,
                knobs=self._parts.knobs,
                merchant_id=push.merchant_id,
                checkout_id=push.checkout_id,
                code=code,
                text=RESULT_TEXTS.get(code, "The transaction could not be completed."),
                amount=amount,
                receipt=receipt,
                at=push.settled_at or self._parts.clock.local(),
                payer=push.phone.msisdn[1:],
                balance=push.phone.balance,
            )

        forged = fault is not None and fault.mode == "forged"
        return Letter(
            "stk-callback",
            push.phone.msisdn,
            push.url,
            body(push.code, push.amount + off, push.receipt),
            "application/json",
            {"User-Agent": AGENT},
            body("0", push.amount, forged_receipt(push.checkout_id)) if forged else b"",
        )


def forged_receipt(seed: str) -> str:
    """A receipt as a swindler makes one up: it looks right and is in nobody's books."""
    return "ZZ9" + hashlib.sha256(seed.encode()).hexdigest()[:7].upper()


def check_pin(pin: str) -> None:
    """Nonsense for what no PIN pad lets one type."""
    if not (pin.isascii() and pin.isdigit() and len(pin) == 4):
        raise Nonsense("a PIN has four digits")


def take(
    parts: Parts,
    phone: Phone,
    amount: int,
    *,
    kind: str,
    shortcode: str,
    receipt: str,
    reference: str,
    conversation: str = "",
    paybill: bool = True,
) -> None:
    """Bring a person's money to our paybill's Utility Account, and M-PESA's text to her; hold the lock."""
    at, wallet = parts.clock.local(), purse(phone.msisdn)
    parts.books.move(
        kind,
        amount,
        wallet,
        pocket(shortcode, UTILITY),
        at=at,
        receipt=receipt,
        reference=reference,
        conversation=conversation,
    )
    fee = Decimal(str(parts.knobs.c2b_fee))
    if fee:
        parts.books.move("fee", fee, wallet, FEES, at=at, receipt=receipt)
    if paybill:
        words = paid_bill(receipt, amount, BUSINESS, reference, at, phone.balance, fee)
    else:
        words = paid_till(receipt, amount, BUSINESS, at, phone.balance, fee)
    tell(parts, phone, words)


def tell(parts: Parts, phone: Phone, words: str) -> None:
    """A text from M-PESA itself; hold the lock."""
    phone.receive(Text(parts.dice.hex(8), SENDER, words, parts.clock.local()))
    parts.state.changed()


def receipt_number(dice: Dice, at: datetime) -> str:
    """Ten characters of which the first three tell the day: TFO is 24 June 2025."""
    day = string.digits[1:] + string.ascii_uppercase
    year = string.ascii_uppercase[(at.year - 2006) % 26]
    return f"{year}{string.ascii_uppercase[at.month - 1]}{day[at.day - 1]}{dice.letters(7)}"
