"""Rows of the list of concessions, and what a request would come to."""

from dataclasses import dataclass

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from fees import credits, standing
from fees.models import Concession

State = Concession.State
WAITING, DECIDED = "waiting", "decided"
TABS = (WAITING, DECIDED)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a request comes to now, or what was given: `of` what it is taken, `paise` of it, in paise."""

    of: int
    paise: int


def rows() -> QuerySet[Concession]:
    """With everything a line says."""
    return Concession.objects.select_related(
        "account__student",
        "enrolment__batch",
        "enrolment__student",
        "due__parent",
        "due__enrolment__batch",
        "head",
        "requested_by",
        "decided_by",
    )


def found(shown: str, words: str) -> QuerySet[Concession]:
    """Those that wait, the longest first, or the decided ones, the newest first."""
    if shown == WAITING:
        listed = rows().filter(state=State.REQUESTED).order_by("requested_at", "pk")
    else:
        listed = rows().exclude(state=State.REQUESTED).order_by("-decided_at", "-requested_at", "-pk")
    if words:
        listed = listed.filter(account__student__in=User.objects.search(words).order_by().values("pk"))
    return listed


def tabs(shown: str) -> list[tuple[str, str, int, bool]]:
    """Each part of the list with how many are in it."""
    every = Concession.objects.count()
    waiting = Concession.objects.filter(state=State.REQUESTED).count()
    named = ((_("Waiting"), waiting), (_("Decided"), every - waiting))
    return [(key, word, count, key == shown) for key, (word, count) in zip(TABS, named, strict=True)]


def outlook(row: Concession) -> Outlook:
    """Of a request, what it would take off what is open now; else what it took."""
    if row.state != State.REQUESTED:
        given = row.credits.aggregate(all=Sum("amount_paise"))["all"] or 0
        return Outlook(0, given)
    dues = standing.instalments(row.enrolment) if row.enrolment else [row.due] if row.due else []
    if row.valid_until is not None:
        dues = [due for due in dues if due.due_on <= row.valid_until]
    room = sum(credits.open_for(dues, head=row.head_id).values())
    return Outlook(room, min(standing.amount(row, dues), room))
