"""Suites of tests: which one is in use, the bytes of their tests, and what students may see of them.

    suite = suite_in_use(question.pk)       # READY, the highest number; None: marked by people
    kept = keep_data(b"2 3\\n")              # once, however many tests name it
    student_view(suite)                     # samples, groups and limits, as JSON: goes into papers and pages
    decide(suite)                           # its solutions are judged: in use, or a draft again

What is hidden (input and output of tests that are no samples) leaves this package only for the judge and for staff.
"""

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import BinaryField, F, QuerySet
from django.db.models.functions import Substr

from coaching.lib.statements import written_once
from exams.content import Kind
from exams.judge.suite_checks import decide
from exams.models import CodeData, CodeGroup, CodeSuite, CodeTest, Question
from exams.sandbox.languages import LANGUAGES

__all__ = [
    "Head",
    "data_of",
    "decide",
    "heads_of",
    "is_judged",
    "keep_data",
    "keep_many",
    "limits_of",
    "plain",
    "student_view",
    "student_views",
    "suite_in_use",
    "suites_in_use",
]
SHOWN = 4 * 1024
"""So many bytes of a sample stand in the paper; the rest can be fetched by nobody but staff."""
_PACKED_MORE = 1024
_AT_ONCE, _PACKED_AT_ONCE = 400, 16


@dataclass(frozen=True, slots=True)
class Head:
    """How some data begins: `text` (what is not UTF-8 replaced), whether that is not all of it, and its whole size."""

    text: str
    is_cut: bool
    size_bytes: int


def suite_in_use(question_id: int) -> CodeSuite | None:
    """By which programs for that question of the bank are judged now; None: people mark them. One query."""
    return next(iter(_in_use(question=question_id)), None)


def is_judged(question: Question) -> bool:
    """Whether programs for it are judged, not marked by people. One query, none of what is no program."""
    return question.kind == Kind.CODING and suite_in_use(question.pk) is not None


@written_once
def _in_use(*, question: int) -> QuerySet[CodeSuite]:
    """Without the code in it, which may be long."""
    rows = CodeSuite.objects.ready().filter(question=question).order_by("-number")
    return rows.defer("frames", "checker_source")[:1]


def suites_in_use(question_ids: Iterable[int]) -> dict[int, CodeSuite]:
    """Of each question of the bank that has one, by its number. One query."""
    found = CodeSuite.objects.ready().filter(question__in=list(question_ids)).order_by("number")
    return {one.question_id: one for one in found}


# --- Bytes ------------------------------------------------------------------------------------------------------------


def keep_data(content: bytes) -> CodeData:
    """The row of these bytes; made when there is none. Two at once get the same one."""
    digest = hashlib.sha256(content).hexdigest()
    found = CodeData.objects.defer("packed").filter(sha256=digest).first()
    if found:
        return found
    values = {"size_bytes": len(content), "packed": zlib.compress(content, 6)}
    return CodeData.objects.get_or_create(sha256=digest, defaults=values)[0]


def keep_many(contents: Sequence[bytes]) -> list[int]:
    """The numbers of the rows of all these, in their order; like `keep_data`, in few queries."""
    digests = [hashlib.sha256(one).hexdigest() for one in contents]
    by_digest = dict(zip(digests, contents, strict=True))
    known = _numbers(by_digest)
    new = sorted(by_digest.keys() - known.keys())  # in one order, so that two who keep the same never wait in a ring
    for at in range(0, len(new), _PACKED_AT_ONCE):
        rows = [
            CodeData(sha256=one, size_bytes=len(by_digest[one]), packed=zlib.compress(by_digest[one], 6))
            for one in new[at : at + _PACKED_AT_ONCE]
        ]
        CodeData.objects.bulk_create(rows, ignore_conflicts=True)  # another one may keep the same bytes
    known |= _numbers(new)
    return [known[one] for one in digests]


def _numbers(digests: Iterable[str]) -> dict[str, int]:
    """Numbers of rows by their digests. A query for each 400 of them."""
    wanted = list(digests)
    return {
        digest: pk
        for at in range(0, len(wanted), _AT_ONCE)
        for digest, pk in CodeData.objects.filter(sha256__in=wanted[at : at + _AT_ONCE]).values_list("sha256", "pk")
    }


