"""Daraja's words and shapes: results, errors, and payment callbacks in all the variants seen in the wild."""

import json
from datetime import datetime
from decimal import Decimal

from simulator.dice import Dice
from simulator.knobs import Knobs

RESULT_TEXTS = {
    "0": "The service request is processed successfully.",
    "1": "The balance is insufficient for the transaction.",
    "2": "Declined due to limit rule: less than the minimum transaction amount.",
    "3": "Declined due to limit rule: greater than the maximum transaction amount.",
    "4": "Declined due to limit rule: would exceed daily transfer limit.",
    "8": "Declined due to limit rule: would exceed the maximum balance.",
    "11": "The DebitParty is in an invalid state.",
    "15": "Duplicate Detected.",
    "17": "Rule limited.",
    "18": "The initiator credential check failed.",
    "20": "Unresolved initiator.",
    "21": "The initiator is not allowed to initiate this request.",
    "25": "The parameters of the request are invalid.",
    "26": "System busy. The service request is rejected.",
    "1001": "Unable to lock subscriber, a transaction is already in process for the current subscriber",
    "1019": "Transaction has expired",
    "1025": "An error occurred while sending a push request",
    "1031": "Request cancelled by user",
    "1032": "Request cancelled by user",
    "1036": "SMSC ACK timeout",
    "1037": "DS timeout user cannot be reached",
    "2001": "The initiator information is invalid.",
    "2006": "Declined due to account rule: the account status does not allow this transaction.",
    "2028": "The request is not permitted according to product assignment.",
    "2040": "The receiver is not a registered M-PESA customer.",
    "8006": "The security credential is locked.",
    "9999": "Error occurred while sending push request",
    "E3008": "Bad debt contract",
    "SFC_IC0003": "The operator does not exist.",
    "R000001": "The transaction has already been reversed.",
    "R000002": "The original transaction does not exist.",
}

ERRORS: dict[str, tuple[int, str]] = {
    "400.002.02": (400, "Bad Request - Invalid {field}"),
    "400.002.05": (400, "Invalid Request Payload"),
    "400.003.01": (400, "Invalid Access Token"),
    "400.003.02": (400, "Bad Request - Invalid {field}"),
    "400.008.01": (400, "Invalid Authentication passed"),
    "400.008.02": (400, "Invalid grant type passed"),
    "401.002.01": (401, "Error Occurred - Invalid Access Token - {field}"),
    "403.002.1001": (403, "Caller is not authorized to perform this operation"),
    "404.001.01": (404, "Resource not found"),
    "404.001.03": (404, "Invalid Access Token"),
    "404.001.04": (404, "Invalid Authentication Header"),
    "405.001": (405, "Method Not Allowed"),
    "500.001.1001": (500, "{field}"),
    "500.002.1001": (500, "Duplicate OriginatorConversationID."),
    "500.003.02": (500, "Error Occurred: Spike Arrest Violation"),
    "500.003.03": (500, "Error Occurred: Quota Violation"),
    "500.003.1001": (500, "Service is currently unreachable. Please try again later."),
}

WRONG_CREDENTIALS = "[MerchantValidate] - Wrong credentials"
NO_MERCHANT = "Merchant does not exist"
LOCKED = "Unable to lock subscriber, a transaction is already in process for the current subscriber"
PENDING = "The transaction is being processed"
UNKNOWN_ID = "The transaction does not Exist"
ACKNOWLEDGED = "Accept the service request successfully."
REGISTERED = "Urls are already registered"

_PREFIXES = ("", "", "[STK_CB - ]", "")
_BALANCES = ("bare", "bare", "absent", "text")
_AMOUNTS = ("350.00", "350.0", "350")


def error(dice: Dice, code: str, field: str = "") -> tuple[int, dict[str, object]]:
    """HTTP status and body of a synchronous refusal; `field` fills the message's gap.

    `<code>:<message>` sets the message, for codes that mean different things; `200/<code>` is the envelope
    under HTTP 200. `empty` is the acknowledgement of which all four fields are empty, `soap` the fault of an
    older system wrapped in JSON, `code=17` an acknowledgement with another ResponseCode than 0.
    """
    if code == "empty":
        return 200, acknowledgement("", "", code="", text="")
    if code == "soap":
        return 500, {
            "Envelope": {"Body": {"Fault": {"faultcode": "soapenv:Server", "faultstring": "Server Error"}}}
        }
    if code.startswith("code="):
        return 200, acknowledgement("", "", code=code[5:], text="The service request was not accepted.")
    if code.startswith("200/"):
        return 200, error(dice, code[4:], field)[1]
    code, _, message = code.partition(":")
    number = code.split(".")[0]
    status, usual = ERRORS.get(
        code, (int(number) if number in ("400", "401", "403", "404") else 500, "Error")
    )
    return status, {
        "requestId": dice.dashed(2, 2, 2, 7),
        "errorCode": code,
        "errorMessage": message or usual.format(field=field or "The service request failed"),
    }


def acknowledgement(
    conversation: str, originator: str, *, code: str = "0", text: str = ACKNOWLEDGED
) -> dict[str, object]:
    """How a request of an initiator is accepted."""
    return {
        "ConversationID": conversation,
        "OriginatorConversationID": originator,
        "ResponseCode": code,
        "ResponseDescription": text,
    }


def callback_body(
    *,
    turn: int,
    knobs: Knobs,
    merchant_id: str,
    checkout_id: str,
    code: str,
    text: str,
    amount: int,
    receipt: str,
    at: datetime,
    payer: str,
    balance: Decimal,
) -> bytes:
    """The JSON of one payment callback; `turn` walks through the variants where a knob says `vary`."""
    result: dict[str, object] = {
        "MerchantRequestID": merchant_id,
        "CheckoutRequestID": checkout_id,
        "ResultCode": int(code) if code.isdigit() else code,
        "ResultDesc": (_PREFIXES[turn % len(_PREFIXES)] if code != "0" else "") + text,
    }
    if code == "0":
        items: list[dict[str, object]] = [
            {"Name": "Amount", "Value": "@amount@"},
            {"Name": "MpesaReceiptNumber", "Value": receipt},
        ]
        form = _BALANCES[turn % len(_BALANCES)] if knobs.balance_form == "vary" else knobs.balance_form
        if form == "bare":
            items.append({"Name": "Balance"})
        elif form == "text":
            cents = f"MinimumAmount={balance * 100:.0f}, BasicAmount={balance:.2f}"
            value = f"{{Amount={{CurrencyCode=KES, {cents}}}}}"
            items.append({"Name": "Balance", "Value": value})
        items += [
            {"Name": "TransactionDate", "Value": int(f"{at:%Y%m%d%H%M%S}")},
            {"Name": "PhoneNumber", "Value": int(payer)},
        ]
        result["CallbackMetadata"] = {"Item": items}
    written = _AMOUNTS[turn % len(_AMOUNTS)] if knobs.amount_form == "vary" else knobs.amount_form
    body = json.dumps({"Body": {"stkCallback": result}})
    return body.replace('"@amount@"', f"{amount}{written.removeprefix('350')}").encode()
