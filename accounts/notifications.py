"""Telling people what happened: the one service every app calls.

    tell(people, kind="fees.due", event_key=f"due:{due.uuid}", title=_("…"), body=…, url=reverse(…))

Each person gets a line behind his bell, once for each event however often it is told (as read when he keeps the bell
silent about that kind), and a delivery for each channel he wants it by. The rows are written with the caller's
transaction; a worker carries them out after its commit.
Titles go into lists, subjects and the log an admin reads: no marks, sums or messages of others belong there.
"""

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from celery import current_app
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from kombu.exceptions import OperationalError

from accounts import senders
from accounts.kinds import BELL, KINDS, Channel, Kind, When, declare
from accounts.models import Delivery, Institute, Notification, NotificationChoice, QuietHours, User
from accounts.quiet import end_of_quiet, next_digest

__all__ = ["Kind", "When", "declare", "guardians_of", "mark_read", "tell", "tell_each", "unread", "with_guardians"]

log = logging.getLogger("accounts.notifications")
Text = str | Promise | Callable[[], str]
_Pair = tuple[User, User | None]  # who reads it, about whom
_Wanted = dict[tuple[int, str], When]  # by person and channel
AT_A_TIME = 500
TITLE_LENGTH = 200
KEY_LENGTH = 120
BELL_MOST = 99
NO_ADDRESS, INACTIVE = "no_address", "inactive"


@dataclass(frozen=True, slots=True)
class _News:
    """What is told, without to whom."""

    kind: Kind
    event_key: str
    title: Text
    body: Text
    url: str
    now: datetime

    def key(self, about: User | None) -> str:
        return f"{self.event_key}:{about.pk}" if about else self.event_key


def tell(
    people: Iterable[User],
    *,
    kind: str,
    event_key: str,
    title: Text,
    body: Text = "",
    url: str = "",
    about: User | None = None,
    now: datetime | None = None,
) -> int:
    """Tell each of `people` once of this event; returns how many had not been told.

    `event_key` names the event ("due:<uuid>") for as long as its rows are kept (`old_news`, half a year at least);
    with `about`, a child say, it is one event for each of them.
    `title` and `body` are lazy text or functions, rendered once in each language. `url` is a path of this site.
    Raises: ValueError for an undeclared kind, a key that is too long, an address that is not ours.
    """
    news = _news(kind, event_key, title, body, url, now, abouts=[about])
    readers = {person.pk: person for person in people}
    return _told(news, [{pk: (reader, about) for pk, reader in readers.items()}])


def tell_each(
    pairs: Iterable[tuple[User, User]],
    *,
    kind: str,
    event_key: str,
    title: Text,
    body: Text = "",
    url: str = "",
    now: datetime | None = None,
) -> int:
    """Like `tell` with `about` for many students at once: each reader of the pairs about the student beside him.

    In a few queries for hundreds, where one `tell` for each student would cost six each.
    """
    rounds: list[dict[int, _Pair]] = []  # in each of them a reader once
    wanted = {(reader.pk, about.pk): (reader, about) for reader, about in pairs}
    for reader, about in wanted.values():
        free = next((one for one in rounds if reader.pk not in one), None)
        if free is None:
            free = {}
            rounds.append(free)
        free[reader.pk] = (reader, about)
    news = _news(kind, event_key, title, body, url, now, abouts=[about for _reader, about in wanted.values()])
    return _told(news, rounds)


def _news(
    kind: str,
    event_key: str,
    title: Text,
    body: Text,
    url: str,
    now: datetime | None,
    *,
    abouts: Iterable[User | None],
) -> _News:
    """Raises: ValueError."""
    is_ours = not url or (url[0] == "/" and url_has_allowed_host_and_scheme(url, None))
    longest = max((len(f":{about.pk}") for about in abouts if about), default=0) + len(event_key)
    if kind not in KINDS or longest > KEY_LENGTH or not is_ours:
        raise ValueError(f"This cannot be told: kind {kind}, key {event_key}, address {url or 'none'}.")
    return _News(KINDS[kind], event_key, title, body, url, now or timezone.now())


def _told(news: _News, rounds: Iterable[dict[int, _Pair]]) -> int:
    told = 0
    with transaction.atomic():
        for pairs in rounds:
            ordered = [pairs[pk] for pk in sorted(pairs)]  # two who tell the same at once must not wait in a circle
            texts = _texts(news, {_language(reader) for reader, _about in ordered})
            told += sum(_tell_some(news, some, texts) for some in _parts(ordered))
        if told:
            transaction.on_commit(wake)
    return told


def wake() -> None:
    """Send a worker for what is due; when the broker does not answer, the schedule sends one within a minute."""
    try:
        current_app.send_task("accounts.tasks.send_deliveries")
    except (OperationalError, OSError) as error:
        log.warning("no wake-up for deliveries: %s", error)


# --- Whom -------------------------------------------------------------------------------------------------------------


