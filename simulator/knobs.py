"""Numbers and shapes of the simulated world that a test or a demonstration may change while it runs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from simulator.errors import Nonsense

CHOICES = {
    "pending_form": ("A", "B", "vary"),
    "balance_form": ("bare", "absent", "text", "vary"),
    "amount_form": ("350", "350.0", "350.00", "vary"),
    "msisdn_form": ("version", "clear", "mask", "spaced mask", "hash", "vary"),
    "code_form": ("number", "text", "vary"),
    "result_form": ("plain", "vary"),
    "register_code": ("0", "00000000", "vary"),
    "reversed_status": ("Reversed", "Completed"),
}


@dataclass
class Knobs:
    """Defaults are the real world's, except that what a person would wait for is short."""

    session_seconds: float = 180.0  # a dial ends after this, whatever happens
    silence_seconds: float = 30.0  # ... and when the phone's owner is silent this long
    hop_limit_seconds: float = 10.0  # the provider waits this long for a screen
    slow_seconds: float = 3.0  # how long a slow signal takes for a screen or a text
    sms_retry_seconds: float = 60.0  # an inbound text is posted again until it is answered 200
    sms_give_up_seconds: float = 12.0 * 3600
    sms_travel_seconds: float = 0.3  # from the provider to the handset
    report_seconds: float = 0.7  # from the provider's answer to the delivery report
    opt_out_text: str = " STOP *456*9#"  # added to the first text a phone gets from an alphanumeric sender
    token_seconds: int = 3599
    prompt_delay_seconds: float = 0.5  # from the push's answer to the prompt on the screen
    prompt_seconds: float = 60.0  # an unanswered prompt lapses
    callback_seconds: float = 0.5  # from the outcome to the payment callback
    timestamp_skew_seconds: int = 3600  # how wrong a Timestamp may be; 0 lets every time pass
    sms_per_second: float = 0.0  # more sends than this are refused with 429; 0 refuses none
    calls_per_second: float = 0.0  # more Daraja calls than this are refused as a spike; 0 refuses none
    https_callbacks: bool = False  # insist on https in CallBackURL, as Safaricom does in production
    pending_form: str = "vary"  # how an STK query says "not yet"
    balance_form: str = "vary"  # how the Balance item of a payment callback looks
    amount_form: str = "vary"  # how its Amount is written
    production: bool = False  # URLs are registered once, https only, and nobody simulates a payment
    c2b_validation: bool = False  # Safaricom has switched external validation on for the shortcode
    c2b_seconds: float = (
        0.3  # from the customer's PIN to the validation, from the payment to the confirmation
    )
    validation_seconds: float = 8.0  # who has not answered by then has not answered
    c2b_twin: bool = False  # a payment at a prompt is confirmed as C2B too, with the same receipt
    c2b_fee: float = 0.0  # KES that a customer pays for a payment
    b2c_fee: float = 0.0  # KES that the paybill pays for a payout, out of its Charges Paid Account
    msisdn_form: str = (
        "version"  # the payer's number in C2B calls; `version`: URLs of v1 get a hash, of v2 a mask
    )
    b2c_v3: bool = True  # the app may use v3 of B2C
    check_credential: bool = True  # SecurityCredential must hold the initiator's password
    lock_after: int = 3  # wrong credentials in a row lock it (8006); 0 never does
    result_seconds: float = 0.5  # from the acknowledgement to the result
    wallet_limit: int = 500_000  # KES that a person's wallet holds at most
    day_limit: int = 500_000  # KES that a person moves in a day at most
    code_form: str = "vary"  # how ResultCode is written in results
    result_form: str = "vary"  # order of parameters, lists and single objects, missing values, repeated keys
    register_code: str = "vary"  # how success is written in the answer to a registration
    echo_originator: bool = True  # results tell our own OriginatorConversationID, not one of Safaricom's
    status_unknown_code: str = "25"  # ResultCode of a status query that finds nothing
    reversed_status: str = "Reversed"  # TransactionStatus of a payment that was reversed

    def view(self) -> dict[str, object]:
        """All knobs by name."""
        return asdict(self)

    def change(self, values: Mapping[str, object]) -> None:
        """Set the named knobs, all or none; Nonsense for an unknown name or a value of the wrong kind."""
        kinds = {field.name: type(getattr(Knobs, field.name)) for field in fields(self)}
        checked: dict[str, object] = {}
        for name, value in values.items():
            if name not in kinds:
                raise Nonsense(f"no knob is called {name}; there are {', '.join(kinds)}")
            kind = kinds[name]
            if name in CHOICES and value not in CHOICES[name]:
                raise Nonsense(f"{name} is one of {', '.join(CHOICES[name])}")
            if kind in (int, float):
                if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                    raise Nonsense(f"{name} is a number, 0 or more")
                if kind is int and value != int(value):
                    raise Nonsense(f"{name} is a whole number")
                checked[name] = kind(value)
            elif not isinstance(value, kind):
                raise Nonsense(f"{name} is a {kind.__name__}")
            else:
                checked[name] = value
        for name, value in checked.items():
            setattr(self, name, value)
