"""What docs/domain.md says of the settings is what they are."""

import re
from pathlib import Path

from core.settings.defaults import DEFINITIONS
from core.settings.rules import FORMS, ORDERED, accepted, in_order, typed
from tests.proving import proves

DOMAIN = Path(__file__).resolve().parents[2] / "docs" / "domain.md"
ROW = re.compile(r"^\| `([a-z]+\.[a-z0-9_]+)` \| (.+) \|$", re.MULTILINE)
SAID_IN_WORDS = {"(none)": "", "(all)": ""}


@proves("DR-1701")
def test_the_appendix_lists_every_setting_with_its_default_dr1701() -> None:
    listed = {name: SAID_IN_WORDS.get(default, default) for name, default in ROW.findall(DOMAIN.read_text())}
    assert listed == {setting.name: setting.default for setting in DEFINITIONS.values()}


@proves("DR-1701")
def test_every_setting_has_a_type_a_default_bounds_and_a_description_dr1701() -> None:
    for setting in DEFINITIONS.values():
        assert accepted(setting, setting.default) == setting.default, setting.name
        assert len(setting.description) > 15, setting.name
        bounded = setting.low is not None and setting.high is not None and setting.low <= setting.high
        assert bounded == (setting.kind in ("whole", "decimal")), setting.name
        assert (setting.form in FORMS) == (setting.kind == "text"), setting.name


@proves("DR-1701")
def test_the_defaults_do_not_contradict_each_other() -> None:
    values = {d.name: typed(d.kind, d.default) for d in DEFINITIONS.values()}
    for pair in ORDERED:
        assert in_order(values, pair[0]), pair
