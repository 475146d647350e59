"""Reminding families of dues: before the day, on it, after it, and by hand. Once for each due, kind and day.

Nobody is reminded of what is paid, in dispute, or of a student who left or whose account is closed. The rows are the
truth: a second worker, or a second press of the button, finds them and tells nobody. What people are told says no sums.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Institute, User
from batches.families import tell_families
from fees import news
from fees.models import Due, FeeSettings, Reminder
from fees.report_months import DAY
from fees.states import label_of

BEFORE, ON, AFTER, HAND = "BEFORE", "ON", "AFTER", "HAND"
FROM_HOUR, UNTIL_HOUR = 9, 20
"""By the institute's clock: nobody is woken by a reminder."""
CAUGHT_UP_DAYS = 2
"""A reminder whose day was missed, as when the site stood still, is sent so many days later and then no more."""
AT_A_TIME = 500


def may_be_reminded(now: datetime) -> Q:
    """The rule, as a condition on dues."""
    stays = Q(enrolment=None) | Q(enrolment__left_at=None) | Q(enrolment__left_at__gt=now)
    return stays & Q(balance__open_paise__gt=0, account__is_disputed=False, account__student__is_active=True)


# --- By the day -------------------------------------------------------------------------------------------------------


def remind_due(*, now: datetime) -> int:
    """Remind of what the settings say today; answers of how many dues. Doing it again changes nothing."""
    with timezone.override(Institute.current().zone):  # a worker has the server's
        local = timezone.localtime(now)
        if not FROM_HOUR <= local.hour < UNTIL_HOUR:
            return 0
        wanted = planned(FeeSettings.current().reminder_days, today=local.date())
        return sum(_remind_of(due_on, kind, since, now=now) for due_on, (kind, since) in wanted.items())


def planned(days: str, *, today: date) -> dict[date, tuple[str, date]]:
    """Of dues of which days there is to be a reminder: its kind, and the day for which it was meant."""
    offsets = sorted({int(one) for one in days.split(",") if one.strip()}, reverse=True)
    found: dict[date, tuple[str, date]] = {}
    for late in range(CAUGHT_UP_DAYS + 1):
        meant = today - DAY * late
        for offset in offsets:
            kind = BEFORE if offset < 0 else AFTER if offset else ON
            found.setdefault(meant - DAY * offset, (kind, meant))
    return found


def _remind_of(due_on: date, kind: str, since: date, *, now: datetime) -> int:
    told = Reminder.objects.filter(due=OuterRef("pk"), on__gte=since).exclude(kind=HAND)
    rows = Due.objects.filter(may_be_reminded(now), ~Exists(told), due_on=due_on)
    count = 0
    for alike in _alike(rows):
        first = alike[0]
        key = f"fee:{kind}:{timezone.localdate(now)}:{due_on}:{_digest(first)}"
        count += _send(alike, kind, key, title=_title(first, now), body=_body(first), actor=None, now=now)
    return count


def _alike(rows: QuerySet[Due]) -> Iterator[list[Due]]:
    """The same instalment of the same batch: all of them are told the same. In an order all workers keep."""
    found: dict[str, list[Due]] = defaultdict(list)
    for due in rows.select_related("balance", "parent", "account__student", "enrolment__batch").order_by("pk"):
        found[_digest(due)].append(due)
    for _key, alike in sorted(found.items()):
        yield from (alike[start : start + AT_A_TIME] for start in range(0, len(alike), AT_A_TIME))


def _digest(due: Due) -> str:
    parent = due.parent
    what = (due.kind, due.part, due.parts, due.label, parent.part if parent else 0, parent.label if parent else "")
    batch = due.enrolment.batch_id if due.enrolment else 0
    return hashlib.sha256(repr((batch, what)).encode()).hexdigest()[:16]


def _title(due: Due, now: datetime) -> Callable[[], str]:
    is_late = due.due_on < timezone.localdate(now)

    def said() -> str:
        words = {"what": label_of(due), "day": date_format(due.due_on, "D j M")}
        return (_("%(what)s was due on %(day)s") if is_late else _("%(what)s is due on %(day)s")) % words

    return said


def _body(due: Due) -> Callable[[], str]:
    batch = due.enrolment.batch.name if due.enrolment else ""

    def said() -> str:
        look = _("Your fees page says what is open.")
        return f"{batch}. {look}" if batch else look

    return said


# --- By hand ----------------------------------------------------------------------------------------------------------


def remind(dues: QuerySet[Due], *, actor: User, now: datetime, request: HttpRequest | None = None) -> int:
    """Remind of these at once, each family in one message; answers how many students it was about.

    Who must not be reminded is left out, and who was by hand today already.
    """
    rows = list(of_hand(dues, now=now).select_related("balance", "account__student").order_by("account", "pk"))
    key = f"fee:{HAND}:{timezone.localdate(now)}"
    students: set[int] = set()
    for start in range(0, len(rows), AT_A_TIME):
        some = rows[start : start + AT_A_TIME]
        if _send(some, HAND, key, title=_hand_title, body=_hand_body, actor=actor, now=now):
            students |= {due.account.student_id for due in some}
    if students:
        activity.record("fees.reminded", actor=actor, request=request, name=str(len(students)))
    return len(students)


def of_hand(dues: QuerySet[Due], *, now: datetime) -> QuerySet[Due]:
    """Those of them of which one may be reminded by hand now."""
    told = Reminder.objects.filter(due=OuterRef("pk"), kind=HAND, on=timezone.localdate(now))
    return dues.filter(may_be_reminded(now), ~Exists(told))


def _hand_title() -> str:
    return _("Fees are overdue")


def _hand_body() -> str:
    return _("Your fees page says what is open. The office asks you to pay it.")


# --- Rows and news ----------------------------------------------------------------------------------------------------


def _send(
    dues: Sequence[Due],
    kind: str,
    key: str,
    *,
    title: Callable[[], str],
    body: Callable[[], str],
    actor: User | None,
    now: datetime,
) -> int:
    """Note them and tell their families, together or not at all; answers of how many that was not done before."""
    with transaction.atomic():
        new = _noted(dues, kind, actor=actor, now=now)
        students = {due.account.student_id: due.account.student for due in dues if due.pk in new}
        if students:
            tell_families(
                students.values(),
                actor=actor,
                kind=news.DUE,
                event_key=key,
                title=title,
                body=body,
                url=reverse("fees"),
                now=now,
            )
    return len(new)


def _noted(dues: Iterable[Due], kind: str, *, actor: User | None, now: datetime) -> set[int]:
    """The numbers of those that this call noted: a row that another worker wrote has another instant."""
    today = timezone.localdate(now)
    rows = [
        Reminder(due=due, kind=kind, on=today, open_paise=due.balance.open_paise, sent_by=actor, at=now) for due in dues
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    mine = Reminder.objects.filter(due__in=[row.due_id for row in rows], kind=kind, on=today, at=now).order_by()
    return set(mine.values_list("due", flat=True))
