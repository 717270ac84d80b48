"""Who may see the console, and what a browser may do with it (S10, S14, S15, S16).

Every page is closed unless its view says `@public`. A form carries a token made for its own address from the
session's secret; before sign-in the secret is a throw-away cookie. Answers carry a policy that lets nothing
but our own files run.
"""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.actor import Actor
from core.config import Config
from core.users import login
from core.users.models import User
from core.vault import Vault
from inbound.gateway import Gateway

SESSION_COOKIE = "tunda_console"
VISIT_COOKIE = "tunda_visit"
COOKIE_PATH = "/admin"
CSRF_FIELD = "csrf"
# What an admin with a one-time password may reach.
BEFORE_CHANGE = ("console.password", "console.change_password", "console.sign_out")
V = TypeVar("V", bound=Callable[..., Any])

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


@dataclass(frozen=True)
class Signed:
    """The admin behind this request."""

    user: User
    secret: str
    actor: Actor

    @property
    def must_change(self) -> bool:
        """Whether this admin came in with a one-time password and has not chosen another yet."""
        return self.user.password_expires_at is not None


def public(view: V) -> V:
    """This page may be seen by anybody."""
    view.public = True  # type: ignore[attr-defined]
    return view


def quiet(view: V) -> V:
    """Asked for by a script, not by a person: it does not keep a session alive, and answers 401 bare."""
    view.quiet = True  # type: ignore[attr-defined]
    return view


def roomy(size: int) -> Callable[[V], V]:
    """This page takes a file of up to `size` bytes from a signed-in admin; others no more than a callback."""

    def mark(view: V) -> V:
        view.room = size  # type: ignore[attr-defined]
        return view

    return mark


def host_allowed(host: str, allowed: str) -> bool:
    """Whether a Host header is one of ALLOWED_HOSTS: `*`, names, or `.name` for a whole domain."""
    name = host.rsplit(":", 1)[0] if host.rsplit(":", 1)[-1].isdigit() else host
    for rule in (part.strip().lower() for part in allowed.split(",")):
        if (
            rule == "*"
            or name.lower() == rule
            or (rule.startswith(".") and f".{name.lower()}".endswith(rule))
        ):
            return True
    return False


def handed_vault(config: Config) -> Vault:
    """Signs and seals what browsers are handed, and nothing that is kept: its key comes from SECRET_KEY."""
    key = hashlib.sha256(b"tunda-console" + config.secret_key.get_secret_value().encode()).digest()
    return Vault([base64.urlsafe_b64encode(key).decode()])


class Guard:
    """Stands before and behind every page of the console.

    handed  the vault of what browsers are handed
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._config: Config = gateway.config
        self._https = urlsplit(gateway.config.public_url).scheme == "https"
        self.handed = handed_vault(gateway.config)

    def watch(self, console: Blueprint) -> None:
        """Have `console` guarded."""
        console.before_request(self.admit)
        console.after_request(self.seal)

    def admit(self) -> AnyResponse | None:
        """Let the request in, send it to the sign-in page, or refuse it."""
        if not host_allowed(request.host, self._config.allowed_hosts):
            abort(400, "This address is not ours.")
        if request.endpoint == "console.static":
            return None
        g.request_id = uuid.uuid4().hex
        view = current_app.view_functions.get(request.endpoint or "")
        script = getattr(view, "quiet", False)
        g.signed = self._signed(script)
        if g.signed is None and not getattr(view, "public", False):
            return self._to_sign_in(script)
        if g.signed and (room := getattr(view, "room", 0)):
            request.max_content_length = room
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            self._check_form()
        if g.signed and g.signed.must_change and request.endpoint not in BEFORE_CHANGE:
            return redirect(url_for("console.password"), 303)
        return None

    def seal(self, response: Response) -> Response:
        """Put the policy on every answer; pages of a signed-in admin are kept by nobody."""
        for name, value in HEADERS.items():
            response.headers[name] = value
        if self._https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint != "console.static":
            response.headers["Cache-Control"] = "no-store"
        if fresh := g.get("fresh_visit"):
            self._set(response, VISIT_COOKIE, fresh)
        return response

    def form_token(self, address: str) -> str:
        """The token a form must carry to be accepted at `address`."""
        signed: Signed | None = g.signed
        return self._token(signed.secret if signed else self._visit(), address)

    def sign_in(self, response: AnyResponse, token: str) -> AnyResponse:
        """Hand the browser its new session; what it held before is worth nothing any more."""
        self._set(response, SESSION_COOKIE, token)
        response.delete_cookie(VISIT_COOKIE, path=COOKIE_PATH)
        return response

    def sign_out(self, response: AnyResponse) -> AnyResponse:
        """Take the session from the browser (the server has forgotten it already)."""
        response.delete_cookie(SESSION_COOKIE, path=COOKIE_PATH)
        return response

    def _signed(self, script: bool) -> Signed | None:
        token = request.cookies.get(SESSION_COOKIE, "")
        if not token:
            return None
        db = self._gateway.db
        with db.read() as tx:
            found = login.session_for(tx, token)
            unseen = bool(tx.session.dirty)
        if found is None:
            return None
        user, session = found
        # The clock of an idle session runs on while nothing but a script looks for news.
        if unseen and not script:
            db.run(lambda tx: login.session_for(tx, token))
        actor = Actor(user.user_id, "admin", "web", g.request_id, user.preferred_language)
        return Signed(user, session.csrf, actor)

    def _to_sign_in(self, script: bool) -> AnyResponse:
        if script:
            return Response("signed out", 401, mimetype="text/plain")
        back = request.full_path.rstrip("?") if request.method == "GET" else ""
        where = url_for("console.sign_in")
        return redirect(f"{where}?next={quote(back)}" if back else where, 303)

    def _check_form(self) -> None:
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc not in (
            request.host,
            urlsplit(self._config.public_url).netloc,
        ):
            abort(403, "This form came from another site.")
        signed: Signed | None = g.signed
        secret = signed.secret if signed else request.cookies.get(VISIT_COOKIE, "")
        sent = request.form.get(CSRF_FIELD, "")
        if not secret or not hmac.compare_digest(sent.encode(), self._token(secret, request.path).encode()):
            abort(403, "This form is too old. Go back, load the page again and send it once more.")

    def _token(self, secret: str, address: str) -> str:
        return self.handed.digest("console-form", f"{secret} {address}")

    def _visit(self) -> str:
        known = request.cookies.get(VISIT_COOKIE) or g.get("fresh_visit")
        if not known:
            known = g.fresh_visit = self._gateway.parts.chance.token()
        return str(known)

    def _set(self, response: AnyResponse, name: str, value: str) -> None:
        response.set_cookie(name, value, path=COOKIE_PATH, httponly=True, samesite="Lax", secure=self._https)


def safe_next(address: str) -> str:
    """`address` if it is a page of this console, else "": nobody is sent elsewhere after signing in."""
    parts = urlsplit(address)
    ours = not parts.scheme and not parts.netloc and parts.path.startswith(COOKIE_PATH + "/")
    return address if ours and "\\" not in address else ""
