"""What Daraja says, as the contract prints it."""

import json
from typing import Any

from core.config import Config, load
from tests.helpers import CALLBACK_SECRET, DATA_KEY

HOST = "https://sandbox.safaricom.co.ke"
OAUTH = f"{HOST}/oauth/v1/generate"
PUSH = f"{HOST}/mpesa/stkpush/v1/processrequest"
QUERY = f"{HOST}/mpesa/stkpushquery/v1/query"
REGISTER = f"{HOST}/mpesa/c2b/v2/registerurl"
B2C = f"{HOST}/mpesa/b2c/v3/paymentrequest"
STATUS = f"{HOST}/mpesa/transactionstatus/v1/query"
REVERSAL = f"{HOST}/mpesa/reversal/v1/request"
BALANCE = f"{HOST}/mpesa/accountbalance/v1/query"

PASSKEY = "bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919"
CHECKOUT = "ws_CO_010120261200014172708374149"
MERCHANT = "2654-4b64-97ff-b827b542881d3130"
RECEIPT = "UA11KX93QZ"

TOKEN = {"access_token": "kZ2xQ0bTq7mVJr4uWcY1sDhA9LpE", "expires_in": "3599"}
ACCEPTED = {
    "MerchantRequestID": MERCHANT,
    "CheckoutRequestID": CHECKOUT,
    "ResponseCode": "0",
    "ResponseDescription": "Success. Request accepted for processing",
    "CustomerMessage": "Success. Request accepted for processing",
}
CONVERSATION = "AG_20260101_20106e9209f64bebd05b"
PAYOUT_RECEIPT = "UA13AB77XY"
HTML = "<html><body><h1>503 Service Unavailable</h1></body></html>"
SOAP = {"Envelope": {"Body": {"Fault": {"faultstring": "something"}}}}


def error(code: str, message: str) -> dict[str, str]:
    """The envelope of a synchronous error."""
    return {"requestId": "1c5b-4ba8-815c-ac45c57a3db014", "errorCode": code, "errorMessage": message}


def settled(code: object, text: str = "The service request is processed successfully.") -> dict[str, Any]:
    """A query's answer once the payment has ended."""
    return {
        "ResponseCode": "0",
        "ResponseDescription": "The service request has been accepted successsfully",
        "MerchantRequestID": MERCHANT,
        "CheckoutRequestID": CHECKOUT,
        "ResultCode": code,
        "ResultDesc": text,
    }


def paid(
    amount: str = "350.00",
    *,
    receipt: str = RECEIPT,
    checkout: str = CHECKOUT,
    phone: str = "254708374149",
    balance: str = '{"Name": "Balance"},',
    code: str = "0",
) -> str:
    """A success callback as raw JSON, so that numbers keep the digits they came with."""
    return f"""{{"Body": {{"stkCallback": {{
      "MerchantRequestID": "{MERCHANT}",
      "CheckoutRequestID": "{checkout}",
      "ResultCode": {code},
      "ResultDesc": "The service request is processed successfully.",
      "CallbackMetadata": {{"Item": [
        {{"Name": "Amount", "Value": {amount}}},
        {{"Name": "MpesaReceiptNumber", "Value": "{receipt}"}},
        {balance}
        {{"Name": "TransactionDate", "Value": 20260101120038}},
        {{"Name": "PhoneNumber", "Value": {phone}}}
      ]}}}}}}}}"""


def failed(code: object = 1032, text: str = "Request cancelled by user", *, checkout: str = CHECKOUT) -> str:
    """A failure callback: no details."""
    told = {
        "MerchantRequestID": MERCHANT,
        "CheckoutRequestID": checkout,
        "ResultCode": code,
        "ResultDesc": text,
    }
    return json.dumps({"Body": {"stkCallback": told}})


def ack(conversation: str = CONVERSATION, originator: str = "3213-416199-2") -> dict[str, str]:
    """The answer to a request whose result comes later."""
    return {
        "ConversationID": conversation,
        "OriginatorConversationID": originator,
        "ResponseCode": "0",
        "ResponseDescription": "Accept the service request successfully.",
    }


def result(
    code: object = 0,
    text: str = "The service request is processed successfully.",
    *,
    conversation: str = CONVERSATION,
    originator: str = "3213-416199-2",
    transaction: str = PAYOUT_RECEIPT,
    final: int = 0,
    **parameters: object,
) -> dict[str, Any]:
    """A result envelope; without parameters there is no ResultParameters, as in a failure."""
    told: dict[str, Any] = {
        "ResultType": final,
        "ResultCode": code,
        "ResultDesc": text,
        "OriginatorConversationID": originator,
        "ConversationID": conversation,
        "TransactionID": transaction,
        "ReferenceData": {"ReferenceItem": {"Key": "QueueTimeoutURL", "Value": "https://internal.example/x"}},
    }
    if parameters:
        items = [{"Key": name, "Value": value} for name, value in parameters.items()]
        told["ResultParameters"] = {"ResultParameter": items}
    return {"Result": told}


def b2c_paid(amount: object, *, receipt: str = PAYOUT_RECEIPT, **given: Any) -> dict[str, Any]:
    """A payout that has arrived."""
    parameters: dict[str, Any] = {
        "TransactionAmount": amount,
        "TransactionReceipt": receipt,
        "ReceiverPartyPublicName": "254708374149 - Jane Doe",
        "TransactionCompletedDateTime": "01.01.2026 12:30:05",
        "B2CUtilityAccountAvailableFunds": 89592.6,
        "B2CWorkingAccountAvailableFunds": 119937.0,
    }
    return result(**parameters | given)


def status_told(state: str, amount: object, *, receipt: str = PAYOUT_RECEIPT, **given: Any) -> dict[str, Any]:
    """What a transaction status query brings; the inner ids are the payment's."""
    parameters: dict[str, Any] = {
        "DebitPartyName": "600992 - Tunda",
        "DebitPartyCharges": "Fee For B2C Payment|KES|22.40",
        "TransactionStatus": state,
        "Amount": amount,
        "ReceiptNo": receipt,
    }
    return result(**parameters | given)


def typed(amount: str, reference: str, *, receipt: str = "UA12LM40RT", **given: Any) -> dict[str, Any]:
    """A payment at the paybill, as a validation and a confirmation tell it."""
    return {
        "TransactionType": "Pay Bill",
        "TransID": receipt,
        "TransTime": "20260101121325",
        "TransAmount": amount,
        "BusinessShortCode": "174379",
        "BillRefNumber": reference,
        "InvoiceNumber": "",
        "OrgAccountBalance": "",
        "ThirdPartyTransID": "",
        "MSISDN": "2547 ***** 149",
        "FirstName": "JANE",
        "MiddleName": "",
        "LastName": "",
    } | given


def config(**given: Any) -> Config:
    """A gateway that speaks to the sandbox with the contract's test vectors."""
    values: dict[str, Any] = {
        "environment": "test",
        "data_keys": DATA_KEY,
        "callback_secret": CALLBACK_SECRET,
        "public_url": "https://pay.tunda.example",
        "mpesa_consumer_key": "demo_key",
        "mpesa_consumer_secret": "demo_secret",
        "mpesa_passkey": f" {PASSKEY}\t",
        "mpesa_shortcode": "174379",
    }
    return load(_env_file=None, **(values | given))
