"""A second Daraja, small, written from the contract alone: other ids, other orders of keys, other types.

Where the contract says that a thing comes in several shapes, it has the one that the simulator has not: a
number for a string, one object for a list, a receipt's sum without its cents. It stands at MPESA_API_URL, and
keeps what it would post to us in `posts` until a test lets it.
"""

import base64
import hashlib
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flask import Flask, jsonify, request
from werkzeug.serving import make_server

from tests.mpesa import certificate, samples

Told = dict[str, Any]
TOKEN = "another.Daraja-token_1"
OUT = "AG_20260714_70203f1b2c"


@dataclass
class AnotherDaraja:
    """What has been asked of it, and what it will post.

    asked     every accepted request, by path
    posts     (address, body) of what is due
    came      payments that came in, by receipt: KES, and the receipt of their reversal
    went_back which of them each conversation of a reversal took back
    undoes    Safaricom's own people take back at once whatever comes in
    silent    it accepts, and posts no result
    """

    asked: dict[str, list[Told]] = field(default_factory=dict)
    posts: deque[tuple[str, Told]] = field(default_factory=deque)
    addresses: Told = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)
    sent: dict[str, Told] = field(default_factory=dict)
    came: dict[str, Told] = field(default_factory=dict)
    went_back: dict[str, str] = field(default_factory=dict)
    undoes: bool = False
    utility: str = "90000.00"
    silent: bool = False
    url: str = ""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def app(self) -> Flask:
        app = Flask("another-daraja")

        @app.get("/oauth/v1/generate")
        def token() -> Any:
            basic = base64.b64encode(b"demo_key:demo_secret").decode()
            if request.headers.get("Authorization") != f"Basic {basic}":
                return "", 400
            return jsonify(expires_in=3599, access_token=TOKEN, scope="")

        @app.post("/mpesa/<path:path>")
        def call(path: str) -> Any:
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                return self._error(404, "404.001.03", "Invalid Access Token")
            if not request.is_json:
                return self._error(400, "400.002.02", "Bad Request - Invalid BusinessShortCode")
            body = request.get_json()
            self.asked.setdefault(path, []).append(body)
            return {
                "stkpush/v1/processrequest": self._push,
                "stkpushquery/v1/query": self._query,
                "c2b/v2/registerurl": self._register,
                "b2c/v3/paymentrequest": self._pay,
                "transactionstatus/v1/query": self._status,
                "reversal/v1/request": self._reverse,
                "accountbalance/v1/query": self._balance,
                "c2b/v2/simulate": self._simulate,
            }[path](body)

        return app

    def _error(self, status: int, code: str, words: str) -> Any:
        told = {"errorMessage": words, "errorCode": code, "requestId": f"{next(self.numbers)}-x"}
        return jsonify(told), status

    def _receipt(self) -> str:
        return f"SG7{next(self.numbers):04d}QWE"

    def _came(self, amount: int) -> str:
        """The receipt of money that has come in."""
        receipt = self._receipt()
        self.came[receipt] = {"amount": amount, "reversed": "SG79999QWE" if self.undoes else ""}
        return receipt

    def _push(self, body: Told) -> Any:
        signed = f"{body['BusinessShortCode']}{samples.PASSKEY}{body['Timestamp']}"
        if body["Password"] != base64.b64encode(signed.encode()).decode():
            return self._error(500, "500.001.1001", "[MerchantValidate] - Wrong credentials")
        long = len(body["AccountReference"]) > 12 or len(body["TransactionDesc"]) > 13
        if long or not isinstance(body["Amount"], int) or not body["CallBackURL"].startswith("https://"):
            return self._error(400, "400.002.02", "Bad Request - Invalid Amount")
        number = next(self.numbers)
        merchant, checkout = f"29115-3462{number:04d}-1", f"ws_CO_DMZ_{number}_14072026101010123"
        self.settled[checkout] = "0"
        items = [
            {"Value": f"2547 ***** {body['PhoneNumber'][-3:]}", "Name": "PhoneNumber"},
            {"Value": "20260714101015", "Name": "TransactionDate"},
            {"Name": "Balance", "Value": "{Amount={CurrencyCode=KES, MinimumAmount=1, BasicAmount=1.00}}"},
            {"Value": self._came(body["Amount"]), "Name": "MpesaReceiptNumber"},
            {"Value": f"{body['Amount']}.0", "Name": "Amount"},
        ]
        told = {
            "ResultDesc": "[STK_CB - ]The service request is processed successfully.",
            "CallbackMetadata": {"Item": items},
            "ResultCode": "0",
            "CheckoutRequestID": checkout,
            "MerchantRequestID": merchant,
            "ExtraField": {"nobody": ["knows", 1]},
        }
        self._later(body["CallBackURL"], {"Envelope": None, "Body": {"stkCallback": told}})
        return jsonify(ResponseDescription="ok", ResponseCode=0, CheckoutRequestID=checkout,
                       MerchantRequestID=merchant, extra=1)  # fmt: skip

    def _query(self, body: Told) -> Any:
        checkout = body["CheckoutRequestID"]
        if checkout not in self.settled:
            return self._error(500, "500.001.1001", "The transaction does not Exist")
        return jsonify(ResultDesc="The service request is processed successsfully.", ResponseCode=0,
                       ResultCode=0, CheckoutRequestID=checkout)  # fmt: skip

    def _register(self, body: Told) -> Any:
        if body["ResponseType"] not in ("Completed", "Cancelled"):
            return self._error(400, "400.003.02", "Bad Request - Invalid ResponseType")
        self.addresses = body
        return jsonify(ResponseDescription="Success", ResponseCode="00000000", OriginatorCoversationID="1-2")

    def pays_at_the_paybill(self, account: str, amount: int) -> None:
        """Somebody pays from her menu: we are asked, then told; her number is hashed, no cents."""
        told = {
            "FirstName": "", "MSISDN": hashlib.sha256(b"254712000202").hexdigest(), "BillRefNumber": account,
            "BusinessShortCode": int(self.addresses["ShortCode"]), "TransAmount": str(amount),
            "TransTime": 20260714101010, "TransID": self._came(amount), "TransactionType": "Pay Bill",
        }  # fmt: skip
        self.posts.append((self.addresses["ValidationURL"], dict(told)))
        self.posts.append((self.addresses["ConfirmationURL"], {**told, "OrgAccountBalance": "49197.00"}))

    def _simulate(self, body: Told) -> Any:
        """The sandbox's way to pay at a paybill (3.1)."""
        if str(body["ShortCode"]) != str(self.addresses.get("ShortCode")):
            return self._error(400, "400.003.02", "Bad Request - Invalid ShortCode")
        self.pays_at_the_paybill(body["BillRefNumber"], int(body["Amount"]))
        return jsonify(ResponseDescription="Accept", ResponseCode="000000", OriginatorCoversationID="1-3")

    def _pay(self, body: Told) -> Any:
        name = body["OriginatorConversationID"]
        if name in self.sent:
            return self._error(500, "500.002.1001", "Duplicate OriginatorConversationID.")
        if certificate.opened(body["SecurityCredential"]) != certificate.PASSWORD:
            return self._error(400, "400.002.02", "Bad Request - Invalid SecurityCredential")
        conversation, receipt = f"{OUT}{next(self.numbers):08d}", self._receipt()
        self.sent[name] = {**body, "receipt": receipt, "conversation": conversation}
        told = {
            "ReferenceData": {"ReferenceItem": [{"Key": "QueueTimeoutURL"}]},
            "ResultParameters": {
                "ResultParameter": [
                    {"Value": "Y", "Key": "B2CRecipientIsRegisteredCustomer"},
                    {"Value": f"{body['Amount']}.00", "Key": "TransactionAmount"},
                    {"Key": "ReceiverPartyPublicName"},
                ]
            },
            "TransactionID": receipt,
            "ConversationID": conversation,
            "OriginatorConversationID": "77001-12345-9",  # theirs, as in the portal's samples
            "ResultCode": "0",
            "ResultType": "0",
        }
        self._later(body["ResultURL"], {"Result": told})
        return jsonify(ResponseDescription="Accept the service request successfully.", ResponseCode=0,
                       OriginatorConversationID="77001-12345-9", ConversationID=conversation)  # fmt: skip

    def _reverse(self, body: Told) -> Any:
        if "ReceiverIdentifierType" in body or body.get("RecieverIdentifierType") != "11":
            return self._error(400, "400.002.02", "Bad Request - Invalid RecieverIdentifierType")
        if certificate.opened(body["SecurityCredential"]) != certificate.PASSWORD:
            return self._error(400, "400.002.02", "Bad Request - Invalid SecurityCredential")
        if not 2 <= len(body["Remarks"]) <= 100 or not isinstance(body["Amount"], int):
            return self._error(400, "400.002.02", "Bad Request - Invalid Remarks")
        conversation, payment = f"{OUT}{next(self.numbers):08d}", self.came.get(body["TransactionID"])
        told: Told = {
            "ConversationID": conversation, "OriginatorConversationID": "77001-555-1", "ResultType": "0",
            "ResultDesc": "The service request is processed successfully.",
        }  # fmt: skip
        if payment is None or payment["amount"] != body["Amount"]:
            told |= {"ResultCode": "R000002", "TransactionID": "0"}
        elif payment["reversed"]:
            told |= {"ResultCode": "R000001", "TransactionID": "0"}
        else:
            payment["reversed"] = self._receipt()
            self.went_back[conversation] = self.went_back["77001-555-1"] = body["TransactionID"]
            parameters = [
                {"Value": 0.0, "Key": "Charge"},
                {"Value": body["TransactionID"], "Key": "OriginalTransactionID"},
                {"Key": "CreditPartyPublicName", "Value": "254708374149 - Jane"},
                {"Key": "DebitAccountBalance"},
                {"Value": float(body["Amount"]), "Key": "Amount"},
            ]
            told |= {
                "ResultCode": 0,
                "TransactionID": payment["reversed"],
                "ResultParameters": {"ResultParameter": parameters},
            }
        self._later(body["ResultURL"], {"Result": told})
        return jsonify(ResponseCode=0, ConversationID=conversation, OriginatorConversationID="77001-555-1")

    def _balance(self, body: Told) -> Any:
        if body["IdentifierType"] != "4" or "Occasion" in body or "Occassion" in body:
            return self._error(400, "400.002.02", "Bad Request - Invalid IdentifierType")
        conversation = f"{OUT}{next(self.numbers):08d}"
        there = f"Utility Account|KES|{self.utility}|{self.utility}|0|0"
        line = f"Charges Paid Account|KES|-15.40|-15.40|0.00|0.00&{there}"
        told = {
            "ConversationID": conversation,
            "ResultParameters": {"ResultParameter": {"Key": "AccountBalance", "Value": line}},  # one, no list
            "ReferenceData": {"ReferenceItem": [{"Key": "QueueTimeoutURL"}]},
            "TransactionID": "SG70000000",
            "ResultType": 0,
            "ResultCode": "0",
        }
        self._later(body["ResultURL"], {"Result": told})
        return jsonify(ResponseCode="00000000", ConversationID=conversation)

    def _status(self, body: Told) -> Any:
        if body.get("TransactionID"):
            return self._status_of_receipt(body)
        asked = body.get("OriginalConversationID", "")
        ids = {row["conversation"]: row for row in self.sent.values()} | self.sent
        ids["77001-12345-9"] = next(iter(self.sent.values()), {})
        conversation = f"{OUT}{next(self.numbers):08d}"
        told: Told = {"ResultType": 0, "ResultCode": 25, "TransactionID": "", "ConversationID": conversation}
        if payment := self.came.get(self.went_back.get(asked, "")):
            told |= self._state("Completed", payment["amount"], payment["reversed"])
        if row := ids.get(asked):
            told |= {
                "ResultCode": 0,
                "ResultParameters": {
                    "ResultParameter": [
                        {"Key": "ReceiptNo", "Value": row["receipt"]},
                        {"Key": "Amount", "Value": row["Amount"]},
                        {"Key": "CreditPartyName", "Value": "254712000101 - Wanjiku"},
                        {"Key": "TransactionStatus", "Value": "Completed"},
                        {"Key": "DebitPartyName", "Value": "600992 - Tunda"},
                        {"Key": "DebitPartyName"},
                    ]
                },
            }
        self.posts.append((body["ResultURL"], {"Result": told}))
        return jsonify(ConversationID=conversation, OriginatorConversationID="88-1-2", ResponseCode="0")

    def _status_of_receipt(self, body: Told) -> Any:
        """Asked by a receipt: of money that came in; taken back, its state is another."""
        conversation, receipt = f"{OUT}{next(self.numbers):08d}", body["TransactionID"]
        told: Told = {"ResultType": 0, "ResultCode": "25", "ConversationID": conversation}
        if payment := self.came.get(receipt):
            state = "Reversed" if payment["reversed"] else "Completed"
            told |= self._state(state, payment["amount"], receipt)
        self.posts.append((body["ResultURL"], {"Result": told}))
        return jsonify(ConversationID=conversation, OriginatorConversationID="88-1-3", ResponseCode="0")

    def _state(self, state: str, amount: int, receipt: str) -> Told:
        """What a status query tells of a payment."""
        parameters = [
            {"Key": "TransactionStatus", "Value": state},
            {"Key": "TransactionReason"},
            {"Key": "Amount", "Value": f"{amount}"},
            {"Key": "ReceiptNo", "Value": receipt},
        ]
        return {"ResultCode": "0", "ResultParameters": {"ResultParameter": parameters}}

    def _later(self, address: str, body: Told) -> None:
        if not self.silent:
            self.posts.append((address, body))


@contextmanager
def served() -> Iterator[AnotherDaraja]:
    """It, on a port of its own."""
    daraja = AnotherDaraja()
    server = make_server("127.0.0.1", 0, daraja.app(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    daraja.url = f"http://127.0.0.1:{server.server_port}"
    yield daraja
    server.shutdown()
