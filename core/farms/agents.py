"""People who work for a farmer: field agents of a co-operative, and her one helper (DR-221, DR-815).

An agent may list, restock and mark items for farmers who have said YES by SMS; a helper accepts and marks
ready. Neither ever touches PIN, payout, money or profile: those verbs ask for the person herself.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, select

from core import pages
from core.actor import Actor
from core.audit import service as audit
from core.clock import NAIROBI, nairobi_date
from core.db import Tx
from core.errors import NotFound
from core.events import AgentActed, AgentAsks
from core.farms.errors import (
    AgentRefused,
    AskedEnough,
    CooperativeMissing,
    HelperUnknown,
    NotAnAgent,
    SayYesBySms,
)
from core.msisdn import e164, national
from core.users import service as users
from core.users.models import AgentConsent, FieldAgent, Helper, User
from core.words import tidy

NAME_LENGTH = 60
ASKED, AGREED, REFUSED, WITHDRAWN = "asked", "agreed", "refused", "withdrawn"


@dataclass(frozen=True)
class AgentView:
    """A field agent; `consent_status` is the farmer's answer where a farmer asks, else empty."""

    agent_id: int
    first_name: str
    phone_number: str
    cooperative: str
    is_active: bool
    consent_status: str
    since: datetime


def appoint(tx: Tx, actor: Actor, *, user_id: int, cooperative: str) -> FieldAgent:
    """An admin marks a person as field agent of a co-operative; audited. Again: the newer name counts.

    Raises CooperativeMissing, NotAllowed, NotFound.
    """
    users.may(tx, actor, "create", "agents", own=False, user_id=user_id)
    name = tidy(cooperative, NAME_LENGTH)
    if not name:
        raise CooperativeMissing
    users.get(tx, user_id)
    agent = tx.session.get(FieldAgent, user_id)
    if agent is None:
        agent = FieldAgent(user_id=user_id, since=tx.now)
        tx.session.add(agent)
    agent.cooperative, agent.is_active = name, True
    audit.record(tx, actor, what="agent.appoint", record=f"user:{user_id}")
    tx.note(f"user:{user_id}", "field agent")
    tx.flush()
    return agent


def dismiss(tx: Tx, actor: Actor, *, user_id: int, reason: str = "") -> None:
    """An admin ends it: nothing more for any farmer; audited. Raises NotAllowed, NotFound."""
    users.may(tx, actor, "delete", "agents", own=False, user_id=user_id)
    agent = tx.session.get(FieldAgent, user_id)
    if agent is None:
        raise NotFound(record="agent", id=user_id)
    if agent.is_active:
        agent.is_active = False
        audit.record(tx, actor, what="agent.dismiss", record=f"user:{user_id}", reason=reason)
        tx.note(f"user:{user_id}", "no field agent any more")


def ask_farmer(tx: Tx, actor: Actor, *, msisdn: str) -> AgentConsent:
    """An agent asks a farmer, by SMS, whether she lets him work for her.

    Asking again while the question is open sends nothing, later it asks once more; after YES it changes
    nothing; after NO only she herself may come back to it. Raises NotAnAgent, NotKenyanMobile, NotFound (no
    farmer), AgentRefused, AskedEnough (`agent.asks_per_day`). Emits AgentAsks.
    """
    user = users.acting(tx, actor)
    agent = tx.session.get(FieldAgent, user.user_id)
    if agent is None or not agent.is_active:
        raise NotAnAgent
    farmer = users.find(tx, e164(msisdn))
    if farmer is None or farmer.user_role != "farmer" or not farmer.is_active:
        raise NotFound(record="farmer")
    consent = _consent(tx, farmer.user_id, user.user_id)
    if consent is None:
        consent = AgentConsent(farmer_id=farmer.user_id, agent_id=user.user_id)
    elif consent.consent_status == AGREED or _is_open(tx, consent):
        return consent
    elif consent.consent_status != ASKED:
        raise AgentRefused
    if _asked_today(tx, farmer.user_id) >= tx.setting("agent.asks_per_day"):
        raise AskedEnough
    tx.session.add(consent)
    consent.consent_status, consent.asked_at = ASKED, tx.now
    tx.flush()
    tx.note(f"agent_consent:{consent.consent_id}", ASKED)
    tx.emit(AgentAsks(user.user_id, farmer.user_id, agent.cooperative, actor))
    return consent


