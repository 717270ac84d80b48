"""What any such service must do at least, with nothing around it: the yardstick of the bench.

(L) the bare hop: form in, session GET and SET in Redis, one indexed SELECT through PyMySQL, text out. (I) the
bare text: form in, one row inserted, OK. Served by the same gunicorn with the same number of processes.
"""

import os
from typing import Any

import pymysql
from flask import Flask, Response, request
from redis import Redis
from sqlalchemy.engine import make_url

LIFE_SECONDS = 200


def create_app() -> Flask:
    """The yardstick's application; reads DATABASE_URL and REDIS_URL."""
    url = make_url(os.environ["DATABASE_URL"])
    connection = pymysql.connect(
        host=url.host or "127.0.0.1",
        port=url.port or 3306,
        user=url.username or "root",
        password=url.password or "",
        database=url.database,
        charset="utf8mb4",
        autocommit=True,
    )
    redis = Redis.from_url(os.environ["REDIS_URL"], protocol=2)
    app = Flask("bare")

    @app.post("/hop")
    def hop() -> Response:
        key = "bare:" + request.form["sessionId"]
        before: Any = redis.get(key) or b""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT user_id, first_name, preferred_language FROM users WHERE phone_number = %s",
                (request.form["phoneNumber"],),
            )
            row = cursor.fetchone()
        name = row[1] if row else "friend"
        redis.set(key, before + b"*" + request.form["text"].encode(), ex=LIFE_SECONDS)
        return Response(f"CON Hello {name}, what do you sell?\n1 Tomatoes\n2 Cabbage", mimetype="text/plain")

    @app.post("/sms")
    def inbound() -> Response:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bare_texts (provider_id, msisdn, body) VALUES (%s, %s, %s)",
                (request.form["id"], request.form["from"], request.form["text"]),
            )
        return Response("OK", mimetype="text/plain")

    return app