def guardians_of(students: Iterable[User]) -> QuerySet[User]:
    """The active guardians of these students, each once."""
    pks = [student.pk for student in students]
    found: QuerySet[User] = User.objects.active().filter(guardianships__student__in=pks).distinct()
    return found


def with_guardians(student: User) -> list[User]:
    """A student and his guardians; to be told with `about=student`."""
    return [student, *guardians_of([student])]


# --- The bell ---------------------------------------------------------------------------------------------------------


def unread(person: User) -> str:
    """How much is unread, as the bell shows it: "" for nothing, at most 99+."""
    return as_shown(Notification.objects.for_user(person).unread().order_by()[: BELL_MOST + 1].count())


def as_shown(count: int) -> str:
    return f"{BELL_MOST}+" if count > BELL_MOST else str(count or "")


def mark_read(rows: QuerySet[Notification], *, now: datetime) -> int:
    """Note that these were read; what was read before stays as it is."""
    return rows.filter(read_at=None).update(read_at=now)


# --- Rows -------------------------------------------------------------------------------------------------------------


def _parts(pairs: Sequence[_Pair]) -> Iterator[Sequence[_Pair]]:
    return (pairs[start : start + AT_A_TIME] for start in range(0, len(pairs), AT_A_TIME))


def _language(person: User) -> str:
    return person.language or Institute.current().language


def _texts(news: _News, languages: set[str]) -> dict[str, tuple[str, str]]:
    """Title and body in each language."""
    texts = {}
    for language in languages:
        with translation.override(language), timezone.override(Institute.current().zone):
            title, body = (str(text() if callable(text) else text) for text in (news.title, news.body))
        one_line = " ".join(title.replace("\0", "").split())
        cut = one_line if len(one_line) <= TITLE_LENGTH else one_line[: TITLE_LENGTH - 1] + "…"
        texts[language] = (cut, body.replace("\0", "").strip())
    return texts


def _tell_some(news: _News, pairs: Sequence[_Pair], texts: dict[str, tuple[str, str]]) -> int:
    people = [reader for reader, _about in pairs]
    wanted = _choices(news.kind, people)
    rows = [_row(news, reader, about, texts[_language(reader)], wanted) for reader, about in pairs]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    # A row that was there already has another uuid: whoever was told before gets no further delivery.
    mine = Notification.objects.filter(uuid__in=[row.uuid for row in rows])
    pks = dict(mine.values_list("recipient_id", "pk"))
    new = [person for person in people if person.pk in pks]
    deliveries = _deliveries(news, new, pks, wanted)
    Delivery.objects.bulk_create(deliveries)
    return len(new)


def _row(news: _News, person: User, about: User | None, text: tuple[str, str], wanted: _Wanted) -> Notification:
    is_silent = news.kind.may_be_silent and wanted.get((person.pk, BELL)) == When.NEVER
    return Notification(
        uuid=uuid.uuid4(),
        recipient=person,
        event_key=news.key(about),
        kind=news.kind.key,
        title=text[0],
        body=text[1],
        url=news.url,
        about=about,
        created_at=news.now,
        read_at=news.now if is_silent else None,
    )


def _deliveries(news: _News, people: Sequence[User], pks: dict[int, int], wanted: _Wanted) -> list[Delivery]:
    """One for each channel a person wants this kind by; what cannot reach him says so."""
    quiet = {} if news.kind.is_urgent else QuietHours.objects.in_bulk([person.pk for person in people])
    made = []
    for channel in senders.channels():
        sender = senders.sender_of(channel)
        for person in people:
            when = wanted.get((person.pk, channel), news.kind.default(channel))
            if sender is None or when == When.NEVER:
                continue
            delivery = Delivery(notification_id=pks[person.pk], channel=channel, is_digest=when == When.DIGEST)
            delivery.due_at = _due(delivery, quiet.get(person.pk), news.now)
            reason = refusal_of(person, sender)
            if reason:
                delivery.state, delivery.error = Delivery.State.SKIPPED, reason
            made.append(delivery)
    return made


def _choices(kind: Kind, people: Sequence[User]) -> _Wanted:
    """What these people chose for the kind, by person and channel; about a fixed e-mail nobody chooses."""
    rows = NotificationChoice.objects.filter(user__in=people, kind=kind.key)
    chosen = {(user, channel): When(when) for user, channel, when in rows.values_list("user_id", "channel", "when")}
    if kind.is_fixed:
        chosen |= {(person.pk, Channel.EMAIL): When.AT_ONCE for person in people}
    return chosen


def _due(delivery: Delivery, quiet: QuietHours | None, now: datetime) -> datetime:
    zone = Institute.current().zone
    at = next_digest(now, zone=zone) if delivery.is_digest else now
    return end_of_quiet(at, begins=quiet.begins, ends=quiet.ends, zone=zone) if quiet else at


def refusal_of(person: User, sender: senders.Sender) -> str:
    """Why nothing can be carried to this person, "" when it can."""
    if not person.is_active:
        return INACTIVE
    return "" if sender.address_of(person) else NO_ADDRESS
