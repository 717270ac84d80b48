"""The mail channel's due work (core.duties): `send_email`, whose subject is the copy's row."""

import logging
from collections.abc import Mapping

from core.db import Database
from core.duties.service import Handler, Taken
from core.outbox import emails
from core.outbox.emails import Result
from inbound.gateway import Gateway
from mail.letters import written
from mail.postman import Handed, hand_over

log = logging.getLogger("tunda.mail")


def duties(gateway: Gateway) -> Mapping[str, Handler]:
    """send_email (email_id)."""
    return {"send_email": send_email(gateway)}


def send_email(gateway: Gateway) -> Handler:
    """Claim a copy, write it, hand it over outside every transaction, record what became of it."""
    config = gateway.config
    sender = config.email_from or config.email_host_user

    def handler(db: Database, duty: Taken) -> None:
        if not (config.email_host and sender):
            db.run(lambda tx: emails.give_up(tx, duty, "NoMailServer"))
            return
        letter = db.run(lambda tx: emails.claim(tx, duty))
        if letter is None:
            return
        try:
            message = written(gateway.voice, letter, sender=sender, dial=config.ussd_service_code)
        except (ValueError, KeyError) as error:
            handed = Handed(Result.REFUSED, type(error).__name__)
        else:
            handed = hand_over(config, message, letter.address)
        if handed.result is not Result.SENT:
            log.warning(
                "an e-mail was not sent", extra={"email": letter.email_id, "why": handed.result.value}
            )
        db.run(lambda tx: emails.settle(tx, duty, handed.result, why=handed.why))

    return handler
