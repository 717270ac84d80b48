"""The reference data of data/: where it is, and how its CSV files are read."""

import csv
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"


def rows(name: str, folder: Path = DATA) -> list[dict[str, str]]:
    """The rows of `name` (a CSV file with a header), in order; values are text."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def several(cell: str) -> list[str]:
    """The values of a cell that holds several, separated by `|`."""
    return [value.strip() for value in cell.split("|") if value.strip()]
