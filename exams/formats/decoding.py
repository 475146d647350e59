"""Bytes as text: UTF-8 with or without a mark, UTF-16, and what Windows calls ANSI. Pure."""

import codecs
import re

_SAMPLE_BYTES = 4_096
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# A byte over 127 that begins a UTF-8 sequence, with all that must follow it.
_WHOLE_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
# Signs Unicode keeps for programs' own use; ours stand for escaped signs while a GIFT file is read.
_INNER = re.compile("[\ufdd0-\ufdef]")


class Undecodable(Exception):
    """`line` holds bytes that are no text."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def decoded(content: bytes) -> str:
    """The text, its lines ended by line feeds. Raises: Undecodable."""
    try:
        text = content.decode(_encoding(content))
    except UnicodeDecodeError as error:
        raise Undecodable(content.count(b"\n", 0, error.start) + 1) from error
    if found := _NO_TEXT.search(text):  # a picture, a PDF or the like
        raise Undecodable(text.count("\n", 0, found.start()) + 1)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return _INNER.sub("\ufffd", text)


def _encoding(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    if b"\0" in content[:_SAMPLE_BYTES]:  # commas and digits have an empty upper half
        sample = content[:_SAMPLE_BYTES]
        return "utf-16-le" if sample[1::2].count(0) >= sample[0::2].count(0) else "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        # Where some of it is UTF-8 the rest is UTF-8 that was damaged, and no guess makes it whole.
        return "utf-8" if _WHOLE_SEQUENCE.search(content) else "cp1252"
    return "utf-8"
