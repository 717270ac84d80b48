"""The simulator as one web application: both providers' APIs, the control API, the page with the phones."""

from pathlib import Path

from flask import Flask, Response, request, send_from_directory
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from simulator import books_api, control, daraja, sms_api
from simulator.daraja_office import Office
from simulator.settings import Settings
from simulator.world import World

STATIC = Path(__file__).parent / "static"


class QuietHandler(WSGIRequestHandler):
    """Logs nothing: what passed is in the traffic, and callback secrets belong in no log."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


def create_app(settings: Settings, world: World | None = None) -> Flask:
    """The application; each call makes a world of its own, unless it is given one."""
    app = Flask(__name__, static_folder=str(STATIC), static_url_path="/static")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    world = world or World(settings)
    world.credentials.publish()
    office = Office(world.parts)
    app.register_blueprint(sms_api.blueprint(world))
    app.register_blueprint(daraja.blueprint(world, office))
    app.register_blueprint(control.blueprint(world, office))
    app.register_blueprint(books_api.blueprint(world))

    @app.before_request
    def keep_body() -> None:
        # Before a form is read out of it, so that the traffic can show the request as it came.
        request.get_data(cache=True)

    @app.get("/")
    def page() -> Response:
        return send_from_directory(STATIC, "index.html")

    @app.after_request
    def fresh(answer: Response) -> Response:
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return app


def serve(settings: Settings) -> BaseWSGIServer:
    """A bound, threaded server that is not running yet; OSError when the port is taken."""
    return make_server(
        settings.host, settings.port, create_app(settings), threaded=True, request_handler=QuietHandler
    )
