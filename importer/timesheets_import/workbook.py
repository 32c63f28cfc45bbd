"""Read the first sheet of an Excel workbook as rows of text. Needs the extra `xlsx`."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import BinaryIO

from timesheets_import.errors import UsageError


def sheet_rows(stream: BinaryIO) -> Iterator[list[str]]:
    """Yield the rows of the first sheet. Dates are ISO 8601, durations H:MM:SS.

    Raises
    ------
    UsageError
        If the reader is not installed, or the file is not a workbook.

    """
    try:
        import python_calamine  # noqa: PLC0415 an extra
    except ImportError:
        raise UsageError(
            "Reading Excel workbooks needs an extra: pip install 'timesheets-import[xlsx]'. Or save the file"
            " as CSV UTF-8"
        ) from None
    stream.seek(0)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(stream)
        sheet = workbook.get_sheet_by_index(0)
    except (python_calamine.CalamineError, IndexError, OSError) as error:
        raise UsageError(f"The file is not an Excel workbook that can be read ({error})") from None
    return ([cell_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False))


def cell_text(cell: object) -> str:
    """Return a cell as text: numbers as Excel shows them, dates in ISO 8601, durations as H:MM:SS."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):  # as Excel shows it: 15 digits
        return f"{cell:.15g}" if cell % 1 else f"{cell:.0f}"
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(cell)
