"""The results that M-Pesa posts to an initiator's ResultURL, in all the variants seen in the wild."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from simulator.daraja_shapes import RESULT_TEXTS
from simulator.dice import Dice
from simulator.knobs import Knobs
from simulator.wallets import CHARGES, UTILITY, WORKING

TIMED_OUT = "timeout"
_REASONS = {
    "b2c": "Business Payment to Customer via API",
    "stk": "Pay Bill Online",
    "c2b": "Pay Bill Online",
    "reversal": "Transaction Reversal",
}
_OPEN = ("Initiated", "Authorized", "Pending Authorized")

Item = dict[str, object]


@dataclass(frozen=True)
class Told:
    """A transaction as a status query tells it; `amount` is whole shillings, `fee` KES."""

    status: str
    amount: int
    originator: str
    conversation: str
    receipt: str
    debit: str
    credit: str
    begun: datetime
    ended: datetime | None
    fee: Decimal
    reason: str = "b2c"


@dataclass(frozen=True)
class Result:
    """What there is to tell; `code` is a ResultCode, or `timeout` for the call to QueueTimeOutURL."""

    kind: str
    code: str
    originator: str
    conversation: str
    receipt: str
    amount: int
    at: datetime
    party: str
    business: str
    registered: bool
    pockets: dict[str, Decimal]
    original: str
    told: Told | None
    timeout_url: str
    occasion: str


def result_body(result: Result, knobs: Knobs, dice: Dice, turn: int) -> bytes:
    """The JSON of one result; `turn` walks through the variants where a knob says `vary`."""
    code = "1" if result.code == TIMED_OUT else result.code
    as_text = knobs.code_form == "text" or (knobs.code_form == "vary" and turn % 2 == 1)
    envelope: dict[str, object] = {
        "ResultType": 0,
        "ResultCode": int(code) if code.isdigit() and not as_text else code,
        "ResultDesc": "The request timed out in the queue."
        if result.code == TIMED_OUT
        else RESULT_TEXTS.get(code, "The transaction could not be completed."),
        "OriginatorConversationID": result.originator,
        "ConversationID": result.conversation,
        "TransactionID": result.receipt or _nothing(result.at, turn),
    }
    varied = knobs.result_form == "vary"
    if code == "0" and result.code != TIMED_OUT:
        parameters = _PARAMETERS[result.kind](result, turn)
        if varied and turn % 4 == 1:
            parameters = dice.shuffled(parameters)
        if varied and turn % 4 == 2 and result.kind == "balance":
            envelope["ResultParameters"] = {"ResultParameter": parameters[0]}  # one object, not a list of one
        else:
            envelope["ResultParameters"] = {"ResultParameter": parameters}
    reference = _reference(result)
    if reference is not None:
        one_in_a_list = varied and turn % 4 == 3
        envelope["ReferenceData"] = {"ReferenceItem": [reference] if one_in_a_list else reference}
    return json.dumps({"Result": envelope}).encode()


def _nothing(at: datetime, turn: int) -> str:
    """What stands for a receipt where there is none: a placeholder of the day, or nothing."""
    year = chr(ord("A") + (at.year - 2006) % 26)
    return "" if turn % 4 == 3 else f"{year}{chr(ord('A') + at.month - 1)}10000000"


def _reference(result: Result) -> Item | None:
    if result.kind == "status":
        return {"Key": "Occasion", "Value": result.occasion} if result.occasion else {"Key": "Occasion"}
    if result.kind == "reversal":
        return None
    return {"Key": "QueueTimeoutURL", "Value": "https://internal.example/submit"}


def _money(amount: Decimal) -> float:
    return float(amount)


def _b2c(result: Result, turn: int) -> list[Item]:
    charges: Item = {"Key": "B2CChargesPaidAccountAvailableFunds", "Value": _money(result.pockets[CHARGES])}
    if turn % 4 == 3:
        del charges["Value"]
    return [
        {"Key": "TransactionAmount", "Value": result.amount},
        {"Key": "TransactionReceipt", "Value": result.receipt},
        {"Key": "ReceiverPartyPublicName", "Value": result.party},
        {"Key": "TransactionCompletedDateTime", "Value": f"{result.at:%d.%m.%Y %H:%M:%S}"},
        {"Key": "B2CUtilityAccountAvailableFunds", "Value": _money(result.pockets[UTILITY])},
        {"Key": "B2CWorkingAccountAvailableFunds", "Value": _money(result.pockets[WORKING])},
        {"Key": "B2CRecipientIsRegisteredCustomer", "Value": "Y" if result.registered else "N"},
        charges,
    ]


def _reversal(result: Result, turn: int) -> list[Item]:
    utility = result.pockets[UTILITY]
    return [
        {"Key": "DebitAccountBalance", "Value": f"{UTILITY}|KES|{utility:.2f}|{utility:.2f}|0.00|0.00"},
        {"Key": "Amount", "Value": float(result.amount)},
        {"Key": "TransCompletedTime", "Value": int(f"{result.at:%Y%m%d%H%M%S}")},
        {"Key": "OriginalTransactionID", "Value": result.original},
        {"Key": "Charge", "Value": 0.0},
        {"Key": "CreditPartyPublicName", "Value": result.party},
        {"Key": "DebitPartyPublicName", "Value": result.business},
    ]


def _status(result: Result, turn: int) -> list[Item]:
    told = result.told
    assert told is not None
    status = _OPEN[turn % len(_OPEN)] if told.status == "Initiated" else told.status
    second = (
        "DebitPartyName" if turn % 2 == 0 else "CreditPartyName"
    )  # the portal's own sample repeats the key
    fee = f"Fee For B2C Payment|KES|{told.fee:.2f}" if told.fee else ""
    items: list[Item] = [
        {"Key": "DebitPartyName", "Value": told.debit},
        {"Key": second, "Value": told.credit},
        {"Key": "OriginatorConversationID", "Value": told.originator},
        {"Key": "InitiatedTime", "Value": f"{told.begun:%Y%m%d%H%M%S}"},
        {
            "Key": "DebitAccountType",
            "Value": UTILITY if told.reason in ("b2c", "reversal") else "MMF Account",
        },
        {"Key": "DebitPartyCharges", "Value": fee},
        {"Key": "TransactionReason"},
        {"Key": "ReasonType", "Value": _REASONS.get(told.reason, "")},
        {"Key": "TransactionStatus", "Value": status},
        {"Key": "Amount", "Value": told.amount if turn % 2 else f"{told.amount}"},
        {"Key": "ConversationID", "Value": told.conversation},
        {"Key": "ReceiptNo", "Value": told.receipt},
    ]
    if told.ended is not None:
        items.insert(9, {"Key": "FinalisedTime", "Value": f"{told.ended:%Y%m%d%H%M%S}"})
    return items


def _balance(result: Result, turn: int) -> list[Item]:
    accounts = "&".join(
        f"{name}|KES|{amount:.2f}|{amount:.2f}|0.00|0.00" for name, amount in result.pockets.items()
    )
    completed = f"{result.at:%Y%m%d%H%M%S}"
    return [
        {"Key": "AccountBalance", "Value": accounts},
        {"Key": "BOCompletedTime", "Value": int(completed) if turn % 2 else completed},
    ]


_PARAMETERS = {"b2c": _b2c, "reversal": _reversal, "status": _status, "balance": _balance}
