"""The owner's commands: `python -m tools.admin --help`. They use the same core verbs as the channels."""

import secrets
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select

from app import build
from core.books import checking, differences, standing, statements
from core.books.statements import Statement
from core.config import load
from core.db import Database, Tx, make_engine
from core.duties.models import Duty
from core.errors import DomainError
from core.farms import agents
from core.insights import entry
from core.insights.entry import Import
from core.insights.load import load_reference
from core.migrate import migrate
from core.msisdn import NotKenyanMobile, e164, national
from core.privacy import retention
from core.reactions import react
from core.settings.service import initialize_default_settings
from core.users import login
from core.users import service as users
from core.users.models import User
from tools import books
from web import sheets

FIRST_ADMIN = "+254712000404"
NOTE = Path("var/first-admin.txt")


def database() -> Database:
    """The configured database, as the web process opens it."""
    return build(load()).db


@click.group(help="The owner's commands. They read .env in this folder, as the gateway does.")
def cli() -> None:
    """Group of the commands below."""


@cli.command(help="Bring the database up to date: tables, reference data, settings.")
@click.option(
    "--first-admin", is_flag=True, help="Where there is no admin yet, make one with a one-time password."
)
def init(first_admin: bool) -> None:
    """Idempotent; runs at every start of `make run` and at every deployment."""
    config = load()
    folder = Path(config.database_url.removeprefix("sqlite:///")).parent
    if config.database_url.startswith("sqlite:///"):
        folder.mkdir(parents=True, exist_ok=True)
    migrate(make_engine(config.keeper_url, keeper=True))
    db = build(config).db
    load_reference(db)
    db.run(initialize_default_settings)
    if first_admin:
        db.run(_ensure_an_admin)


@cli.command(help="Make an admin with a one-time password, which is printed once.")
@click.option("--phone", required=True, help="A Kenyan mobile number; it is the account's name.")
@click.option("--email", default="", help="May be used instead of the number to sign in.")
def create(phone: str, email: str) -> None:
    """The password must be changed at the first log-in."""
    try:
        msisdn = e164(phone)
    except NotKenyanMobile:
        raise click.BadParameter("not a Kenyan mobile number", param_hint="--phone") from None
    password = new_password()

    def work(tx: Tx) -> None:
        login.create_admin(tx, msisdn=msisdn, email=email or None, password=password, one_time=True)

    database().run(work)
    click.echo(f"Admin {national(msisdn)}, one-time password: {password}")


@cli.command(help="List the due work that was given up on after five attempts.")
def parked() -> None:
    """One line a duty: id, kind, subject, last error; the exit code is 1 if there is any."""
    with database().read() as tx:
        rows = tx.session.scalars(select(Duty).where(Duty.status == "parked").order_by(Duty.duty_id)).all()
    for row in rows:
        click.echo(f"{row.duty_id}  {row.kind}:{row.subject_id}  {row.attempts} attempts  {row.error}")
    raise SystemExit(1 if rows else 0)


@cli.command("ledger-check", help="All accounts, their sum, and every order whose money is not placed yet.")
def ledger_check() -> None:
    """As the console's page Books; the exit code is 1 if anything is wrong."""
    with database().transaction() as tx:
        found, unlocked = standing.now(tx), checking.locks(tx)
        differing = differences.how_many(tx)
    for line in books.lines(found, unlocked, differing):
        click.echo(line)
    raise SystemExit(0 if found.right and not unlocked else 1)


