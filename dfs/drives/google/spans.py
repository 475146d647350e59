"""Byte ranges of a download: what is asked for, and whether that is what came.

Source: RFC 9110 sections 14 and 15.3.7.
"""

import re
from collections.abc import Mapping

from dfs.drives.google.errors import Refusal, Reply, Where


def asked(start: int, end: int | None) -> str:
    """The Range header for bytes [start, end). Always sent, because only an answer to it tells the whole size."""
    return f"bytes={start}-{'' if end is None else end - 1}"


def given(status: int, headers: Mapping[str, str], body: bytes, start: int, end: int | None) -> bytes:
    """Bytes [start, end), or up to the object's end, out of an answer 200, 206 or 416.

    A server may ignore the range and answer 200 with everything. Raises: Refusal, as if there had been no answer, when
    the body is not as long as announced or not where it was asked for.
    """
    if status == 416:
        return b""
    if status == 200:
        return body if not start and end is None else body[start:end]
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", headers.get("content-range", ""))
    if found:
        first, last, total = (int(number) for number in found.groups())
        wanted = (total if end is None else min(end, total)) - start
        if first == start and last - first + 1 == wanted == len(body):
            return body
    raise Refusal(Where.API, Reply(0), "Google's answer was cut short")
