"""Fees on first screens, in the to-do, in the calendar, on the page of a batch and of a person."""

from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import guardians
from accounts.models import Grant, Role, User
from batches.models import Batch
from coaching.lib.money import rupees
from coaching.lib.offers import Empty, Entry, Figure, Line, Panel, Todo
from coaching.lib.statements import written_once
from fees import reports
from fees.models import CashierDay, Due, Payment, StudentAccount
from fees.states import label_of, state_of

SHOWN = 3
TODO_AHEAD = timedelta(days=7)
"""So long before its day a due waits in the to-do."""


# --- First screens ----------------------------------------------------------------------------------------------------


def panel(person: User, *, now: datetime) -> Panel:
    """What a student owes next, or a guardian's children."""
    children = guardians.children_of(person) if person.role != Role.STUDENT else [person]
    names = {one.pk: one.name for one in children}
    rows = _open(students=tuple(names)) if names else []
    today = timezone.localdate(now)
    lines = tuple(_line(row, today, names, person) for row in rows[:SHOWN])
    return Panel(
        key="fees",
        title=_("Fees"),
        url=reverse("fees"),
        link=_("All"),
        lines=lines,
        note=_("%(sum)s is open in all.") % {"sum": rupees(sum(row.balance.open_paise for row in rows))}
        if rows
        else "",
        empty=Empty(_("Nothing is open"), _("Fees stand here before they are due."), "", "", "indian-rupee"),
    )


@written_once
def _open(*, students: tuple[int, ...]) -> QuerySet[Due]:
    """Their dues with something left, the first due on top."""
    rows = Due.objects.filter(account__student__in=students, balance__open_paise__gt=0)
    return rows.select_related("balance", "parent", "account__student").order_by("due_on", "pk")


def _line(row: Due, today: date, names: dict[int, str], person: User) -> Line:
    state = state_of(row, today=today)
    label = label_of(row)
    return Line(
        label=f"{names[row.account.student_id]} · {label}" if len(names) > 1 else label,
        url=_place(row, person),
        area="fees",
        meta=f"{rupees(row.balance.open_paise)} · {date_format(row.due_on, 'j M Y')}",
        tone=state.tone,
        word=state.word,
    )


def _place(row: Due, person: User) -> str:
    """Where this person reads of it."""
    if row.account.student_id == person.pk:
        return reverse("fees")
    return reverse("fees_of", args=[row.account.student.uuid])


def desk(person: User, *, now: datetime) -> Panel:
    """A cashier's day at the counter; an empty one for staff without the right."""
    if not person.may(Grant.Kind.CASHIER):
        return Panel(key="fees", title=_("Fees"))
    day = CashierDay.objects.filter(cashier=person, on=timezone.localdate(now)).first()
    taken = Payment.objects.standing().filter(day=day).aggregate(sum=Sum("amount_paise")) if day else {"sum": 0}
    closed = bool(day and day.closed_at)
    figure = Figure(
        label=_("Taken today"),
        value=rupees(taken["sum"] or 0),
        url=reverse("counter"),
        note=_("The day is closed.") if closed else "",
    )
    return Panel(key="fees", title=_("Counter"), url=reverse("counter"), link=_("Counter"), figures=(figure,))


# --- To do, calendar --------------------------------------------------------------------------------------------------


def todo(person: User, *, now: datetime) -> list[Todo]:
    """Dues that are late or near, one's own and one's children's; for admins what waits for approval."""
    if person.is_admin:
        return _decisions(person, now)
    children = {one.pk for one in guardians.children_of(person)} | (
        {person.pk} if person.role == Role.STUDENT else set()
    )
    if not children:
        return []
    until = timezone.localdate(now) + TODO_AHEAD
    rows = [row for row in _open(students=tuple(sorted(children))) if row.due_on <= until]
    return [_waiting(row, person, now) for row in rows]


def _decisions(admin: User, now: datetime) -> list[Todo]:
    count = reports.counts_of(admin, now=now)["fee_asked"]
    if not count:
        return []
    return [
        Todo(
            kind="fees.concessions",
            label=_("Concessions wait for approval"),
            url=reverse("concession_list"),
            action=_("Decide"),
            area="fees",
            meta=str(count),
            tone="due",
        )
    ]


