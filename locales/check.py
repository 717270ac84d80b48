"""`python -m locales.check`: every text we show exists in every language, with the same slots.

`--update` adds what is missing to the .po files (English filled in, the others empty) and drops what no code
uses any more. A text belongs to the domain of the folder it stands in.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from locales.catalogue import DOMAINS, FOLDERS, HERE, joined
from locales.mark import FORMS
from locales.slots import SLOTS
from locales.voice import slots_of

ROOT = HERE.parent
KEYWORDS = {"_": None, "plural": (1, 2)}


def domain_of(path: str) -> str:
    """The domain of a source file: menus for menus/ and ussd/, errors and slots by name, else sms."""
    if path.startswith(("menus/", "ussd/")):
        return "menus"
    name = Path(path).stem
    return name if path.startswith("locales/") and name in ("errors", "slots") else "sms"


def texts() -> dict[str, dict[str, list[tuple[str, int]]]]:
    """Every marked text of the code: domain -> text -> places."""
    found: dict[str, dict[str, list[tuple[str, int]]]] = {domain: {} for domain in DOMAINS}
    for folder in ("menus", "ussd", "sms", "mail", "locales"):
        rows = extract_from_dir(ROOT / folder, method_map=[("**.py", "python")], keywords=KEYWORDS)
        for file, line, text, _comments, _context in rows:
            path = f"{folder}/{file}"
            if joined(text):
                found[domain_of(path)].setdefault(joined(text), []).append((path, line))
    return found


def faults() -> Iterator[str]:
    """One line per fault of the catalogues."""
    yield from _torn()
    for domain, wanted in texts().items():
        for text, places in wanted.items():
            for name in slots_of(text):
                if name not in SLOTS:
                    yield f"{places[0][0]}:{places[0][1]}: unknown slot {{{name}}} in {text!r}"
        for folder in FOLDERS.values():
            path = HERE / folder / f"{domain}.po"
            have = _entries(path, folder)
            for text in wanted:
                if not have.get(text):
                    yield f"{path.relative_to(ROOT)}: not translated: {text!r}"
                elif sorted(set(slots_of(have[text]))) != sorted(set(slots_of(text))):
                    yield f"{path.relative_to(ROOT)}: other slots than the English: {text!r}"
            for text in have.keys() - wanted.keys():
                yield f"{path.relative_to(ROOT)}: no code uses {text!r}"


def _torn() -> Iterator[str]:
    """The same English said in two ways: all domains are one voice, and one of them would never be heard."""
    for folder in FOLDERS.values():
        said: dict[str, str] = {}
        for domain in DOMAINS:
            for text, words in _entries(HERE / folder / f"{domain}.po", folder).items():
                if words and said.setdefault(text, words) != words:
                    yield f"locales/{folder}/{domain}.po: said otherwise elsewhere: {text!r}"


def update() -> None:
    """Bring the .po files in line with the code; translations are kept."""
    for domain, wanted in texts().items():
        for folder in FOLDERS.values():
            path = HERE / folder / f"{domain}.po"
            have = _entries(path, folder)
            catalog = Catalog(
                locale=folder, project="Tunda Gateway", fuzzy=False, header_comment=_comment(path)
            )
            for text, places in sorted(wanted.items(), key=lambda item: item[1][0]):
                said = have.get(text) or (text if folder == "en" else "")
                catalog.add(_forms(text), _forms(said) if said else None, locations=[(places[0][0], 0)])
            with path.open("wb") as file:
                write_po(file, catalog, width=110, omit_header=False, include_lineno=False)


def _comment(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    head = [line for line in lines[:8] if line.startswith("# ")]
    return "\n".join(head) or f"# Tunda Gateway, {path.parent.name}, {path.stem}."


def _entries(path: Path, folder: str) -> dict[str, str]:
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {joined(m.id): joined(m.string) for m in read_po(file, locale=folder) if m.id and not m.fuzzy}


def _forms(text: str) -> str | tuple[str, ...]:
    forms = tuple(text.split(FORMS))
    return forms if len(forms) > 1 else text


if __name__ == "__main__":
    if "--update" in sys.argv:
        update()
    wrong = list(faults())
    sys.stdout.write("".join(f"{line}\n" for line in wrong))
    sys.stdout.write(
        f"locales: {sum(map(len, texts().values()))} texts, {len(FOLDERS)} languages, {len(wrong)} faults\n"
    )
    sys.exit(bool(wrong))
