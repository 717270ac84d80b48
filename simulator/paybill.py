"""Lipa na M-PESA: a person pays our paybill from the menu of her phone, and our URLs are asked and told."""

import hashlib
import itertools
import json
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from simulator.courier import Answer, Letter
from simulator.errors import Nonsense, NotNow
from simulator.faults import Fault
from simulator.handsets import Phone
from simulator.money_texts import refused, too_poor, wrong_pin
from simulator.mpesa import AGENT, BUSINESS, Push, check_pin, forged_receipt, receipt_number, take, tell
from simulator.parts import Parts
from simulator.wallets import UTILITY, pocket

LONGEST_ACCOUNT = 20
MAX_AMOUNT = 250_000
_FORMS = ("spaced mask", "hash", "mask", "clear")


@dataclass(frozen=True)
class Urls:
    """What was registered for a shortcode; `version` is 1 or 2, `otherwise` Completed or Cancelled."""

    validation: str
    confirmation: str
    otherwise: str
    version: int


@dataclass(frozen=True)
class Payment:
    """One payment on its way. `third_party` is what the validation answered, to be told again."""

    phone: Phone
    shortcode: str
    account: str
    amount: int
    receipt: str
    at: datetime
    kind: str
    third_party: str = ""


class Paybill:
    """Registered URLs, and payments from the menu."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._turn = itertools.count()
        self.reset()

    def reset(self) -> None:
        """No URLs are registered."""
        self._urls: dict[str, Urls] = {}

    def register(self, shortcode: str, urls: Urls) -> bool:
        """Keep the URLs; False where there are some and, as in production, they can be set only once."""
        with self._parts.state.lock:
            if self._parts.knobs.production and shortcode in self._urls:
                return False
            self._urls[shortcode] = urls
            return True

    def registered(self) -> dict[str, Urls]:
        """The URLs by shortcode."""
        with self._parts.state.lock:
            return dict(self._urls)

    # --- the person

    def pay(
        self, number: str, *, account: str, amount: int, pin: str, shortcode: str = "", kind: str = "Pay Bill"
    ) -> Phone:
        """Pay with a PIN, as at the phone's M-PESA menu; what comes of it comes as a text from M-PESA."""
        check_pin(pin)
        parts = self._parts
        shortcode = shortcode or parts.settings.mpesa_shortcode
        account = account.strip()
        if kind == "Pay Bill" and not 0 < len(account) <= LONGEST_ACCOUNT:
            raise Nonsense(f"an account number has 1 to {LONGEST_ACCOUNT} characters")
        if shortcode != parts.settings.mpesa_shortcode:
            raise Nonsense(f"nobody has the paybill number {shortcode}")
        if not 1 <= amount <= MAX_AMOUNT:
            raise Nonsense(f"an amount is 1 to {MAX_AMOUNT:,} shillings")
        with parts.state.lock:
            phone = parts.phones.get(number)
            if not phone.reachable:
                raise NotNow("not paid: the phone is switched off or has no signal")
            if not phone.mpesa:
                raise NotNow(f"{phone.msisdn} has no M-PESA")
            if not phone.knows(pin):
                tell(parts, phone, wrong_pin())
                return phone
            if phone.balance < amount + Decimal(str(parts.knobs.c2b_fee)):
                tell(parts, phone, too_poor(amount, BUSINESS, phone.balance))
                return phone
        self.simulate(phone, shortcode=shortcode, account=account, amount=amount, kind=kind)
        return phone

    def simulate(self, phone: Phone, *, shortcode: str, account: str, amount: int, kind: str) -> None:
        """A payment that the payer has approved; validated first where that is switched on."""
        parts = self._parts
        with parts.state.lock:
            at = parts.clock.local()
            receipt = receipt_number(parts.dice, at)
            payment = Payment(phone, shortcode, account, amount, receipt, at, kind)
            urls = self._urls.get(shortcode)
        if urls is None or not urls.validation or not parts.knobs.c2b_validation:
            self._complete(payment)
            return
        parts.timers.after(parts.knobs.c2b_seconds, lambda: self._validate(payment, urls))

    def _validate(self, payment: Payment, urls: Urls) -> None:
        """Ask the validation URL; who does not answer in time gets what ResponseType says."""
        parts = self._parts
        fault = parts.faults.take("c2b-validation", payment.phone.msisdn)
        patience = parts.knobs.validation_seconds
        if fault is not None and fault.mode == "delay":
            parts.timers.pause(fault.seconds)
        letter = self._letter("c2b-validation", payment, urls.validation, urls.version)
        answer = parts.courier.carry(letter, fault, patience)
        if fault is not None and fault.mode == "late":
            answer = Answer(None, error="java.net.SocketTimeoutException: Read timed out")
        verdict = _verdict(answer)
        accepted = urls.otherwise == "Completed" if verdict is None else verdict[0]
        if accepted:
            self._complete(replace(payment, third_party=verdict[1] if verdict else ""))
            return
        with parts.state.lock:
            tell(parts, payment.phone, refused(BUSINESS, payment.account))

    def _complete(self, payment: Payment) -> None:
        """Move the money and confirm it."""
        parts = self._parts
        with parts.state.lock:
            if payment.phone.balance < payment.amount + Decimal(str(parts.knobs.c2b_fee)):
                tell(parts, payment.phone, too_poor(payment.amount, BUSINESS, payment.phone.balance))
                return
            payment = replace(payment, at=parts.clock.local())
            take(
                parts,
                payment.phone,
                payment.amount,
                kind="c2b",
                shortcode=payment.shortcode,
                receipt=payment.receipt,
                reference=payment.account,
                paybill=payment.kind == "Pay Bill",
            )
        self._confirm(payment)

    def twin(self, push: Push, at: datetime) -> None:
        """A payment at a prompt, confirmed once more as C2B with the same receipt, where the knob says so."""
        parts = self._parts
        if parts.knobs.c2b_twin:
            kind = "Pay Bill" if push.paybill else "Buy Goods"
            shortcode = parts.settings.mpesa_shortcode
            self._confirm(Payment(push.phone, shortcode, push.reference, push.amount, push.receipt, at, kind))

    def _confirm(self, payment: Payment) -> None:
        parts = self._parts
        with parts.state.lock:
            urls = self._urls.get(payment.shortcode)
            if urls is None:
                return
            fault = parts.faults.take("c2b-confirmation", payment.phone.msisdn)
            letter = self._letter("c2b-confirmation", payment, urls.confirmation, urls.version, fault)
        parts.timers.after(parts.knobs.c2b_seconds, lambda: parts.courier.send(letter, fault))

    def _letter(
        self, kind: str, payment: Payment, url: str, version: int, fault: Fault | None = None
    ) -> Letter:
        parts = self._parts
        mode = fault.mode if fault is not None else ""
        form = parts.knobs.msisdn_form
        if form == "vary":
            form = _FORMS[next(self._turn) % len(_FORMS)]
        elif form == "version":
            form = "hash" if version == 1 else "spaced mask"
        balance = parts.books.balance(pocket(payment.shortcode, UTILITY))
        fields = {
            "TransactionType": payment.kind,
            "TransID": payment.receipt,
            "TransTime": f"{payment.at:%Y%m%d%H%M%S}",
            "TransAmount": f"{payment.amount + (mode == 'wrong-amount')}.00",
            "BusinessShortCode": payment.shortcode,
            "BillRefNumber": payment.account,
            "InvoiceNumber": "",
            "OrgAccountBalance": f"{balance:.2f}" if kind == "c2b-confirmation" else "",
            "ThirdPartyTransID": payment.third_party,
            "MSISDN": shown_number(payment.phone.msisdn[1:], form),
            "FirstName": (payment.phone.name or "Jane").upper(),
            "MiddleName": "",
            "LastName": "",
        }
        forged = {**fields, "TransID": forged_receipt(payment.receipt), "TransAmount": "25000.00"}
        return Letter(
            kind,
            payment.phone.msisdn,
            url,
            json.dumps(fields).encode(),
            "application/json",
            {"User-Agent": AGENT},
            json.dumps(forged).encode() if mode == "forged" else b"",
        )


def shown_number(digits: str, form: str) -> str:
    """A payer's number (254...) as C2B tells it."""
    if form == "hash":
        return hashlib.sha256(digits.encode()).hexdigest()
    if form == "mask":
        return f"{digits[:4]}*****{digits[-3:]}"
    if form == "spaced mask":
        return f"{digits[:4]} ***** {digits[-3:]}"
    return digits


def _verdict(answer: Answer) -> tuple[bool, str] | None:
    """Whether the validation URL accepts, and its ThirdPartyTransID; None if it did not answer sensibly."""
    if answer.status != 200:
        return None
    try:
        told = json.loads(answer.text)
        code = str(told["ResultCode"]).strip()
        third = told.get("ThirdPartyTransID")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return code == "0", third if isinstance(third, str) else ""
