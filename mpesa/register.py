"""Tell Safaricom where to call about payments at the paybill; once for each shortcode and address.

    python -m mpesa.register [--version v2|v1] [--when-silent Completed|Cancelled]

Ends with 0 if the addresses are registered, or were before (in production only Safaricom's portal changes
them); with 1 if it was refused or nobody knows.
"""

import argparse
import sys

from redis import Redis

from core.config import Config, load
from core.vault import Vault
from mpesa import c2b
from mpesa.client import Daraja, masked_request
from mpesa.outcomes import Refused

BEFORE = (
    "They were registered before. In production, delete them first: portal, Self Service, URL management."
)


def main(arguments: list[str] | None = None, *, config: Config | None = None) -> int:
    """Register and say what came of it; returns the exit status."""
    asked = _parser().parse_args(arguments)
    config = config or load()
    daraja = Daraja(config, Redis.from_url(config.redis_url), Vault(config.data_key_list))
    payload = c2b.register_payload(config, when_silent=asked.when_silent)
    outcome, answer = c2b.register(daraja, payload, version=asked.version)
    for name, value in masked_request(payload).items():
        print(f"  {name}: {value}")
    match outcome:
        case c2b.Registered():
            print("Registered.")
            return 0
        case c2b.AlreadyRegistered():
            print(BEFORE)
            return 0
        case Refused():
            print(f"Refused: {answer.summary}", file=sys.stderr)
        case _:
            print(f"Not known, ask again: {answer.summary or answer.why}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mpesa.register", description="Register C2B addresses.")
    parser.add_argument("--version", choices=("v1", "v2"), default="v2")
    parser.add_argument(
        "--when-silent",
        choices=("Completed", "Cancelled"),
        default="Completed",
        help="what M-Pesa does with a payment while our validation does not answer",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
