"""The SMS channel's due work, by kind (core.duties)."""

from collections.abc import Mapping

from core.duties.service import Handler
from core.duties.sweep import in_one
from inbound.gateway import Gateway
from sms import fetching, inbox, relay, reports


def duties(gateway: Gateway) -> Mapping[str, Handler]:
    """read_sms, read_report and read_optout (callback_id), send_sms (outbox_id); by the timetable fetch_inbox
    and unreported."""
    return {
        "read_sms": inbox.read_sms(gateway),
        "read_report": reports.read_report(gateway),
        "read_optout": in_one(reports.read_opt_out),
        "unreported": in_one(reports.unreported),
        "fetch_inbox": fetching.fetch_inbox(gateway),
        "send_sms": relay.send_sms(gateway),
    }