def _waiting(row: Due, person: User, now: datetime) -> Todo:
    state, label = state_of(row, today=timezone.localdate(now)), label_of(row)
    is_own = row.account.student_id == person.pk
    return Todo(
        kind="fees.due",
        label=label if is_own else f"{row.account.student.name} · {label}",
        url=_place(row, person),
        action=_("Look"),
        area="fees",
        due_at=timezone.make_aware(datetime.combine(row.due_on, time(23, 59))),
        meta=rupees(row.balance.open_paise),
        tone=state.tone if state.tone != "off" else "",
    )


def calendar(person: User, *, since: datetime, until: datetime) -> list[Entry]:
    """Open dues of the person and his children as days."""
    students = [one.pk for one in guardians.children_of(person)] + ([person.pk] if person.role == Role.STUDENT else [])
    if not students:
        return []
    first, last = timezone.localdate(since), timezone.localdate(until)
    rows = Due.objects.open().filter(account__student__in=students, due_on__gte=first, due_on__lt=last)
    today = timezone.localdate()
    return [_entry(row, person, today) for row in rows.select_related("balance", "parent", "account__student")]


def _entry(row: Due, person: User, today: date) -> Entry:
    starts_at = timezone.make_aware(datetime.combine(row.due_on, time()))
    state, label = state_of(row, today=today), label_of(row)
    is_own = row.account.student_id == person.pk
    return Entry(
        key=f"due-{row.uuid}",
        area="fees",
        label=label if is_own else f"{row.account.student.name} · {label}",
        url=_place(row, person),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=1),
        kind="due",
        is_all_day=True,
        meta=rupees(row.balance.open_paise),
        tone=state.tone,
        word=state.word,
        changed_at=row.issued_at,
    )


# --- A batch, a person ------------------------------------------------------------------------------------------------


def batch_panel(batch: Batch, person: User, *, now: datetime) -> Panel | None:
    """What the batch costs and what of it has come, for admins."""
    if not person.is_admin:
        return None
    today = timezone.localdate(now)
    sums = Due.objects.filter(enrolment__batch=batch).aggregate(
        total=Sum("balance__total_paise"),
        credited=Sum("balance__credited_paise"),
        paid=Sum("balance__paid_paise"),
        late=Sum("balance__open_paise", filter=Q(due_on__lt=today)),
    )
    plans = reverse("fee_batch", args=[batch.uuid])
    if not sums["total"]:
        empty = Empty(_("No fee is charged"), _("Say what this batch costs."), plans, _("Set the fee"), "indian-rupee")
        return Panel(key="fees", title=_("Fees"), url=plans, link=_("Plans"), empty=empty)
    expected, paid = sums["total"] - (sums["credited"] or 0), sums["paid"] or 0
    listed = f"{reverse('due_list')}?batch={batch.uuid}"
    figures = (
        Figure(label=_("Expected"), value=rupees(expected), url=listed),
        Figure(label=_("Paid"), value=rupees(paid), url=listed, percent=100 * paid // expected if expected else None),
        Figure(label=_("Overdue"), value=rupees(sums["late"] or 0), url=listed, tone="bad" if sums["late"] else "ok"),
    )
    return Panel(key="fees", title=_("Fees"), url=plans, link=_("Plans"), figures=figures)


def standing(student: User, reader: User, *, now: datetime) -> Panel | None:
    """How a student's fees stand, for who sees amounts: on the page of a person."""
    account = StudentAccount.objects.for_user(reader).filter(student=student).first()
    if account is None:
        return None
    rows = list(Due.objects.open().filter(account=account).select_related("balance", "parent", "account__student"))
    today, is_office = timezone.localdate(now), reader.may(Grant.Kind.CASHIER)
    url = reverse("fee_account", args=[student.uuid]) if is_office else reverse("fees_of", args=[student.uuid])
    late = sum(row.balance.open_paise for row in rows if row.due_on < today)
    figures = (
        Figure(label=_("Open"), value=rupees(sum(row.balance.open_paise for row in rows)), url=url),
        Figure(label=_("Overdue"), value=rupees(late), url=url, tone="bad" if late else "ok"),
    )
    return Panel(key="fees", title=_("Fees"), url=url, link=_("Account"), figures=figures)
