"""The control API: hands for the phones, faults, outcomes, knobs and the clock (README.md lists it)."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify, request

from simulator.asked import body, moment, number, whole, word
from simulator.counter import Counter
from simulator.daraja_office import Office
from simulator.errors import ControlError, Nonsense
from simulator.faults import MODES
from simulator.handsets import OPERATOR_NAMES, SAFARICOM, SIGNALS, Phone, msisdn
from simulator.mpesa import check_pin
from simulator.wallets import purse
from simulator.world import World

LONGEST_WATCH_SECONDS = 25.0


def blueprint(world: World, office: Office) -> Blueprint:
    """Everything under /control."""
    routes = Blueprint("control", __name__, url_prefix="/control")
    parts = world.parts
    counter = Counter(parts)

    @routes.errorhandler(ControlError)
    def no(error: ControlError) -> tuple[Response, int]:
        return jsonify(error=str(error)), error.status

    def shown(phone: Phone) -> Response:
        with parts.state.lock:
            return jsonify(phone.view())

    # --- phones

    @routes.get("/phones")
    def phones() -> Response:
        with parts.state.lock:
            return jsonify(
                phones=[
                    {
                        "msisdn": phone.msisdn,
                        "name": phone.name,
                        "role": phone.role,
                        "language": phone.language,
                        "unread": sum(not text.read for text in phone.inbox),
                    }
                    for phone in parts.phones.all()
                ]
            )

    @routes.get("/phones/<number>")
    def phone(number: str) -> Response:
        with parts.state.lock:
            return jsonify(parts.phones.get(number).view())

    @routes.post("/phones/<number>")
    def change_phone(number: str) -> Response:
        values = body()
        with parts.state.lock:
            phone = parts.phones.get(number)
            _change(phone, values)
            if phone.reachable:
                world.sms.bring(phone)
            if "balance" in values:
                counter.make(purse(phone.msisdn), Decimal(values["balance"]))
            parts.state.changed()
            return jsonify(parts.phones.get(number).view())

    @routes.post("/phones/<number>/dial")
    def dial(number: str) -> Response:
        return shown(world.ussd.dial(number, word("code")))

    @routes.post("/phones/<number>/answer")
    def answer(number: str) -> Response:
        return shown(world.ussd.answer(number, word("text")))

    @routes.post("/phones/<number>/hangup")
    def hang_up(number: str) -> Response:
        return shown(world.ussd.hang_up(number))

    @routes.post("/phones/<number>/sms")
    def sms(number: str) -> Response:
        world.sms.text_in(number, word("text"), word("to"))
        return shown(parts.phones.get(number))

    @routes.post("/phones/<number>/prompt")
    def prompt(number: str) -> Response:
        if body().get("cancel") is True:
            return shown(world.mpesa.cancel(number))
        return shown(world.mpesa.approve(number, word("pin")))

    @routes.post("/phones/<number>/pay")
    def pay(number: str) -> Response:
        amount = whole("amount")
        if amount is None:
            raise Nonsense("amount is a whole number of shillings")
        return shown(
            world.paybill.pay(
                number,
                account=word("account"),
                amount=amount,
                pin=word("pin"),
                shortcode=word("paybill"),
            )
        )

    @routes.post("/phones/<number>/read")
    def read(number: str) -> Response:
        with parts.state.lock:
            for text in parts.phones.get(number).inbox:
                text.read = text.read or word("id") in ("", text.id)
            parts.state.changed()
            return jsonify(parts.phones.get(number).view())

    @routes.post("/phones/<number>/optout")
    def opt_out(number: str) -> Response:
        return shown(world.sms.opt_out(number))

    @routes.get("/watch")
    def watch() -> Response:
        """The named phones as soon as anything has changed since the version named, or after a while."""
        since = request.args.get("since", "0")
        seconds = min(request.args.get("seconds", 10.0, type=float), LONGEST_WATCH_SECONDS)
        version = parts.state.wait(int(since) if since.isdigit() else 0, seconds)
        numbers = [msisdn(number) for number in request.args.get("phones", "").split(",") if number]
        with parts.state.lock:
            return jsonify(
                version=version,
                clock=parts.clock.view(),
                service_code=parts.settings.ussd_service_code,
                short_code=parts.settings.sms_short_code,
                paybill=parts.settings.mpesa_shortcode,
                gateway=parts.settings.gateway_url,
                phones=[parts.phones.get(number).view() for number in numbers],
            )

    # --- what goes wrong, and how the world behaves

    @routes.get("/faults")
    def faults() -> Response:
        return jsonify(faults=parts.faults.in_force())

    @routes.get("/faults/kinds")
    def fault_kinds() -> Response:
        return jsonify(kinds={kind: sorted(modes) for kind, modes in MODES.items()})

    @routes.post("/faults")
    def add_fault() -> tuple[Response, int]:
        unknown = set(body()) - {"kind", "mode", "n", "seconds", "code", "phone", "times", "chance"}
        if unknown:
            raise Nonsense(f"a fault has no {', '.join(sorted(unknown))}")
        fault = parts.faults.add(
            word("kind"),
            word("mode"),
            n=whole("n"),
            seconds=number("seconds"),
            code=word("code"),
            phone=msisdn(word("phone")) if word("phone") else "",
            times=whole("times"),
            chance=1.0 if (chance := number("chance")) is None else chance,
        )
        return jsonify(fault.view()), 201

    @routes.delete("/faults")
    @routes.delete("/faults/<int:fault_id>")
    def clear_faults(fault_id: int | None = None) -> Response:
        parts.faults.clear(kind=request.args.get("kind", ""), fault_id=fault_id)
        return jsonify(faults=parts.faults.in_force())

    @routes.get("/outcomes")
    def outcomes() -> Response:
        return jsonify(outcomes=[asdict(outcome) for outcome in world.mpesa.forced()])

    @routes.post("/outcomes")
    def force() -> tuple[Response, int]:
        outcome = world.mpesa.force(
            word("code"),
            phone=word("phone"),
            times=whole("times"),
            seconds=number("seconds") or 0.0,
        )
        return jsonify(asdict(outcome)), 201

    @routes.delete("/outcomes")
    def release() -> Response:
        world.mpesa.release(request.args.get("phone", ""))
        return outcomes()

    @routes.get("/knobs")
    def knobs() -> Response:
        return jsonify(parts.knobs.view())

    @routes.post("/knobs")
    def turn_knobs() -> Response:
        parts.knobs.change(body())
        return jsonify(parts.knobs.view())

    @routes.delete("/tokens")
    def revoke() -> Response:
        office.tokens.revoke()
        return jsonify(revoked=True)

    # --- time, traffic, a fresh start

    @routes.get("/clock")
    def clock() -> Response:
        return jsonify(parts.clock.view())

    @routes.post("/clock")
    def set_clock() -> Response:
        advance = number("advance")
        if advance is not None:
            parts.clock.advance(advance)
        else:
            parts.clock.set(moment(word("at")))
        return tick()

    @routes.delete("/clock")
    def release_clock() -> Response:
        parts.clock.release()
        return tick()

    def tick() -> Response:
        with parts.state.lock:
            parts.state.changed()
        return jsonify(parts.clock.view())

    @routes.get("/traffic")
    def traffic() -> Response:
        phone = request.args.get("phone", "")
        return jsonify(
            exchanges=parts.traffic.last(
                request.args.get("last", 50, type=int),
                kind=request.args.get("kind", ""),
                phone=msisdn(phone) if phone else "",
            )
        )

    @routes.post("/reset")
    def reset() -> Response:
        world.reset(whole("seed"))
        return jsonify(reset=True, seed=parts.dice.seed)

    return routes


def _change(phone: Phone, values: dict[str, Any]) -> None:
    """Set what a person could change about a phone: its labels, its SIM, its PIN, whether it is on."""
    kinds: dict[str, type] = {
        "name": str,
        "role": str,
        "language": str,
        "network": str,
        "balance": int,
        "mpesa": bool,
        "pin": str,
        "on": bool,
        "signal": str,
        "blacklisted": bool,
    }
    for name, value in values.items():
        if name not in kinds or type(value) is not kinds[name]:
            raise Nonsense(
                f"a phone has {', '.join(f'{known} ({kinds[known].__name__})' for known in kinds)}"
            )
    if values.get("network", "63902") not in OPERATOR_NAMES or values.get("balance", 0) < 0:
        raise Nonsense(f"network is one of {', '.join(OPERATOR_NAMES)}, balance is 0 or more")
    if values.get("signal", "good") not in SIGNALS:
        raise Nonsense(f"signal is one of {', '.join(SIGNALS)}")
    if values.get("pin"):
        check_pin(values["pin"])
    if "network" in values:
        phone.mpesa = values["network"] == SAFARICOM
    for name, value in values.items():
        if name != "balance":
            setattr(phone, name, value)
