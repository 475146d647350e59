"""What a compiler said, as a student may read it. Pure.

Without the machine's paths, without what a terminal would obey or what turns the direction of writing, and with the
line numbers of what he wrote where it stands inside somebody else's frame.
"""

import re
from dataclasses import dataclass

from exams.sandbox.protocol import KEPT_COMPILER

_TERMINAL = re.compile(r"\x1b(?:\[[0-9;:<=>?]*+[ -/]*+[@-~]?|\][^\x07\x1b]*+(?:\x07|\x1b\\)?|[@-Z\\-_])?")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_PATHS = re.compile(r"(?<![\w./])/(?:usr|tmp|etc|lib|lib64|bin|box|code|opt|dev)/(?:[\w.+@-]++/)*+")
_OBJECTS = re.compile(r"\bcc[A-Za-z0-9]{6}\.(?:o|s|ltrans)\b")

_OF_NODE = re.compile(r"^ {4}at .*\(node:.*\)$\n?|^Node\.js v[0-9.]+$", re.MULTILINE)
_MOST_LINE = 400
"""Characters: a source in one line is told back whole otherwise."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file what was written stands: so many lines are before it, and so many are its own."""

    file: str
    before: int = 0
    lines: int = 0

    def told(self, text: str) -> str:
        """`text` with line numbers as he counts them; a line of the frame is said to be one."""
        if not self.before:
            return text
        stem, _dot, suffix = self.file.rpartition(".")
        named = re.compile(rf'(File ")?\b{re.escape(stem)}\.{suffix}(", line |:)([0-9]{{1,7}})\b')
        return named.sub(self._counted, text.replace("/code/", ""))

    def _counted(self, found: re.Match[str]) -> str:
        line = int(found[3]) - self.before
        if 1 <= line <= self.lines:
            return f"{found[1] or ''}{self.file}{found[2]}{line}"
        return f"{found[1] or ''}frame{found[2]}{found[3]}"


def clean(said: bytes, place: Place) -> str:
    """At most KEPT_COMPILER bytes of UTF-8; what is cut off is cut at the end of a line, and said."""
    text = said[: 64 * 1024].decode(errors="replace").replace("\r\n", "\n")
    text = _CONTROLS.sub("", _TERMINAL.sub("", text))
    text = _OBJECTS.sub("program.o", _PATHS.sub("", place.told(text))).strip("\n")
    text = "\n".join(line if len(line) <= _MOST_LINE else f"{line[:_MOST_LINE]}…" for line in text.split("\n"))
    text = _OF_NODE.sub("", text).strip("\n")
    whole = text.encode()
    if len(whole) <= KEPT_COMPILER:
        return text
    head = whole[: KEPT_COMPILER - 4].decode(errors="ignore")
    return (head.rpartition("\n")[0] or head) + "\n…"