def data_of(ids: Iterable[int]) -> dict[int, bytes]:
    """Bytes by the numbers of their rows, each read once. A query for each 400 of them."""
    wanted = sorted(set(ids))
    return {
        pk: zlib.decompress(packed)
        for at in range(0, len(wanted), _AT_ONCE)
        for pk, packed in CodeData.objects.filter(pk__in=wanted[at : at + _AT_ONCE]).values_list("pk", "packed")
    }


def heads_of(ids: Iterable[int], *, most: int = SHOWN) -> dict[int, Head]:
    """How data begins, by the numbers of their rows: only that much is read of the tables. One query."""
    start = Substr(F("packed"), 1, 2 * most + _PACKED_MORE, output_field=BinaryField())
    rows = CodeData.objects.filter(pk__in=set(ids)).annotate(start=start).values_list("pk", "size_bytes", "start")
    return {pk: _head(bytes(packed), size, most) for pk, size, packed in rows}


def _head(packed: bytes, size: int, most: int) -> Head:
    raw = zlib.decompressobj().decompress(packed, most)
    is_cut = len(raw) < size
    return Head(raw.decode(errors="ignore" if is_cut else "replace"), is_cut, size)


# --- What students may see --------------------------------------------------------------------------------------------


def student_view(suite: CodeSuite) -> dict[str, Any]:
    """What students may see of it, as JSON. The same suite always gives the same. Three queries.

    `{"style", "starts": {"py": "…"}, "samples": [{"number", "stdin", "answer", "explanation", "is_cut"?}],
    "groups": [{"title", "is_sample", "rule", "points": "40", "count": 8}],
    "limits": {"py": {"cpu_ms": 6000, "memory_mb": 256}, …}, "checker": "lines"}`
    """
    return student_views([suite])[suite.pk]


def student_views(suites: Sequence[CodeSuite]) -> dict[int, dict[str, Any]]:
    """`student_view` of many, by the numbers of their rows. Three queries."""
    ids = [one.pk for one in suites]
    groups: dict[int, list[CodeGroup]] = {}
    for group in CodeGroup.objects.filter(suite__in=ids).order_by("position", "pk"):
        groups.setdefault(group.suite_id, []).append(group)
    tests: dict[int, list[CodeTest]] = {}
    for test in CodeTest.objects.filter(suite__in=ids).select_related("group").order_by("position", "pk"):
        tests.setdefault(test.suite_id, []).append(test)
    shown = [one for rows in tests.values() for one in rows if one.group.is_sample]
    heads = heads_of([number for one in shown for number in (one.stdin_id, one.answer_id)])
    return {one.pk: _seen(one, groups.get(one.pk, []), tests.get(one.pk, []), heads) for one in suites}


def _seen(
    suite: CodeSuite, groups: Sequence[CodeGroup], tests: Sequence[CodeTest], heads: Mapping[int, Head]
) -> dict[str, Any]:
    return {
        "style": suite.style,
        "starts": {name: frame["start"] for name, frame in sorted(suite.frames.items()) if frame.get("start")},
        "samples": [_sample(one, heads) for one in tests if one.group.is_sample],
        "groups": [_group(one, [test for test in tests if test.group_id == one.pk]) for one in groups],
        "limits": limits_of(suite),
        "checker": suite.checker,
    }


def limits_of(suite: CodeSuite) -> dict[str, dict[str, int]]:
    """By language, with its factor: CPU time of a test in ms and memory in MB."""
    return {
        name: {
            "cpu_ms": round(suite.cpu_ms * one.factor),
            "memory_mb": suite.memory_mb + one.extra_bytes // 1024**2,
        }
        for name, one in LANGUAGES.items()
    }


def plain(points: Decimal) -> str:
    """Points as people write them: 40, not 40.00."""
    return f"{points.normalize():f}" if points else "0"


def _sample(test: CodeTest, heads: Mapping[int, Head]) -> dict[str, Any]:
    stdin, answer = heads[test.stdin_id], heads[test.answer_id]
    said = {
        "number": test.position,
        "stdin": stdin.text,
        "answer": answer.text,
        "explanation": test.explanation,
    }
    return said | ({"is_cut": True} if stdin.is_cut or answer.is_cut else {})


def _group(group: CodeGroup, tests: Sequence[CodeTest]) -> dict[str, Any]:
    return {
        "title": group.title,
        "is_sample": group.is_sample,
        "rule": group.rule,
        "points": plain(sum((one.points for one in tests), Decimal(0))),
        "count": len(tests),
    }
