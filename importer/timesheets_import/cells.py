"""Read cells as spreadsheets write them."""

import re

from timesheets.model.csv_cells import unguard
from timesheets.model.text import clean

_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
"""A text that is kept from becoming a number: `="0234"`."""
_TOTAL = re.compile(
    r"(?:(?:grand|sub)[ -]?)?total\b.*|sum|summe|(?:gesamt|zwischen)(?:summe)?|somme|totale?|totaal|suma",
    re.IGNORECASE,
)


def cell_text(cell: str) -> str:
    """Return a cell's text without protection: `="0234"`, and an apostrophe before a digit or a formula."""
    if match := cell.startswith("=") and _FORMULA.fullmatch(cell):
        return match[1].replace('""', '"')
    return unguard(cell) if "'" in cell else cell


def is_total(cells: list[str]) -> bool:
    """Return whether a cell of the row says that it is a total."""
    return any(_TOTAL.fullmatch(clean(cell).rstrip(":")) for cell in cells)