def _is_open(tx: Tx, consent: AgentConsent) -> bool:
    """Whether our question about it still waits for her answer."""
    hours = timedelta(hours=tx.setting("question.place_hours"))
    return consent.consent_status == ASKED and consent.asked_at + hours > tx.now


def _asked_today(tx: Tx, farmer_id: int) -> int:
    """How many agents have had her asked since midnight in Nairobi; each may once a day at most."""
    midnight = datetime.combine(nairobi_date(tx.now), time(), NAIROBI)
    query = select(func.count()).where(AgentConsent.farmer_id == farmer_id, AgentConsent.asked_at >= midnight)
    return tx.session.scalar(query) or 0


def answer(tx: Tx, actor: Actor, *, agent_id: int, yes: bool) -> None:
    """The farmer lets an agent who has asked work for her, or not; YES counts by SMS only (DR-221).

    She may say NO, and take a YES back, on any channel and at any time. Raises NotFound (he has not asked),
    SayYesBySms, and what users.may raises.
    """
    user = users.may(tx, actor, "update", "agents", own=True)
    consent = _consent(tx, user.user_id, agent_id)
    if consent is None:
        raise NotFound(record="agent", id=agent_id)
    if yes and actor.channel != "sms":
        raise SayYesBySms
    status = AGREED if yes else WITHDRAWN if consent.consent_status == AGREED else REFUSED
    if consent.consent_status in (status, WITHDRAWN if not yes else status):
        return
    record, old = f"agent_consent:{consent.consent_id}", consent.consent_status
    consent.consent_status, consent.answered_at = status, tx.now
    changes = {"consent_status": [old, status]}
    audit.record(tx, actor, what="agent.consent", record=record, changes=changes)
    tx.note(record, f"{old} -> {status}")


def of_farmer(tx: Tx, actor: Actor) -> list[AgentView]:
    """Who has asked the farmer, and whom she has said YES or NO to; the newest first. Raises NotAllowed."""
    user = users.may(tx, actor, "read", "agents", own=True)
    query = (
        select(User, FieldAgent, AgentConsent.consent_status)
        .join(FieldAgent, FieldAgent.user_id == User.user_id)
        .join(AgentConsent, AgentConsent.agent_id == User.user_id)
        .where(AgentConsent.farmer_id == user.user_id)
        .order_by(AgentConsent.consent_id.desc())
    )
    return [_view(person, agent, status) for person, agent, status in tx.session.execute(query)]


def listed(tx: Tx, actor: Actor, *, page: int = 1) -> list[AgentView]:
    """All field agents, the newest first, a page of `api.page_size`; admins only.

    Raises NotAllowed, NotFound, BadPage.
    """
    users.may(tx, actor, "read", "agents", own=False)
    query = (
        select(User, FieldAgent)
        .join(FieldAgent, FieldAgent.user_id == User.user_id)
        .order_by(FieldAgent.since.desc(), User.user_id.desc())
    )
    return [_view(person, agent, "") for person, agent in tx.session.execute(pages.cut(tx, query, page))]


def may_list(tx: Tx, actor: Actor, farmer_id: int) -> bool:
    """Whether the actor is an active, verified field agent to whom this farmer has said YES."""
    query = (
        select(AgentConsent.consent_id)
        .join(FieldAgent, FieldAgent.user_id == AgentConsent.agent_id)
        .join(User, User.user_id == FieldAgent.user_id)
        .where(
            AgentConsent.agent_id == actor.user_id,
            AgentConsent.farmer_id == farmer_id,
            AgentConsent.consent_status == AGREED,
            FieldAgent.is_active,
            User.is_active,
            User.is_verified,
        )
    )
    return actor.user_id is not None and tx.session.scalar(query) is not None


