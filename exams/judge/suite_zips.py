"""A zip of tests, read without unpacking it anywhere, and written. Pure.

Names say what belongs together; whatever stands in the same folder is a group:

    1.in 1.out      01.in 01.ans      input1.txt output1.txt      01 01.a      input/01.txt output/01.txt
    sample/1.in …   secret/1.in …     (a folder called sample or example: shown to students)

What a zip claims about itself is not believed: names that lead elsewhere, sizes that are not true, locked files and
more than a question may have are each refused with a sentence. `tests.json`, which our own export brings, says titles,
points and explanations; without it every hidden test has one point.
"""

import io
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from coaching.lib.text import one_line
from exams.sandbox.protocol import MOST_INPUT, MOST_INPUTS, MOST_TESTS

MOST_ZIP = 16 * 1024 * 1024
MOST_ENTRIES = 1_000
MOST_MANIFEST = 256 * 1024
MOST_PROBLEMS = 200
MANIFEST = "tests.json"
RULES = frozenset({"EACH", "ALL"})
_INPUTS, _OUTPUTS = frozenset({".in", ".inp", ".input"}), frozenset({".out", ".ans", ".a", ".sol", ".output"})
_TEXT = frozenset({"", ".txt", ".dat", ".text"})
_IN_NAME = re.compile(r"^(?:input|in)[-_. ]?(?=[\d_-]|$)", re.IGNORECASE)
_OUT_NAME = re.compile(r"^(?:output|out|answer|ans)[-_. ]?(?=[\d_-]|$)", re.IGNORECASE)
_IN_FOLDER, _OUT_FOLDER = frozenset({"in", "input", "inputs"}), frozenset({"out", "output", "outputs", "answers"})
_SAMPLE = re.compile(r"sample|example|उदाहरण|नमून", re.IGNORECASE)
_LEFT_OUT = frozenset({"__macosx", ".ds_store", "thumbs.db", "desktop.ini"})
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_LOCKED = 0x1
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class ZipTest:
    """A pair of files; `file` names the input as the zip does."""

    file: str
    stdin: bytes
    answer: bytes
    points: Decimal
    name: str = ""
    explanation: str = ""


@dataclass(slots=True)
class ZipGroup:
    title: str
    is_sample: bool = False
    rule: str = "EACH"
    tests: list[ZipTest] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ZipPlan:
    """What the zip holds. `problems` are (file, sentence) and stop it; `remarks` do not."""

    groups: tuple[ZipGroup, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()

    @property
    def count(self) -> int:
        return sum(len(one.tests) for one in self.groups)


class _Bad(Exception):
    """One file cannot be taken; the sentence says why."""


def read(content: bytes) -> ZipPlan:
    """The tests of a zip, or what is wrong with it, file by file. Never raises for what the zip holds."""
    if len(content) > MOST_ZIP:
        return ZipPlan(problems=(("", _("The zip is too large: 16 MB are the most.")),))
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, RuntimeError):
        return ZipPlan(problems=(("", _("This is not a zip, or it is broken.")),))
    if len(entries) > MOST_ENTRIES:
        words = _("The zip holds %(count)d files; a question has %(most)d tests at most.")
        return ZipPlan(problems=(("", words % {"count": len(entries), "most": MOST_TESTS}),))
    return _Reader(archive, entries).plan()


