"""Leave and requests for corrections in one list, as rows of a page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet, Value

from accounts.models import User
from attendance.models import CorrectionRequest, Leave
from attendance.models.asks import Ask, AskState
from attendance.models.records import Status
from attendance.month_of import TONES

ASK_TONES = {AskState.ASKED: "due", AskState.GRANTED: "ok", AskState.REFUSED: "bad", AskState.WITHDRAWN: "off"}
ANSWERED = (AskState.GRANTED, AskState.REFUSED)
PEOPLE = ("asked_by", "decided_by")


@dataclass(frozen=True, slots=True)
class AskRow:
    """What one asks; `kind` is leave or correction."""

    kind: str
    row: Any
    student: User
    tone: str

    @property
    def says(self) -> str:
        """What the record says now, as a tone."""
        return tone_of(self.row.record.status)

    @property
    def wants(self) -> str:
        return tone_of(self.row.wanted)


def tone_of(status: str) -> str:
    return TONES.get(Status(status), "off")


def waiting(leaves: QuerySet[Leave], corrections: QuerySet[CorrectionRequest]) -> QuerySet[Any]:
    """What waits, by when it was asked."""
    only = {"state": AskState.ASKED}
    return _keys(leaves.filter(**only), corrections.filter(**only), at="asked_at").order_by("at", "kind", "pk")


def answered(leaves: QuerySet[Leave], corrections: QuerySet[CorrectionRequest]) -> QuerySet[Any]:
    """What was granted or refused, the last first."""
    only = {"state__in": ANSWERED}
    return _keys(leaves.filter(**only), corrections.filter(**only), at="decided_at").order_by("-at", "kind", "pk")


def fetched(keys: Iterable[Mapping[str, Any]]) -> list[AskRow]:
    """The rows of these keys, in their order. Two queries."""
    wanted = [(one["kind"], one["pk"]) for one in keys]
    held = ("record__class_session__batch", "record__class_session__subject", "record__student")
    leaves = Leave.objects.select_related("student", *PEOPLE)
    corrections = CorrectionRequest.objects.select_related(*held, *PEOPLE)
    known: dict[tuple[str, int], AskRow] = {
        ("leave", pk): _row("leave", row, row.student)
        for pk, row in leaves.in_bulk([pk for kind, pk in wanted if kind == "leave"]).items()
    }
    known |= {
        ("correction", pk): _row("correction", row, row.record.student)
        for pk, row in corrections.in_bulk([pk for kind, pk in wanted if kind == "correction"]).items()
    }
    return [known[key] for key in wanted if key in known]


def _row(kind: str, row: Ask, student: User) -> AskRow:
    return AskRow(kind, row, student, ASK_TONES[AskState(row.state)])


def _keys(leaves: QuerySet[Leave], corrections: QuerySet[CorrectionRequest], *, at: str) -> QuerySet[Any]:
    """Of both kinds: when, which kind, and the number of the row."""
    first = leaves.order_by().annotate(at=F(at), kind=Value("leave")).values("at", "kind", "pk")
    second = corrections.order_by().annotate(at=F(at), kind=Value("correction")).values("at", "kind", "pk")
    return first.union(second, all=True)