def may_mark(tx: Tx, actor: Actor, farmer_id: int) -> bool:
    """Whether the actor may accept and mark ready for this farmer: her agent, or her helper (DR-815)."""
    if actor.user_id is None:
        return False
    helper = tx.session.get(Helper, farmer_id)
    if helper is not None and helper.helper_id == actor.user_id:
        user = users.get(tx, actor.user_id)
        return user.is_active and user.is_verified
    return may_list(tx, actor, farmer_id)


def acted(tx: Tx, actor: Actor, *, farmer_id: int, what: str, record: str) -> None:
    """To be called by every verb that an agent may use: names him in the audit and has the farmer told.

    what    listed, restocked or marked; record "listing:7", "order_item:45"

    What the farmer or her helper does is her own affair: then nothing happens. Emits AgentActed.
    """
    audit_id = noted(tx, actor, farmer_id=farmer_id, what=what, record=record)
    if audit_id is not None:
        tell(tx, actor, farmer_id=farmer_id, what=what, record=record, audit_id=audit_id)


def noted(tx: Tx, actor: Actor, *, farmer_id: int, what: str, record: str) -> int | None:
    """As `acted`, but the farmer is not told yet: whoever does several things at once calls `tell` once.

    Returns the row of the audit; None where it was no agent.
    """
    if actor.user_id in (None, farmer_id) or not may_list(tx, actor, farmer_id):
        return None
    by = {"agent": [None, actor.user_id], "farmer": [None, farmer_id]}
    row = audit.record(tx, actor, what=f"agent.{what}", record=record, changes=by)
    tx.flush()
    return row.audit_id


def tell(tx: Tx, actor: Actor, *, farmer_id: int, what: str, record: str, audit_id: int) -> None:
    """Have the farmer told of what her agent did; `record` may be "orders:9". Emits AgentActed."""
    assert actor.user_id is not None, "an agent is somebody"
    tx.emit(AgentActed(actor.user_id, farmer_id, what, record, audit_id, actor))


def name_helper(tx: Tx, actor: Actor, *, msisdn: str) -> None:
    """The farmer names the one number that may accept and mark ready for her (DR-815), in place of the one
    before. Raises NotKenyanMobile, HelperUnknown (not with us, off, or she herself), NotAllowed."""
    user = users.may(tx, actor, "update", "agents", own=True)
    helper = users.find(tx, e164(msisdn))
    if helper is None or not helper.is_active or helper.user_id == user.user_id:
        raise HelperUnknown
    named = tx.session.get(Helper, user.user_id)
    if named is None:
        tx.session.add(Helper(farmer_id=user.user_id, helper_id=helper.user_id, named_at=tx.now))
    elif named.helper_id != helper.user_id:
        named.helper_id, named.named_at = helper.user_id, tx.now
    else:
        return
    tx.note(f"user:{user.user_id}", "helper named")
    tx.flush()


def drop_helper(tx: Tx, actor: Actor) -> None:
    """The farmer has no helper any more; having none is no error. Raises what users.may raises."""
    user = users.may(tx, actor, "update", "agents", own=True)
    named = tx.session.get(Helper, user.user_id)
    if named is not None:
        tx.session.delete(named)
        tx.note(f"user:{user.user_id}", "no helper any more")


def _view(person: User, agent: FieldAgent, status: str) -> AgentView:
    return AgentView(
        agent_id=person.user_id,
        first_name=person.first_name,
        phone_number=national(person.phone_number),
        cooperative=agent.cooperative,
        is_active=agent.is_active,
        consent_status=status,
        since=agent.since,
    )


def _consent(tx: Tx, farmer_id: int, agent_id: int) -> AgentConsent | None:
    query = select(AgentConsent).where(AgentConsent.farmer_id == farmer_id, AgentConsent.agent_id == agent_id)
    return tx.session.scalar(query.with_for_update())