class _Reader:
    """One zip, from its directory to the plan."""

    def __init__(self, archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> None:
        self.archive = archive
        self.problems: list[tuple[str, str]] = []
        self.remarks: list[tuple[str, str]] = []
        self.files: dict[str, zipfile.ZipInfo] = {}
        self.room = MOST_INPUTS
        for entry in entries:
            self._admit(entry)

    def plan(self) -> ZipPlan:
        told = self._manifest()
        pairs = self._pairs()
        if len(pairs) > MOST_TESTS:
            words = _("The zip holds %(count)d tests; %(most)d are the most.")
            self._bad("", words % {"count": len(pairs), "most": MOST_TESTS})
        declared = sum(one.file_size for pair in pairs for one in pair[1:])
        if declared > MOST_INPUTS:
            self._bad("", _("All tests together are too large: 64 MB are the most."))
        if not self.problems and not pairs:
            self._bad("", _("The zip holds no tests: files like 1.in with 1.out are looked for."))
        groups = () if self.problems else tuple(self._grouped(pairs, told))
        return ZipPlan(groups, tuple(self.problems[:MOST_PROBLEMS]), tuple(self.remarks))

    # --- Names ---

    def _admit(self, entry: zipfile.ZipInfo) -> None:
        """Keep it if it is a file of ours under a name that stays inside."""
        name = _shown(entry.filename)
        parts = entry.filename.replace("\\", "/").split("/")
        if any(one.casefold() in _LEFT_OUT or (one.startswith(".") and one.strip(".")) for one in parts):
            return
        if "\0" in entry.filename or ".." in parts or parts[0] == "" or ":" in parts[0]:
            self._bad(name, _("This name leads out of the zip."))
        elif stat.S_ISLNK(entry.external_attr >> 16):
            self._bad(name, _("This is a link and no file. Make the zip with the files themselves."))
        elif entry.is_dir() or entry.filename.endswith("\\"):
            return
        elif (path := "/".join(one for one in parts if one not in ("", "."))) in self.files:
            self._bad(name, _("This file is in the zip twice."))
        else:
            self.files[path] = entry

    def _pairs(self) -> list[tuple[str, zipfile.ZipInfo, zipfile.ZipInfo]]:
        """Each input with its output by the name of the input, in natural order."""
        inputs: dict[tuple[str, str], str] = {}
        outputs: dict[tuple[str, str], str] = {}
        for path in self.files:
            role, key = self._role(path)
            known = {"in": inputs, "out": outputs}.get(role)
            if known is None:
                if path != MANIFEST:
                    self.remarks.append((_shown(path), _("left out: neither an input nor an output")))
            elif key in known:
                words = _("Which is it? %(other)s belongs to the same test.")
                self._bad(_shown(path), words % {"other": _shown(known[key])})
            else:
                known[key] = path
        for key in inputs.keys() - outputs.keys():
            self._bad(_shown(inputs[key]), _("Its output is missing."))
        for key in outputs.keys() - inputs.keys():
            self._bad(_shown(outputs[key]), _("Its input is missing."))
        both = sorted(inputs.keys() & outputs.keys(), key=lambda key: (_natural(key[0]), _natural(key[1])))
        return [(inputs[key], self.files[inputs[key]], self.files[outputs[key]]) for key in both]

    def _role(self, path: str) -> tuple[str, tuple[str, str]]:
        """Whether it is an input or an output ("" for neither), and folder and name of the test it belongs to."""
        there = PurePosixPath(path)
        folder, stem, ending = str(there.parent), there.stem, there.suffix.casefold()
        if ending in _INPUTS:
            return "in", (folder, _bare(stem, _IN_NAME))
        if ending in _OUTPUTS:
            return "out", (folder, _bare(stem, _OUT_NAME))
        if ending in _TEXT:
            for role, begins in (("in", _IN_NAME), ("out", _OUT_NAME)):
                if (name := begins.sub("", stem, count=1)) != stem:
                    return role, (folder, name) if name else (str(there.parent.parent), there.parent.name)
            above = there.parent.name.casefold()
            if above in _IN_FOLDER | _OUT_FOLDER:
                return "in" if above in _IN_FOLDER else "out", (str(there.parent.parent), stem)
        if f"{path}.a" in self.files:
            return "in", (folder, there.name)
        return "", ("", "")

    # --- Contents ---

    def _grouped(
        self, pairs: Sequence[tuple[str, zipfile.ZipInfo, zipfile.ZipInfo]], told: Mapping[str, Any]
    ) -> Iterator[ZipGroup]:
        """Groups by folder, samples first. A file that cannot be read is noted, and then there is no plan."""
        groups: dict[str, ZipGroup] = {}
        common = "" if told else _common([self._role(path)[1][0] for path, _stdin, _answer in pairs])
        for path, stdin, answer in pairs:
            try:
                inside, right = self._bytes(stdin), self._bytes(answer)
            except _Bad as bad:
                self._bad(*bad.args)
                continue
            folder = self._role(path)[1][0].removeprefix(common).strip("/.")
            group = groups.setdefault(folder, _group(folder, told))
            group.tests.append(_test(path, inside, right, group, told))
            self._remark(path, inside)
        if not self.problems:
            yield from sorted(groups.values(), key=lambda one: not one.is_sample)

    def _bytes(self, entry: zipfile.ZipInfo, most: int = MOST_INPUT) -> bytes:
        """What the file really holds; what it says of its size is only looked at first. Raises: _Bad."""
        name = _shown(entry.filename)
        if entry.flag_bits & _LOCKED:
            raise _Bad(name, _("This file is locked with a password. Make the zip without one."))
        if entry.compress_type not in _METHODS:
            raise _Bad(name, _("This file is packed in a way that is not read here. Make a plain zip."))
        if entry.file_size > most:
            raise _Bad(name, _("This file is too large: 8 MB are the most."))
        try:
            with self.archive.open(entry) as opened:
                content = opened.read(most + 1)
        except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, RuntimeError):
            raise _Bad(name, _("This file cannot be unpacked: the zip is broken.")) from None
        if len(content) != entry.file_size:
            raise _Bad(name, _("This file is not as large as the zip says: it is broken."))
        self.room -= len(content)
        if self.room < 0:
            raise _Bad(name, _("All tests together are too large: 64 MB are the most."))
        return content

    def _remark(self, path: str, content: bytes) -> None:
        try:
            content.decode()
        except UnicodeDecodeError:
            self.remarks.append((_shown(path), _("is not UTF-8 text; it is kept byte by byte")))
        if b"\r\n" in content:
            self.remarks.append((_shown(path), _("has Windows line ends; programs will read them")))

    def _manifest(self) -> dict[str, Any]:
        """What `tests.json` of our own export says; {} when there is none or it is none of ours."""
        entry = self.files.get(MANIFEST)
        if entry is None:
            return {}
        try:
            found = json.loads(self._bytes(entry, MOST_MANIFEST))
        except (_Bad, ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or not all(isinstance(found.get(one), dict) for one in ("groups", "tests")):
            self.remarks.append((MANIFEST, _("could not be read; points and titles come from the names")))
            return {}
        return found

    def _bad(self, name: str, words: str) -> None:
        self.problems.append((name, words))


def write(groups: Sequence[ZipGroup]) -> bytes:
    """A zip that `read` reads as the same groups and tests."""
    into = io.BytesIO()
    said: dict[str, Any] = {"groups": {}, "tests": {}}
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, group in enumerate(groups, start=1):
            folder = f"{place:02}-{'sample' if group.is_sample else 'tests'}"
            said["groups"][folder] = {"title": group.title, "is_sample": group.is_sample, "rule": group.rule}
            for number, test in enumerate(group.tests, start=1):
                path = f"{folder}/{number:03}"
                archive.writestr(f"{path}.in", test.stdin)
                archive.writestr(f"{path}.out", test.answer)
                more = {"name": test.name, "explanation": test.explanation}
                said["tests"][f"{path}.in"] = {"points": str(test.points)} | more
        archive.writestr(MANIFEST, json.dumps(said, ensure_ascii=False, indent=1))
    return into.getvalue()


# --- Parts ------------------------------------------------------------------------------------------------------------


def _group(folder: str, told: Mapping[str, Any]) -> ZipGroup:
    said = _told(told, "groups", folder)
    last = folder.rpartition("/")[2]
    is_sample = said["is_sample"] if isinstance(said.get("is_sample"), bool) else bool(_SAMPLE.search(last))
    title = one_line(str(said.get("title") or ""), at_most=80) or one_line(last.replace("_", " "), at_most=80)
    rule = str(said.get("rule"))
    return ZipGroup(title or _("Tests"), is_sample, rule if rule in RULES else "EACH")


def _test(path: str, stdin: bytes, answer: bytes, group: ZipGroup, told: Mapping[str, Any]) -> ZipTest:
    said = _told(told, "tests", path)
    usual = Decimal(0) if group.is_sample else Decimal(1)
    return ZipTest(
        file=_shown(path),
        stdin=stdin,
        answer=answer,
        points=_points(said.get("points"), usual),
        name=one_line(str(said.get("name") or ""), at_most=80),
        explanation=one_line(str(said.get("explanation") or ""), at_most=500),
    )


def _told(told: Mapping[str, Any], part: str, name: str) -> Mapping[str, Any]:
    found = told.get(part, {}).get(name)
    return found if isinstance(found, dict) else {}


def _points(said: Any, usual: Decimal) -> Decimal:
    """Of a manifest: from 0 to 1,000 with two places; else the usual ones."""
    try:
        found = Decimal(str(said))
    except InvalidOperation:
        return usual
    return found.quantize(Decimal("0.01")) if found.is_finite() and 0 <= found <= 1000 else usual


def _bare(stem: str, begins: re.Pattern[str]) -> str:
    """input01.in and 01.in name the same test."""
    return begins.sub("", stem, count=1) or stem


def _common(folders: Sequence[str]) -> str:
    """The folder all of them lie in, "" for none: a zip of one folder has no group of that name."""
    if len(set(folders)) <= 1:
        only = folders[0] if folders else ""
        return "" if _SAMPLE.search(only) else only
    parts = [one.split("/") for one in folders]
    shared = []
    for names in zip(*parts, strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return "/".join(shared)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """2 comes before 10."""
    found = re.findall(r"[0-9]{1,18}|[^0-9]+|[0-9]+", name)
    return [(0, int(one), "") if one[0] in _DIGITS and len(one) <= 18 else (1, 0, one.casefold()) for one in found]


def _shown(name: str) -> str:
    """A name out of a file, as a person may read it."""
    return one_line(name, at_most=120) or "?"
