"""How the business goes, at a glance: trade, what an order leaves, talk, prices, demand, and a map."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from flask import Blueprint, g, render_template, request

from core.db import Tx
from core.users import service as users
from inbound.gateway import Gateway
from web import search
from web.guard import Guard
from web.queries.insight import places, talk, trade

PERIODS = (7, 30, 90)
PRICE_TYPES = ("retail", "wholesale")
MOST_MARKETS = 6


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The page /insight."""

    @console.get("/insight")
    def insight() -> str:
        days = search.id_asked("days")
        if days not in PERIODS:
            days = PERIODS[1]
        kind = request.args.get("prices", "")
        price_type = kind if kind in PRICE_TYPES else PRICE_TYPES[1]
        with gateway.db.read() as tx:
            users.may(tx, g.signed.actor, "read", "money", own=False)  # what orders leave us: DR-222
            by_day = trade.by_day(tx, days)
            texts = talk.texts_by_day(tx, days)
            whole, by_size, by_km = trade.margins(tx, days)
            products = places.priced(tx)
            product_id = _product(products)
            lines = places.prices(tx, product_id, price_type)[:MOST_MARKETS] if product_id else []
            faint, dots = places.dots(tx)
            return render_template(
                "insight.html",
                days=days,
                periods=PERIODS,
                by_day=by_day,
                trade_chart=_chart(
                    [row.day for row in by_day],
                    ("orders", "bars", [row.placed for row in by_day]),
                    ("KES", "line", [float(row.value) for row in by_day]),
                ),
                counties=trade.by_county(tx, days),
                margin=whole,
                by_size=by_size,
                by_km=by_km,
                outcomes=trade.outcomes(tx, days),
                answers=talk.answers(tx),
                texts=texts,
                text_chart=_chart(
                    [row.day for row in texts],
                    ("segments", "bars", [row.segments for row in texts]),
                    ("KES", "line", [float(row.cost) for row in texts]),
                ),
                arrivals=talk.arrivals(tx),
                dials=talk.dials(tx, days),
                farmers=talk.farmers(tx, days),
                customers=talk.customers(tx, days),
                wanted=_wanted(tx, days),
                products=products,
                product_id=product_id,
                price_types=PRICE_TYPES,
                price_type=price_type,
                lines=lines,
                price_chart=_price_chart(lines),
                faint=faint,
                dots=dots,
                map_size=(places.WIDTH, places.HEIGHT),
            )


def _wanted(tx: Tx, days: int) -> Sequence[Any]:
    return places.wanted(tx, g.signed.actor, days)


def _product(products: Sequence[int]) -> int | None:
    asked = search.id_asked("product")
    if asked in products:
        return asked
    return products[0] if products else None


def _chart(days: Sequence[date], *series: tuple[str, str, Sequence[float]]) -> dict[str, Any]:
    """What static/charts.js draws: moments in seconds, and for each series its name, shape and figures."""
    return {
        "x": [_seconds(day) for day in days],
        "series": [{"label": label, "shape": shape, "y": list(y)} for label, shape, y in series],
    }


def _price_chart(lines: Sequence[places.PriceLine]) -> dict[str, Any]:
    days = sorted({day for line in lines for day, _price in line.points})
    series = []
    for line in lines:
        known = dict(line.points)
        series.append({"label": line.market, "shape": "line", "y": [known.get(day) for day in days]})
    return {"x": [_seconds(day) for day in days], "series": series}


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time(12), UTC).timestamp())
