"""What accounts offers to the composed pages: news, who is here, and what waits for a person or for the office."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import consents, frame, guardians, notifications, second_step, ways_in
from accounts.kinds import label_of
from accounts.models import (
    Consent,
    Delivery,
    ErasureRequest,
    Institute,
    Invitation,
    Notification,
    Role,
    SessionSlot,
    Ticket,
    User,
)
from coaching.lib.clock import day_text
from coaching.lib.counts import Of, Sets, counted_once
from coaching.lib.offers import Empty, Figure, Line, Panel, Todo
from coaching.lib.statements import written_once
from coaching.templatetags.figures import grouped

NEWEST = 3
NAMED = 3
"""So many of a kind are named one by one; more become one row."""
# All that is said of one on a first screen; a person's row alone has twenty columns.
NEWS = ("uuid", "kind", "title", "created_at", "read_at")
ASKED = ("uuid", "subject", "moved_at", "asked_by__name")
TO_ERASE = ("uuid", "asked_at", "subject__name")
HERE = timedelta(minutes=5)
SOON = timedelta(days=2)
PATIENCE = timedelta(days=1)
WORKING = frozenset({Role.ADMIN, Role.TEACHER, Role.STAFF})


# --- The first screen -------------------------------------------------------------------------------------------------


def panel(person: User, *, now: datetime) -> Panel:
    """The newest news. Opening one marks it as read, hence the button."""
    return Panel(
        key="news",
        title=_("From the institute"),
        url=reverse("notification_list"),
        link=_("All"),
        lines=tuple(_news_line(row) for row in _newest(person=person.pk)),
        empty=Empty(
            title=_("No news yet"),
            text=_("What concerns you is told here, and by e-mail if you like."),
            url=reverse("notification_choices"),
            label=_("Choose what you are told"),
            drawn="sliders-horizontal",
        ),
    )


@written_once
def _newest(*, person: int) -> QuerySet[Notification]:
    return Notification.objects.for_user(User(pk=person)).only(*NEWS)[:NEWEST]


def _news_line(row: Notification) -> Line:
    return Line(
        label=row.title,
        url=reverse("notification_open", args=[row.uuid]),
        meta=label_of(row.kind),
        at=row.created_at,
        is_post=True,
        is_new=row.read_at is None,
    )


def office(admin: User, *, now: datetime) -> Panel:
    """Who came today, who is invited, who asked something. `todo` for the same object knows its counts from here."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    counts = vars(admin)["_counts"] = _figures(admin=admin.pk, midnight=midnight, now=now)
    figures = (_signed_in(counts, midnight), _invited(counts), _asked(counts))
    return Panel(key="people", title=_("People"), figures=figures)


@counted_once
def _figures(*, admin: int, midnight: datetime, now: datetime) -> Sets:
    slots = SessionSlot.objects.all()
    invited = Invitation.objects.filter(used_at=None, revoked_at=None)
    return {
        **_sets_waiting(admin),
        "people": User.objects.active(),
        # One figure, not different values to be counted: for those SQLite walks through the slots of all days.
        "today": Of(slots.filter(created_at__gte=midnight), Count("user", distinct=True)),
        "here": slots.filter(ended_at=None, last_seen_at__gt=now - HERE).values("user").distinct(),
        "invited": invited.filter(expires_at__gt=now),
        "soon": invited.filter(expires_at__gt=now, expires_at__lte=now + SOON),
        "lapsed": invited.filter(expires_at__lte=now),
        "overdue": Ticket.objects.filter(state=Ticket.State.OPEN, moved_at__lte=now - PATIENCE),
    }


def _signed_in(counts: dict[str, int], midnight: datetime) -> Figure:
    asked = urlencode({"event": "sign_in.succeeded", "since": f"{midnight:%Y-%m-%d}"})
    return Figure(
        label=_("Signed in today"),
        value=grouped(counts["today"]),
        small=_("of %(count)s") % {"count": grouped(counts["people"])},
        url=f"{reverse('activity')}?{asked}",
        tone="run" if counts["here"] else "",
        word=_("%(count)s here now") % {"count": grouped(counts["here"])} if counts["here"] else "",
    )


