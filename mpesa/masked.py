"""What the callback log shows of a body from Safaricom: no number and no name of a person (DR-1904)."""

from typing import Any

from core.traffic.masks import HIDDEN, mask_json

NAMES = frozenset({"FirstName", "MiddleName", "LastName"})
# Keys of result parameters whose values are a number or shortcode and a name: "254708374149 - Jane Doe".
PARTIES = ("PublicName", "PartyName")


def masked_body(body: dict[str, Any]) -> dict[str, Any]:
    """`body` as it may be kept for a reader."""
    shown: dict[str, Any] = _hidden(mask_json(body))
    return shown


def _hidden(value: Any) -> Any:
    match value:
        case {"Key": str() as key, "Value": str() as party, **others} if key.endswith(PARTIES):
            number, dash, _name = party.partition(" - ")
            told = f"{number} - {HIDDEN}" if dash and not any(map(str.isalpha, number)) else HIDDEN
            return {"Key": key, "Value": told, **others}
        case dict():
            return {name: HIDDEN if name in NAMES and told else _hidden(told) for name, told in value.items()}
        case list():
            return [_hidden(item) for item in value]
        case _:
            return value
