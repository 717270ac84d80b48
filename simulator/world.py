"""The simulated world: the parts, and the three networks between the phones and the gateway."""

from dataclasses import fields

from simulator.clock import WorldClock
from simulator.credentials import Credentials
from simulator.initiated import Initiated
from simulator.knobs import Knobs
from simulator.mpesa import Mpesa
from simulator.parts import Parts
from simulator.paybill import Paybill
from simulator.settings import Settings
from simulator.sms import SmsNetwork
from simulator.ussd import UssdNetwork

IN_FLIGHT_SECONDS = 2.0


class World:
    """Puts the parts together; no decisions."""

    def __init__(self, settings: Settings, parts: Parts | None = None) -> None:
        self.parts = parts or Parts(settings, WorldClock(settings.clock_file))
        self.credentials = Credentials(
            settings.certificate_file, settings.mpesa_initiator_name, settings.mpesa_initiator_password
        )
        self.ussd = UssdNetwork(self.parts)
        self.sms = SmsNetwork(self.parts)
        self.mpesa = Mpesa(self.parts)
        self.paybill = Paybill(self.parts)
        self.initiated = Initiated(self.parts)
        self.mpesa.twin = self.paybill.twin

    def reset(self, seed: int | None = None) -> None:
        """As after the start: fresh phones and books, no faults, nothing on its way. The clock stays.

        With a `seed`, ids, receipts and the faults that hit by chance fall as they did with it before.
        """
        parts = self.parts
        parts.faults.clear()
        parts.timers.clear()
        parts.courier.forget()
        parts.timers.settle(IN_FLIGHT_SECONDS)
        with parts.state.lock:
            parts.timers.clear()  # what was still in flight may have left a next attempt behind
            parts.traffic.clear()
            parts.dice.cast(seed)
            parts.books.clear()
            parts.phones.reset()
            fresh = Knobs()
            for knob in fields(fresh):
                setattr(parts.knobs, knob.name, getattr(fresh, knob.name))
            self.mpesa.reset()
            self.paybill.reset()
            self.initiated.reset()
            parts.state.changed()
