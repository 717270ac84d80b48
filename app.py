"""The composition root: environment -> parts -> application. It connects and decides nothing.

`build` makes what a process shares (web, worker and tools alike); `create_app` mounts the channels on it.
gunicorn runs `app:create_app()`.
"""

from collections.abc import Mapping

from flask import Flask
from redis import Redis
from werkzeug.middleware.proxy_fix import ProxyFix

from core.catalogue.index import ProductIndex
from core.clock import ShiftedClock, SystemClock
from core.config import Config, load
from core.db import Database, make_engine
from core.due_work import HANDLERS as CORE_DUTIES
from core.duties.service import Handler
from core.locations.places import Places
from core.parts import Parts, SystemChance
from core.reactions import react
from core.settings.cache import SettingsCache
from core.vault import Vault
from inbound import rights
from inbound.door import MAX_BODY
from inbound.gateway import Gateway
from inbound.logs import set_up_logging
from inbound.queue import Nudger, make_celery
from locales.voice import Voice
from mail import work as mail_work
from menus.compile import conversations
from mpesa import callbacks as mpesa_callbacks
from mpesa import work as mpesa_work
from sms import callback as sms_callback
from sms import work as sms_work
from ussd import again as ussd_again
from ussd import callback as ussd_callback
from ussd import work as ussd_work
from web import console, health


def build(config: Config) -> Gateway:
    """Everything a process builds once; no connection is opened before it is used."""
    products = ProductIndex()
    parts = Parts(
        production=config.is_production,
        clock=ShiftedClock(config.clock_path) if config.clock_path else SystemClock(),
        vault=Vault(config.data_key_list),
        chance=SystemChance(),
        settings=SettingsCache(),
        places=Places.from_files(),
        products=products,
        service_code=config.ussd_service_code,
        short_code=config.sms_short_code,
        paybill=config.mpesa_shortcode,
    )
    db = Database(make_engine(config.database_url), parts, react)
    tcp_only = {} if config.redis_url.startswith("unix:") else {"socket_keepalive": True}
    redis = Redis.from_url(
        config.redis_url, socket_timeout=2, socket_connect_timeout=1, protocol=2, **tcp_only
    )
    return Gateway(config=config, db=db, redis=redis, parts=parts, voice=Voice(products))


def duties(gateway: Gateway) -> Mapping[str, Handler]:
    """Every kind of due work and who does it."""
    channels = (ussd_work, sms_work, mpesa_work, mail_work)
    brought = {kind: do for channel in channels for kind, do in channel.duties(gateway).items()}
    return {**CORE_DUTIES, **brought}


def create_app(config: Config | None = None, gateway: Gateway | None = None) -> Flask:
    """The web process: callbacks behind their secret, health and metrics, the admin's console."""
    config = config or (gateway.config if gateway else load())
    set_up_logging(config)
    gateway = gateway or build(config)
    gateway.db.nudge = Nudger(make_celery(config), gateway.parts.clock)
    rights.look(gateway)
    conversations()  # compile and check the menus now, not at the first dial
    app = Flask("tunda", static_folder=None)
    # No SECRET_KEY: nothing uses Flask's own session, and without a key none is opened at every request.
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY)
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.trusted_proxies, x_proto=config.trusted_proxies, x_host=0
        )
    for channel in (ussd_callback, sms_callback, mpesa_callbacks):
        app.register_blueprint(channel.blueprint(gateway), url_prefix="/cb/<secret>")
    app.register_blueprint(health.blueprint(gateway))
    app.register_blueprint(
        console.blueprint(gateway, made_again={"ussd": ussd_again.hop}), url_prefix="/admin"
    )
    return app
