"""The text message network: Africa's Talking's bulk API on one side, the phones' inboxes on the other."""

import itertools
import re
import secrets
import time
import uuid
from collections import deque
from dataclasses import dataclass
from decimal import Decimal

from simulator.courier import Answer, Letter, form
from simulator.errors import Nonsense, NotNow
from simulator.faults import Fault
from simulator.gsm import measure
from simulator.handsets import Phone, Text
from simulator.parts import Parts

PRICE = Decimal("0.8000")
DEFAULT_SENDER = "AFRICASTKNG"
MOBILE = re.compile(r"\+254[17][0-9]{8}")
LANDLINE = re.compile(r"\+254[2-6][0-9]{7,8}")
ACCEPTED = (100, 101, 102)
STATUSES = {
    100: "Success",
    101: "Success",
    102: "Success",
    401: "RiskHold",
    402: "InvalidSenderId",
    403: "InvalidPhoneNumber",
    404: "UnsupportedNumberType",
    405: "InsufficientBalance",
    406: "UserInBlacklist",
    407: "CouldNotRoute",
    409: "DoNotDisturbRejection",
    500: "InternalServerError",
    501: "GatewayError",
    502: "RejectedByGateway",
}


@dataclass(frozen=True)
class Posting:
    """An inbound text on its way to the gateway; `until` is the machine's monotonic clock."""

    phone: Phone
    text: Text
    fields: dict[str, str]
    until: float