@cli.command(help="A person's or a day's statement as CSV, from the postings alone.")
@click.option("--by", required=True, help="The number of the admin who does it; it stands in the audit.")
@click.option("--phone", default="", help="Whose; without it everybody's, of one day.")
@click.option("--first", type=click.DateTime(["%Y-%m-%d"]), help="The first day; without it the last one.")
@click.option("--last", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day, Nairobi.")
@click.option("--rebuild", is_flag=True, help="Make it once more from all postings, and compare.")
def statement(by: str, phone: str, first: datetime | None, last: datetime, rebuild: bool) -> None:
    """To standard output; with --rebuild the exit code is 1 if the two differ."""

    def work(tx: Tx) -> tuple[Statement, bool]:
        admin, person = users.find(tx, e164(by)), users.find(tx, e164(phone)) if phone else None
        if admin is None or (phone and person is None):
            raise click.BadParameter("nobody has that number", param_hint="--phone" if admin else "--by")
        made = statements.export(
            tx, users.actor_for(admin, "cli", "statement"), user_id=person.user_id if person else None,
            first=(first or last).date() if person else last.date(), last=last.date(),
        )  # fmt: skip
        return made, not rebuild or statements.rebuild(tx, made) == list(made.lines)

    made, same = database().run(work)
    click.echo(sheets.of_statement(made), nl=False)
    if rebuild:
        click.echo("rebuilt from all postings: " + ("the same" if same else "NOT THE SAME"), err=True)
    raise SystemExit(0 if same else 1)


@cli.command(help="Delete, as the database's keeper, what the audit trail has kept for all its years.")
def forget() -> None:
    """By hand or from the machine's own timetable, once a month; a row in the audit says how many."""
    gateway = build(load())
    gateway.db.dispose()
    keeper = Database(make_engine(gateway.config.keeper_url, keeper=True), gateway.parts, react)
    click.echo(f"{retention.prune(keeper)} rows of the audit trail forgotten.")


@cli.command(help="Read a list of market prices (our CSV, or WFP's) and say what it holds.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", required=True, help="The number of the admin who does it; it stands in the audit.")
@click.option("--keep", is_flag=True, help="Keep the prices; without it nothing is written.")
@click.option("--leave-out-bad", is_flag=True, help="Keep the good rows though others are bad.")
def prices(file: Path, by: str, keep: bool, leave_out_bad: bool) -> None:
    """One line for each bad row, then the counts; the exit code is 1 if bad rows kept the others out."""
    text = file.read_text(encoding="utf-8")

    def work(tx: Tx) -> Import:
        admin = users.find(tx, e164(by))
        if admin is None:
            raise click.BadParameter("nobody has that number", param_hint="--by")
        actor = users.actor_for(admin, "cli", f"file:{file.name}")
        found = entry.preview(tx, actor, text=text)
        if keep and (leave_out_bad or not found.faulty):
            entry.import_prices(tx, actor, text=text, source=file.stem, leave_out_bad=True)
        return found

    found = database().run(work)
    for fault in found.faults:
        click.echo(f"row {fault.row}: {fault.code}")
    click.echo(
        f"{found.rows} rows: {found.added} new, {found.replaced} other than before, {found.same} the same, "
        f"{found.left_out} left out, {found.faulty} bad"
    )
    raise SystemExit(1 if keep and found.faulty and not leave_out_bad else 0)


@cli.command(help="Make a person field agent of a co-operative, or end it (DR-221).")
@click.option("--phone", required=True, help="Whose number; registered with us, in whatever role.")
@click.option("--cooperative", default="", help="For whom the agent works; farmers read it in our SMS.")
@click.option("--end", is_flag=True, help="No field agent any more: nothing more for any farmer.")
@click.option("--by", required=True, help="The number of the admin who does it; it stands in the audit.")
def agent(phone: str, cooperative: str, end: bool, by: str) -> None:
    """The farmers themselves are asked by the agent, and each says YES by SMS."""

    def work(tx: Tx) -> None:
        person, admin = users.find(tx, e164(phone)), users.find(tx, e164(by))
        if person is None or admin is None:
            raise click.ClickException("nobody has that number")
        actor = users.actor_for(admin, "cli")
        if end:
            agents.dismiss(tx, actor, user_id=person.user_id)
        else:
            agents.appoint(tx, actor, user_id=person.user_id, cooperative=cooperative)

    try:
        database().run(work)
    except DomainError as error:
        raise click.ClickException(error.code) from None
    click.echo("Ended." if end else f"{national(e164(phone))} may ask farmers now: dial, More, My farmers.")


def new_password() -> str:
    """Four groups that can be read aloud; about 77 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def _ensure_an_admin(tx: Tx) -> None:
    admins = tx.session.scalars(select(User).where(User.user_role == "admin")).all()
    if admins:
        waiting = [a for a in admins if a.phone_number == FIRST_ADMIN and a.password_expires_at]
        if not waiting:
            NOTE.unlink(missing_ok=True)
        return
    password = new_password()
    login.create_admin(tx, msisdn=FIRST_ADMIN, email=None, password=password, one_time=True)
    NOTE.parent.mkdir(parents=True, exist_ok=True)
    NOTE.touch(mode=0o600)
    NOTE.write_text(f"{national(FIRST_ADMIN)}, one-time password {password}\n")


if __name__ == "__main__":
    cli()
