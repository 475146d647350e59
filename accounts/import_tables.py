"""What a file of people is once it was read: a row of titles and lines of text, each with its number."""

from dataclasses import dataclass

from coaching.lib.errors import DomainError

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 5_000
MAX_COLUMNS = 60
CELL_CHARS = 2_000


class Unreadable(DomainError):
    """The file as a whole is not a table that can be read. The message says why, with the line where there is one."""

    code = "unreadable_file"
    status = 422


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number in the file (as an editor or a spreadsheet shows it), its cells, or what is wrong with it."""

    number: int
    cells: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The first row that is not empty, and the rows below it that are not."""

    header: tuple[str, ...]
    lines: tuple[Line, ...]