class SmsNetwork:
    """Sends, receives and reports."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._numbers = itertools.count(15000)
        self._received: list[dict[str, object]] = []
        self._sends: deque[float] = deque()

    # --- from a phone to the gateway

    def text_in(self, number: str, words: str, to: str = "") -> Text:
        """Send a text from a phone. To the short code it is posted until the gateway answers 200."""
        parts = self._parts
        if not words:
            raise Nonsense("a text has at least one character")
        with parts.state.lock:
            phone = parts.phones.get(number)
            if not phone.reachable:
                raise NotNow("not sent: the phone is switched off or has no signal")
            text = Text(str(uuid.uuid4()), to or parts.settings.sms_short_code, words, parts.clock.local())
            phone.keep_sent(text)
            if text.other == parts.settings.sms_short_code:
                text.state = "sending"
                self._post(phone, text)
            else:
                text.state = "sent"
            parts.state.changed()
        return text

    def _post(self, phone: Phone, text: Text) -> None:
        at = self._parts.clock.now()
        self._received.append(
            {
                "linkId": "",
                "text": text.text,
                "to": text.other,
                "id": next(self._numbers),
                "date": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
                "from": phone.msisdn,
            }
        )
        fields = {
            "linkId": "".join(secrets.choice("0123456789") for _ in range(20)),
            "text": text.text,
            "to": text.other,
            "id": text.id,
            "date": f"{at:%Y-%m-%d %H:%M:%S}",
            "from": phone.msisdn,
            "networkCode": phone.network,
            "cost": "KES 1.00",
        }
        give_up = time.monotonic() + self._parts.knobs.sms_give_up_seconds
        self._try(Posting(phone, text, fields, give_up))

    def _try(self, posting: Posting) -> None:
        parts = self._parts
        letter = form("sms-in", posting.phone.msisdn, parts.settings.callback_url("sms"), posting.fields)
        fault = parts.faults.take("sms-in", posting.phone.msisdn)
        parts.courier.send(letter, fault, lambda answer: self._answered(posting, answer))

    def _answered(self, posting: Posting, answer: Answer) -> None:
        parts = self._parts
        with parts.state.lock:
            if answer.status == 200:
                posting.text.state = "sent"
            elif time.monotonic() + parts.knobs.sms_retry_seconds < posting.until:
                posting.text.state = "waiting"
                parts.timers.after(parts.knobs.sms_retry_seconds, lambda: self._try(posting))
            else:
                posting.text.state = "given up"
            parts.state.changed()

    def opt_out(self, number: str) -> Phone:
        """The owner dials the operator's opt-out menu: blacklisted, and the gateway is told."""
        parts = self._parts
        with parts.state.lock:
            phone = parts.phones.get(number)
            phone.blacklisted = True
            parts.state.changed()
        letter = form(
            "sms-optout",
            phone.msisdn,
            parts.settings.callback_url("sms-optout"),
            {"senderId": parts.settings.sms_sender_id, "phoneNumber": phone.msisdn},
        )
        parts.courier.send(letter, parts.faults.take("sms-optout", phone.msisdn))
        return phone

    # --- from the gateway to phones

    def fetch(self, last_received_id: int) -> dict[str, object]:
        """The inbox of the account: what arrived after this id."""
        with self._parts.state.lock:
            messages = [message for message in self._received if int(str(message["id"])) > last_received_id]
        return {"SMSMessageData": {"Messages": messages}}

    def too_fast(self) -> bool:
        """Whether this send is one more in a second than the knob lets pass."""
        limit, now = self._parts.knobs.sms_per_second, time.monotonic()
        with self._parts.state.lock:
            while self._sends and self._sends[0] < now - 1:
                self._sends.popleft()
            if limit and len(self._sends) >= limit:
                return True
            self._sends.append(now)
        return False

    def send(
        self, *, sender: str, recipients: list[str], message: str, enqueue: bool, refusal: int | None = None
    ) -> dict[str, object]:
        """Accept a message for each recipient and answer as the bulk API does; `refusal` refuses them all."""
        parts = self._parts
        ours = {parts.settings.sms_short_code, parts.settings.sms_sender_id, DEFAULT_SENDER}
        if sender not in ours:
            return {"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}}
        entries: list[dict[str, object]] = []
        most, total = 0, Decimal(0)
        for number in recipients:
            code = refusal or self._verdict(number, enqueue)
            message_id, cost, segments = "None", "0", 0
            if code in ACCEPTED:
                message_id = f"ATXid_{secrets.token_hex(16)}"
                segments = self._accept(message_id, sender, number, message)
                total += PRICE * segments
                cost = f"KES {PRICE * segments}"
            most = max(most, segments)
            entries.append(
                {
                    "cost": cost,
                    "messageId": message_id,
                    "number": number,
                    "status": STATUSES[code],
                    "statusCode": code,
                }
            )
        accepted = sum(entry["statusCode"] in ACCEPTED for entry in entries)
        summary = (
            f"Sent to {accepted}/{len(entries)} Total Cost: {f'KES {total}' if total else '0'}"
            f" Message parts: {most}"
        )
        return {"SMSMessageData": {"Message": summary, "Recipients": entries}}

    def _verdict(self, number: str, enqueue: bool) -> int:
        if LANDLINE.fullmatch(number):
            return 404
        if not MOBILE.fullmatch(number):
            return 403
        with self._parts.state.lock:
            if self._parts.phones.get(number).blacklisted:
                return 406
        return 102 if enqueue else 101

    def _accept(self, message_id: str, sender: str, number: str, message: str) -> int:
        """Put the message on its way to the phone, its report behind it; how many segments it takes."""
        parts = self._parts
        with parts.state.lock:
            phone = parts.phones.get(number)
            if not sender.isdigit() and sender not in phone.greeted:
                phone.greeted.add(sender)
                message += parts.knobs.opt_out_text
        text = Text(message_id, sender, message, parts.clock.local())
        if phone.on and not phone.reachable:
            phone.held.append(text)
        elif phone.on:
            self._deliver(phone, text)
        else:
            self._report(phone, message_id, "AbsentSubscriber")
        return measure(message).segments

    def bring(self, phone: Phone) -> None:
        """The phone is in reach again: what the network kept for it arrives, and is reported now."""
        held, phone.held = phone.held, []
        for text in held:
            self._deliver(phone, text)

    def _deliver(self, phone: Phone, text: Text) -> None:
        knobs = self._parts.knobs
        travel = knobs.sms_travel_seconds + (knobs.slow_seconds if phone.signal == "slow" else 0)
        self._parts.timers.after(travel, lambda: self._arrive(phone, text))
        self._report(phone, text.id, "Success")

    def _arrive(self, phone: Phone, text: Text) -> None:
        parts = self._parts
        with parts.state.lock:
            text.at = parts.clock.local()
            phone.receive(text)
            parts.state.changed()

    def _report(self, phone: Phone, message_id: str, status: str) -> None:
        parts = self._parts
        before = parts.faults.take("sms-report", phone.msisdn, only=("before-answer",))
        if before is not None:
            parts.courier.carry(self._report_letter(phone, message_id, status, None), before)
            return

        def go() -> None:
            fault = parts.faults.take("sms-report", phone.msisdn, but=("before-answer",))
            parts.courier.send(self._report_letter(phone, message_id, status, fault), fault)

        parts.timers.after(parts.knobs.report_seconds, go)

    def _report_letter(self, phone: Phone, message_id: str, status: str, fault: Fault | None) -> Letter:
        fields = {"phoneNumber": phone.msisdn}
        if fault is not None and fault.mode == "refuse":
            status, _, reason = fault.code.partition(":")
            if status in ("Failed", "Rejected"):
                fields["failureReason"] = reason or "DeliveryFailure"
        fields |= {"retryCount": "0", "id": message_id, "status": status, "networkCode": phone.network}
        url = self._parts.settings.callback_url("sms-reports")
        return form("sms-report", phone.msisdn, url, fields)
