"""The provider's inbox, looked at every few minutes: what came in while our callbacks were out of reach.

A provider re-posts a text for some hours only, and not every one does. What a callback has brought is known
by its fingerprint; what is older than a person still waits for is kept and not acted on.

A new house may be given an account with an old inbox. What was there before its first look is passed over to
the last page, unread and unkept: another house answered it, and what came for us a moment ago is still
re-posted to our callbacks (contract, 3.6).
"""

import logging
from datetime import timedelta
from functools import partial

from core.db import Database, Tx
from core.duties import service as duties
from core.duties.service import Handler, Taken
from core.outbox import gate
from core.settings import switches
from inbound.gateway import Gateway
from sms import stored
from sms.inbox import moment
from sms.port import CannotFetch, Inbox, Provider, provider_of

log = logging.getLogger("tunda.sms")
PAGES = 20  # at one look
# A callback is given so long: it may be on its way.
CALLBACKS_FIRST = timedelta(minutes=1)
ACTED_ON = timedelta(hours=12)


def fetch_inbox(gateway: Gateway) -> Handler:
    """The duty fetch_inbox, by the timetable."""
    provider = provider_of(gateway.config)

    def handler(db: Database, duty: Taken) -> None:
        for _page in range(PAGES):
            if not _one_page(db, gateway, provider, duty):
                return

    return handler


def _one_page(db: Database, gateway: Gateway, provider: Provider, duty: Taken) -> bool:
    """Whether there may be another."""
    with db.read() as tx:
        after, begun = gate.received(tx, provider.name)
        if switches.is_paused(tx, "provider", provider=switches.SMS):
            return False
    try:
        page = provider.fetch(after)
    except CannotFetch as error:  # the next look is soon
        log.warning("the inbox could not be read", extra={"why": str(error)})
        return False
    if not begun:
        return db.run(partial(_pass_over, provider=provider, duty=duty, page=page, after=after))
    if not page.messages:
        return False
    return db.run(partial(_keep, gateway=gateway, provider=provider, duty=duty, page=page, after=after))


def _pass_over(tx: Tx, *, provider: Provider, duty: Taken, page: Inbox, after: str) -> bool:
    """Look away from a page; an empty one is the end of what was before us."""
    if not duties.renew(tx, duty) or gate.received(tx, provider.name) != (after, False):
        return False  # another process looks at it
    gate.remember_received(tx, provider.name, page.last, begun=not page.messages)
    return bool(page.messages)


def _keep(tx: Tx, *, gateway: Gateway, provider: Provider, duty: Taken, page: Inbox, after: str) -> bool:
    """Store a page, up to the first text that a callback may still bring."""
    if not duties.renew(tx, duty) or gate.received(tx, provider.name) != (after, True):
        return False  # another process looks at it
    last = after
    for came in page.messages:
        sent_at = moment(came.date) or tx.now
        if sent_at > tx.now - CALLBACKS_FIRST:
            break
        stored.keep(tx, gateway, came, fetched=True, late=sent_at < tx.now - ACTED_ON)
        last = came.provider_id
    if last != after:
        gate.remember_received(tx, provider.name, last)
    return last == page.last