def _invited(counts: dict[str, int]) -> Figure:
    """Who was invited and has not come; what ran out is told first."""
    lapsed, soon, word = counts["lapsed"], counts["soon"], ""
    if lapsed:
        word = ngettext("%(count)s ran out", "%(count)s ran out", lapsed) % {"count": grouped(lapsed)}
    elif soon:
        word = ngettext("%(count)s runs out soon", "%(count)s run out soon", soon) % {"count": grouped(soon)}
    return Figure(
        label=_("Open invitations"),
        value=grouped(counts["invited"]),
        url=f"{reverse('invitation_list')}?state={Invitation.State.EXPIRED if lapsed else Invitation.State.OPEN}",
        tone="due" if word else "",
        word=word,
        note="" if word else _("Nobody is late"),
    )


def _asked(counts: dict[str, int]) -> Figure:
    overdue = counts["overdue"]
    word = ngettext("%(count)s for over a day", "%(count)s for over a day", overdue) % {"count": grouped(overdue)}
    return Figure(
        label=_("Open questions"),
        value=grouped(counts["asked"]),
        url=f"{reverse('question_list')}?state={Ticket.State.OPEN}",
        tone="due" if overdue else "",
        word=word if overdue else "",
        note="" if overdue else _("Nobody waits for long"),
    )


# --- What waits -------------------------------------------------------------------------------------------------------


def todo(person: User, *, now: datetime) -> list[Todo]:
    """A person's ways in, what a guardian is asked, what is unread; for an admin what waits for the office."""
    found = [*_ways_in(person), *_consents(person, now)]
    if person.is_admin:
        return [*found, *_office(person)]
    return [*found, *_unread(person)]


def _ways_in(person: User) -> Iterator[Todo]:
    standing = second_step.standing(person)
    if not standing.is_on and person.role in WORKING:
        said = _("A real institute asks admins for a second step.") if person.is_admin else _("It takes two minutes.")
        label, action, url = _("Set up a second step"), _("Set it up"), reverse("second_step")
        tone = "due" if person.is_admin else ""
        yield Todo("second_step", label, url, action, meta=said, tone=tone, drawn="shield-check")
    elif standing.is_on and standing.are_codes_few:
        label = _("Make new recovery codes")
        said = ngettext("%(count)d is left.", "%(count)d are left.", standing.codes_left)
        said %= {"count": standing.codes_left}
        url = reverse("second_step")
        yield Todo("second_step.codes", label, url, _("Look"), meta=said, tone="due", drawn="shield-check")
    if not person.email:
        label, said = _("Give the office your e-mail address"), _("Then you can set a forgotten password yourself.")
        yield Todo("email", label, reverse("question_create"), _("Write"), meta=said, drawn="mail")
    elif not (ways_in.has_password(person) or standing.passkeys):
        label, said = _("Set up a second way in"), _("Without Google you could not sign in.")
        yield Todo("way_in", label, reverse("second_step"), _("Set it up"), meta=said, drawn="key-round")


def _consents(person: User, now: datetime) -> Iterator[Todo]:
    """A guardian has not answered yet what the institute may do with a child; leaderboards are nobody's duty."""
    today = consents.day_of(now)
    if person.is_minor(on=today):
        return  # who decides for nobody
    children = [child for child in guardians.children_of(person) if child.is_minor(on=today)]
    standings = consents.of_children(person, on=today) if children else {}
    for child in children:
        asked = [
            str(one.purpose.label)
            for one in standings[child.pk]
            if one.row is None and one.can_be_given and one.purpose != Consent.Purpose.RESULTS
        ]
        if asked:
            label = _("Say yes or no for %(name)s") % {"name": child.name}
            words = ", ".join(asked)
            drawn, url = "circle-question-mark", reverse("privacy")
            yield Todo("consent", label, url, _("Decide"), meta=words, tone="due", drawn=drawn)


def _unread(person: User) -> Iterator[Todo]:
    _tag, unread = frame.photo_and_news(person)
    count = notifications.as_shown(unread)
    if count:
        label = _("Read what is new: %(count)s") % {"count": count}
        yield Todo("news", label, f"{reverse('notification_list')}?show=unread", _("Read"), drawn="bell")


def _office(person: User) -> Iterator[Todo]:
    """What waits for any admin: counted at once, and only what is there is fetched."""
    counts = vars(person).get("_counts") or _waiting(admin=person.pk)
    if counts["asked"]:
        yield from _questions(_oldest_questions(), counts["asked"])
    if counts["erasures"]:
        yield from _erasures(_oldest_erasures(), counts["erasures"])
    if counts["failed"]:
        yield _undelivered(counts["failed"])
    if counts["bare"]:
        yield _without_second_step(_unguarded(person.pk), counts["bare"])
    if Institute.current()._state.adding:  # a row of its own comes with the first change of its settings
        yield from _first_steps(has_others=counts["others"] > 0)


