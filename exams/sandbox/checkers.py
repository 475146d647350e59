"""Whether an output is what was asked for. Pure: bytes in, a score from 0 to 1 out, in time linear in their length.

`lines` (the default) ignores CR before LF, blanks at the end of a line and empty lines at the end; `exact` nothing;
`tokens` all white space, and with `is_case_sensitive` off upper and lower case; `float` is `tokens` in which two
numbers are the same when they differ by at most `tolerance`, absolutely or of what was expected.

A custom checker is a program of the author. It reads from standard input one line with three lengths in bytes, then
that many bytes of the test's input, of what the program wrote and of the expected answer, nothing between them:

    3 2 2\\n1 23\\n3\\n

(input `1 2`, output `3\\n`, answer `3\\n`) and writes a score from 0 to 1, then, if it likes, a blank and a message for
the student: `0.5 the path is no shortest one`. Anything else it does is the author's fault, never the student's: SE.
"""

import io
import math
import operator
import re
from collections.abc import Iterator
from itertools import chain

from exams.sandbox.protocol import Checker, Compare, Verdict

MOST_MESSAGE = 500
"""Characters of a checker's message."""
_MOST_DIGITS = 350
"""Of a number's token: `%f` of the greatest double has 316."""
_PIECE = 1 << 20
_BLANK = re.compile(rb"[ \t\n\r\x0b\x0c]")
_OF_NUMBERS = b"0123456789+-.eE"
_NO_NUMBER = re.compile(rb"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_SAID = re.compile(rb"\s*([0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+\.)(?:\s+(.*))?\s*", re.DOTALL)


class CheckerFailed(Exception):
    """The checker, not the program, did what it must not. The message is for staff."""


def agrees(output: bytes, answer: bytes, how: Compare) -> bool:
    """Whether `output` is as good as `answer`. Raises: CheckerFailed when `how` cannot be followed here."""
    match how.checker:
        case Checker.EXACT:
            return output == answer
        case Checker.LINES:
            return output == answer or _same_lines(output.rstrip(), answer.rstrip())
        case Checker.TOKENS:
            return _same_tokens(output, answer, is_case_sensitive=how.is_case_sensitive)
        case Checker.FLOAT:
            return _same_numbers(output, answer, _tolerance(how.tolerance))
        case _:
            raise CheckerFailed(f"{how.checker} compares nothing by itself")


def verdict_of(score: float) -> Verdict:
    """AC of 1, WA of 0, PA of what lies between."""
    if score >= 1:
        return Verdict.AC
    return Verdict.PA if score > 0 else Verdict.WA


def asked(stdin: bytes, output: bytes, answer: bytes) -> bytes:
    """What a custom checker reads."""
    return b"%d %d %d\n" % (len(stdin), len(output), len(answer)) + stdin + output + answer


def said(stdout: bytes) -> tuple[float, str]:
    """The score and the message a custom checker wrote. Raises: CheckerFailed when that is none from 0 to 1."""
    found = _SAID.fullmatch(stdout) if len(stdout) <= 64 * 1024 else None
    if not found or len(found[1]) > 40:
        raise CheckerFailed(f"the checker wrote no score: {stdout[:80]!r}")
    score = float(found[1])
    if not 0 <= score <= 1:
        raise CheckerFailed(f"the checker's score is not from 0 to 1: {score:g}")
    return score, (found[2] or b"").decode(errors="replace").strip()[:MOST_MESSAGE]


def _same_lines(output: bytes, answer: bytes) -> bool:
    """Of both the white space at the end is gone. Read as streams: 16 MB of line ends would be 16 million lines."""
    if not (output and answer) or output.count(b"\n") != answer.count(b"\n"):
        return output == answer
    return all(map(operator.eq, map(bytes.rstrip, io.BytesIO(output)), map(bytes.rstrip, io.BytesIO(answer))))


def _same_tokens(output: bytes, answer: bytes, *, is_case_sensitive: bool) -> bool:
    sides = (_tokens(side, is_case_sensitive=is_case_sensitive) for side in (output, answer))
    return all(map(operator.eq, *(chain(side, (b"",)) for side in sides)))  # no token is empty: b"" is the end


def _same_numbers(output: bytes, answer: bytes, tolerance: float) -> bool:
    pairs = zip(*(chain(_tokens(side), (b"",)) for side in (output, answer)), strict=False)
    return all(
        _is_near(found, wanted, tolerance) if found != wanted else not _NO_NUMBER.fullmatch(found)
        for found, wanted in pairs
    )


def _is_near(found: bytes, wanted: bytes, tolerance: float) -> bool:
    """Whether both are plain decimal numbers and near enough; `nan` and `inf` are none, and words must be the same."""
    if found.strip(_OF_NUMBERS) or wanted.strip(_OF_NUMBERS) or max(len(found), len(wanted)) > _MOST_DIGITS:
        return False
    try:
        one, other = float(found), float(wanted)
    except ValueError:
        return False
    return math.isfinite(one) and math.isfinite(other) and abs(one - other) <= tolerance * max(1.0, abs(other))


def _tolerance(said: str) -> float:
    """Raises: CheckerFailed of what is no plain number from 0 to below 1."""
    try:
        tolerance = math.nan if said.strip(_OF_NUMBERS.decode()) or len(said) > 40 else float(said)
    except ValueError:
        tolerance = math.nan
    if not 0 <= tolerance < 1:
        raise CheckerFailed(f"{said!r} is no tolerance")
    return tolerance


def _tokens(side: bytes, *, is_case_sensitive: bool = True) -> Iterator[bytes]:
    pieces = _pieces(side) if is_case_sensitive else map(_folded, _pieces(side))
    return chain.from_iterable(map(bytes.split, pieces))


def _pieces(side: bytes) -> Iterator[bytes]:
    """Cut at white space, a megabyte or a token long: all tokens of 16 MB at once would be some 400 MB."""
    begins = 0
    while begins < len(side):
        blank = _BLANK.search(side, begins + _PIECE)
        ends = blank.start() if blank else len(side)
        yield side[begins:ends]
        begins = ends


def _folded(piece: bytes) -> bytes:
    if piece.isascii():
        return piece.lower()
    return piece.decode(errors="surrogateescape").casefold().encode(errors="surrogateescape")
