"""Text in cells of CSV files, guarded so that no spreadsheet takes it for a formula.

An apostrophe before a formula makes it a text (OWASP, "CSV Injection"). The guard is reversible: a text that
already begins with an apostrophe before a formula or a digit gets another one, so that `-7` and `'-7` stay
apart. A spreadsheet of another locale may split a cell at a separator or a line break: each part is guarded.
"""

import re
from typing import Final

_FORMULA: Final = "=+\\-@＝＋－＠"  # noqa: RUF001 full-width forms start a formula, too
# The beginning of a part, and the characters before it that a spreadsheet skips.
_PART: Final = '((?:^|(?<=[,;\t\n\v\f\r\x85\u2028\u2029]))[ \xa0"]*)'
_UNGUARDED = re.compile(f"{_PART}(?='*[{_FORMULA}]|'+[0-9])")
_GUARDED = re.compile(f"{_PART}'(?='*[{_FORMULA}0-9])")


def guard(text: str) -> str:
    """Return a cell for a text."""
    return _UNGUARDED.sub(r"\1'", text)


def unguard(cell: str) -> str:
    """Return the text of a cell: `unguard(guard(text)) == text`.

    Also removes the apostrophe that people type before a number. `'s-Hertogenbosch` stays as it is.
    """
    return _GUARDED.sub(r"\1", cell)
