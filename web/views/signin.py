"""Signing in and out, and the password that must be changed at the first time (DR-205, DR-210, S13, S15)."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.db import Tx
from core.errors import DomainError
from core.users import login, passwords
from core.users import service as users
from core.users.errors import LoginLocked, PasswordNotNew, PasswordTooShort, WrongLogin
from inbound.door import source
from inbound.gateway import Gateway
from web.guard import SESSION_COOKIE, Guard, public, safe_next

LONGEST = 200


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages /sign-in, /sign-out and /password."""
    db = gateway.db

    @console.get("/sign-in")
    @public
    def sign_in() -> str | Response:
        if g.signed:
            return redirect(url_for("console.today"), 303)
        return render_template("sign_in.html", next=safe_next(request.args.get("next", "")))

    @console.post("/sign-in")
    @public
    def check_password() -> Response | tuple[str, int]:
        account = request.form.get("account", "")[:LONGEST]
        result = login.log_in(
            db,
            account=account,
            password=request.form.get("password", "")[:LONGEST],
            source=source(),
        )
        next_page = safe_next(request.form.get("next", ""))
        if result.user_id is None:
            page = render_template(
                "sign_in.html", next=next_page, account=account, wrong=_why_not(result.error)
            )
            return page, 429 if isinstance(result.error, LoginLocked) else 401
        user_id, former = result.user_id, request.cookies.get(SESSION_COOKIE, "")

        def start(tx: Tx) -> str:
            login.end_session(tx, former)
            return login.start_session(tx, users.get(tx, user_id))

        to = url_for("console.password") if result.must_change else next_page or url_for("console.today")
        return guard.sign_in(redirect(to, 303), db.run(start))

    @console.post("/sign-out")
    def sign_out() -> Response:
        token = request.cookies.get(SESSION_COOKIE, "")
        db.run(lambda tx: login.end_session(tx, token))
        return guard.sign_out(redirect(url_for("console.sign_in"), 303))

    @console.get("/password")
    def password() -> str:
        return render_template("password.html", must=g.signed.must_change)

    @console.post("/password")
    def change_password() -> Response | tuple[str, int]:
        old, new, again = (request.form.get(name, "")[:LONGEST] for name in ("old", "new", "again"))

        wrong = "The two new passwords differ." if new != again else ""
        try:
            token = (
                ""
                if wrong
                else passwords.change_at_console(db, g.signed.actor, old=old, new=new, source=source())
            )
        except (WrongLogin, LoginLocked, PasswordTooShort, PasswordNotNew) as error:
            token, wrong = "", _why_not_changed(error)
        if wrong:
            return render_template("password.html", must=g.signed.must_change, wrong=wrong), 400
        return guard.sign_in(redirect(url_for("console.today", done="password"), 303), token)


def _why_not(error: DomainError | None) -> str:
    if isinstance(error, LoginLocked):
        return f"Too many tries. Wait {error.values['minutes']} minutes and try again."
    return "This number or e-mail and password do not belong together."


def _why_not_changed(error: DomainError) -> str:
    match error:
        case LoginLocked():
            return _why_not(error)
        case PasswordTooShort():
            return f"The new password needs {error.values['count']} characters or more."
        case PasswordNotNew():
            return "The new password must differ from the present one."
        case _:
            return "The present password is not right."
