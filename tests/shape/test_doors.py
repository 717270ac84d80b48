"""Every address of the web process has somebody who decides who may come in."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

# Pages for everybody; whoever adds one says so here.
OPEN = {"health.health", "health.exposition", "console.static", "console.sign_in", "console.check_password"}
WRONG_SECRET = "f" * 40


def address(rule: Rule) -> str:
    values = {name: WRONG_SECRET if name == "secret" else 1 for name in rule.arguments}
    _, path = rule.build(values) or ("", "")
    return path


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in OPEN]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_address_answers_a_stranger(app: Flask, client: FlaskClient, method: str) -> None:
    open_to_strangers = []
    for rule in rules(app):
        reply = client.open(address(rule), method=method, data={"text": "1"})
        callback = rule.rule.startswith("/cb/")
        turned_away = (
            reply.status_code == 404
            if callback
            else reply.status_code in (401, 403, 405) or "/sign-in" in reply.headers.get("Location", "")
        )
        if not turned_away:
            open_to_strangers.append(f"{method} {rule.rule}: {reply.status_code}")
    assert open_to_strangers == []


def test_the_open_addresses_exist(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= OPEN
