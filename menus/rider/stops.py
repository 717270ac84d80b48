"""What waits for whoever carries goods, as the answers of a conversation hold it; read once, then kept."""

from collections.abc import Mapping
from typing import Any

from core.deliveries import routes, waiting
from core.deliveries.routes import StopView
from core.deliveries.waiting import Goods, Job
from core.errors import DomainError
from core.orders import rules as order_rules
from locales.mark import _
from menus.flow import When
from menus.talk import Talk

TITLE = _("order {order}")
Ways = dict[str | type[DomainError], str]
PICKUP, DROP, HAND_OUT, BACK = "pickup", "drop", "hand_out", "back"


def look(talk: Talk) -> str:
    """Keep the open offer and the stops among the answers: "offer", "stops" or "none"."""
    talk.forget("stops", "offer")  # what lies behind on the way back keeps what it was about
    talk.slots["stops"] = []
    if talk.caller.user_id is None:
        return "none"
    jobs = waiting.jobs(talk.tx, talk.caller.user_id)
    by_order = {job.order_id: job for job in jobs}
    way = routes.of_jobs(talk.tx, talk.caller.user_id, jobs)
    found = [_stop(stop, by_order[stop.order_id]) for stop in way]
    found += [_door(job, HAND_OUT) for job in jobs if job.in_hand and not job.mine]
    found += [_back(job) for job in jobs if job.status == "failed" and job.goods_at == "rider"]
    talk.slots["stops"] = found
    offers = [job for job in jobs if job.offer_id is not None]
    if offers:
        talk.slots["offer"] = _offer(offers[0])
        return "offer"
    return "stops" if found else "none"


def offered(talk: Talk) -> str:
    """Which screen the open offer has."""
    return "cash_offer" if talk.slots["offer"]["cash"] else "offer"


def this(talk: Talk) -> dict[str, Any]:
    """The stop that was picked, under the slots' own names."""
    stop = dict(talk.slots["stop"])
    return {**stop, "farmer": stop["person"], "customer": stop["person"], "sum": stop["collect"]}


def about(talk: Talk) -> dict[str, str]:
    """The order of the picked stop, under which a lost conversation is offered again."""
    return {"order": talk.slots["stop"]["order"]}


def landmark_known(talk: Talk) -> bool:
    """Whether anybody has said how to find the place."""
    return bool(talk.slots["stop"]["landmark"])


def is_(**wanted: Any) -> When:
    """Whether the picked stop has these values."""
    return lambda talk: all(talk.slots["stop"][name] == value for name, value in wanted.items())


def _offer(job: Job) -> dict[str, Any]:
    assert job.expires_at is not None, "an offer has its end"
    return {
        "offer": job.offer_id,
        "order": job.order_number[-4:],
        "place": job.farms[0].place if job.farms else "",
        "where": job.place,
        "km": str(job.km),
        "kg": str(job.kg),
        "earning": str(job.earning),
        "time": job.expires_at.isoformat(),
        "cash": job.cash,
    }


def _stop(stop: StopView, job: Job) -> dict[str, Any]:
    """A stop of his own way; what is fetched from him is handed out, wherever it lies (DR-1210)."""
    if stop.kind == DROP:
        return _door(job, HAND_OUT if job.way == "collect" else DROP)
    return {
        **_job(job),
        "kind": PICKUP,
        "farm": stop.farm_id,
        "person": stop.person,
        "phone": stop.phone,
        "place": stop.place,
        "landmark": stop.landmark,
        "kg": str(stop.kg),
        "collect": "0",
        "ready": stop.ready,
        "goods": [_goods(one) for one in stop.goods],
    }


def _door(job: Job, kind: str) -> dict[str, Any]:
    return {
        **_job(job),
        "kind": kind,
        "farm": None,
        "person": job.person,
        "phone": job.phone,
        "place": job.place,
        "landmark": job.landmark,
        "kg": str(job.kg),
        "collect": str(job.collect),
        "ready": True,
        "goods": [_goods(one) for farm in job.farms for one in farm.goods],
    }


def _back(job: Job) -> dict[str, Any]:
    """Goods that could not be handed over: they go back to the first farm, or wait for the next attempt."""
    farm = job.farms[0]
    return {
        **_door(job, BACK),
        "person": farm.person,
        "phone": farm.phone,
        "place": farm.place,
        "landmark": farm.landmark,
    }


def _job(job: Job) -> dict[str, Any]:
    return {
        "order_id": job.order_id,
        "order": job.order_number[-4:],
        "number": job.order_number,
        "reference": order_rules.reference(job.order_number),
        "status": job.status,
        "mine": job.mine,
        "earning": str(job.earning),
        "over": job.over,
        "day": job.day.isoformat(),
    }


def _goods(one: Goods) -> Mapping[str, Any]:
    return {
        "item": one.order_item_id,
        "product": one.product_id,
        "unit": one.unit,
        "qty": str(one.quantity),
        "amount_of": {"qty": str(one.quantity), "unit": one.unit, "kg": str(one.kg)},
    }