@counted_once
def _waiting(*, admin: int) -> Sets:
    return _sets_waiting(admin)


def _sets_waiting(admin: int) -> Sets:
    return {
        "asked": Ticket.objects.filter(state=Ticket.State.OPEN),
        "erasures": ErasureRequest.objects.filter(state=ErasureRequest.State.WAITING),
        "failed": Delivery.objects.filter(state=Delivery.State.FAILED),
        "bare": _unguarded(admin),
        "others": User.objects.exclude(role=Role.ADMIN).order_by()[:1],
    }


@written_once
def _oldest_questions() -> QuerySet[Ticket]:
    rows = Ticket.objects.filter(state=Ticket.State.OPEN).order_by("moved_at", "pk")
    return rows.select_related("asked_by").only(*ASKED)[:NAMED]


@written_once
def _oldest_erasures() -> QuerySet[ErasureRequest]:
    rows = ErasureRequest.objects.filter(state=ErasureRequest.State.WAITING).order_by("asked_at", "pk")
    return rows.select_related("subject").only(*TO_ERASE)[:NAMED]


def _questions(rows: list[Ticket], count: int) -> Iterator[Todo]:
    """Whoever waits longest first."""
    if count > NAMED:
        label, url = _("%(count)s questions wait") % {"count": grouped(count)}, reverse("question_list")
        said = _("Oldest: %(day)s") % {"day": day_text(rows[0].moved_at)}
        yield Todo("question", label, url, _("Answer"), meta=said, tone="due", drawn="message-square-text")
        return
    for row in rows:
        label, url = _("%(name)s asks the office") % {"name": row.asked_by.name}, reverse("question", args=[row.uuid])
        said = f"{row.subject} · {day_text(row.moved_at)}"
        yield Todo("question", label, url, _("Answer"), meta=said, tone="due", drawn="message-square-text")


def _erasures(first: list[ErasureRequest], count: int) -> Iterator[Todo]:
    if count > NAMED:
        label, url = _("%(count)s people ask to be erased") % {"count": grouped(count)}, reverse("erasure_list")
        said = ", ".join(row.subject.name for row in first) + "…"
        yield Todo("erasure", label, url, _("Decide"), meta=said, tone="due", drawn="eraser")
        return
    for row in first:
        label, url = _("%(name)s asks to be erased") % {"name": row.subject.name}, reverse("erasure", args=[row.uuid])
        said = _("Asked %(day)s") % {"day": day_text(row.asked_at)}
        yield Todo("erasure", label, url, _("Decide"), meta=said, tone="due", drawn="eraser")


def _undelivered(count: int) -> Todo:
    label = ngettext("%(count)s message was not delivered", "%(count)s messages were not delivered", count)
    url, said = f"{reverse('delivery_list')}?state=FAILED", _("Every try failed.")
    return Todo("delivery", label % {"count": grouped(count)}, url, _("Look"), meta=said, tone="bad", drawn="send")


def _unguarded(admin: int) -> QuerySet[User]:
    """Other admins without a second step; about himself a person is told elsewhere."""
    steps = Q(authenticator__type__in=(second_step.APP, second_step.PASSKEY))
    others: QuerySet[User] = User.objects.active().filter(role=Role.ADMIN).exclude(pk=admin)
    return others.exclude(pk__in=User.objects.filter(steps).values("pk"))


def _without_second_step(admins: QuerySet[User], count: int) -> Todo:
    names = list(admins.values_list("name", flat=True)[:NAMED])
    label = ngettext("%(count)d admin has no second step", "%(count)d admins have no second step", count)
    url = f"{reverse('people')}?role={Role.ADMIN}"
    said = ", ".join(names) + ("…" if count > NAMED else "")
    return Todo("admins", label % {"count": count}, url, _("Look"), meta=said, tone="due", drawn="shield-check")


def _first_steps(*, has_others: bool) -> Iterator[Todo]:
    """Of an institute that has not said who it is."""
    label, said = _("Say who the institute is"), _("Its name, address and telephone stand on pages and mails.")
    yield Todo("institute", label, reverse("institute"), _("Fill in"), meta=said, tone="due", drawn="building-2")
    if not has_others:
        label, said = _("Invite the first people"), _("Teachers first: they can lend a Drive each.")
        yield Todo("invite", label, reverse("invitation_create"), _("Invite"), meta=said, drawn="user-plus")
