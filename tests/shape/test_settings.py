"""What docs/domain.md says of the settings is what they are."""

import re
from pathlib import Path

from core.settings.cache import typed
from core.settings.defaults import DEFINITIONS

DOMAIN = Path(__file__).resolve().parents[2] / "docs" / "domain.md"
ROW = re.compile(r"^\| `([a-z]+\.[a-z0-9_]+)` \| (.+) \|$", re.MULTILINE)
SAID_IN_WORDS = {"(none)": "", "(all)": ""}


def test_the_appendix_lists_every_setting_with_its_default_dr1701() -> None:
    listed = {name: SAID_IN_WORDS.get(default, default) for name, default in ROW.findall(DOMAIN.read_text())}
    assert listed == {setting.name: setting.default for setting in DEFINITIONS.values()}


def test_every_default_is_of_its_kind_dr1701() -> None:
    for setting in DEFINITIONS.values():
        typed(setting.kind, setting.default)
