"""Questions to the office: somebody asks, admins answer, either closes.

A form carries a number of its own (`client_uuid`), so one that is sent twice asks, or says, once; with other words in
it, gone back to and sent again, it is another form. Whether something is
new to a person is the same mark as behind his bell: an unread notification that leads to the question.
"""

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, frame, news, notifications
from accounts.models import Notification, Ticket, TicketMessage, User
from coaching.lib.errors import DomainError

State = Ticket.State


class FormUsed(DomainError):
    """The form's number belongs to another message."""

    code = "form_used"


def ask(person: User, *, subject: str, text: str, client_uuid: uuid.UUID, request: HttpRequest | None = None) -> Ticket:
    """A new question with its first message; the same form again gives the same question."""
    given = {"subject": " ".join(subject.split())}
    before = TicketMessage.objects.filter(ticket__asked_by=person, ticket__client_uuid=client_uuid).order_by("pk")
    if before.values_list("ticket__subject", "text").first() not in {None, (given["subject"], text)}:
        client_uuid = uuid.uuid5(client_uuid, f"{given['subject']}\n{text}")
    with transaction.atomic():
        ticket, is_new = Ticket.objects.get_or_create(asked_by=person, client_uuid=client_uuid, defaults=given)
        if is_new:
            message = TicketMessage.objects.create(ticket=ticket, author=person, text=text, client_uuid=client_uuid)
            news.of_question(message)
            activity.record("question.asked", actor=person, subject=person, on=ticket, request=request)
    return ticket


@transaction.atomic
def write(
    ticket: Ticket, *, author: User, text: str, client_uuid: uuid.UUID, request: HttpRequest | None = None
) -> TicketMessage:
    """Another message: by the asker it waits for the office again, by an admin it is an answer. Raises: FormUsed."""
    locked = Ticket.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=ticket.pk)
    known = locked.messages.filter(client_uuid=client_uuid).first()
    if known is not None and known.author_id != author.pk:
        raise FormUsed(_("This form was used already. Load the page again and write once more."))
    if known is not None and known.text != text:
        client_uuid = uuid.uuid5(client_uuid, text)
        known = locked.messages.filter(client_uuid=client_uuid).first()
    if known is not None:
        return known
    is_answer = author.pk != locked.asked_by_id
    locked.state, locked.moved_at = State.ANSWERED if is_answer else State.OPEN, timezone.now()
    locked.save(update_fields=["state", "moved_at"])
    message = TicketMessage.objects.create(
        ticket=locked, author=author, text=text, client_uuid=client_uuid, at=locked.moved_at
    )
    _seen(locked, person=author, is_done=is_answer)
    if is_answer:
        news.of_answer(message)
    else:
        news.of_question(message)
    event = "question.answered" if is_answer else "question.written"
    activity.record(event, actor=author, subject=locked.asked_by, on=locked, request=request)
    return message


def close(ticket: Ticket, *, actor: User, request: HttpRequest | None = None) -> None:
    """Nothing more is to be done. Closed already: nothing."""
    _move(ticket, State.CLOSED, "question.closed", actor, request)


def open_again(ticket: Ticket, *, actor: User, request: HttpRequest | None = None) -> None:
    """It waits for the office after all. Open already: nothing."""
    _move(ticket, State.OPEN, "question.opened", actor, request)


@transaction.atomic
def _move(ticket: Ticket, state: State, event: str, actor: User, request: HttpRequest | None) -> None:
    locked = Ticket.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=ticket.pk)
    if locked.state == state:
        return
    locked.state = state
    locked.save(update_fields=["state"])
    _seen(locked, person=actor, is_done=state == State.CLOSED)
    activity.record(event, actor=actor, subject=locked.asked_by, on=locked, request=request)


# --- What is new ------------------------------------------------------------------------------------------------------


def url_of(ticket: Ticket) -> str:
    return reverse("question", args=[ticket.uuid])


def new_to(person: User, tickets: Iterable[Ticket]) -> set[int]:
    """The numbers of those in which somebody else wrote since this person looked. One query."""
    by_url = {url_of(ticket): ticket.pk for ticket in tickets}
    unread = Notification.objects.for_user(person).unread().filter(url__in=by_url)
    return {by_url[url] for url in unread.values_list("url", flat=True)}


def mark_seen(ticket: Ticket, *, person: User) -> int:
    """This person has looked; returns how many marks that took off."""
    mine = Notification.objects.for_user(person).filter(url=url_of(ticket))
    count = notifications.mark_read(mine, now=timezone.now())
    if count:
        frame.ask_anew(person)
    return count


def _seen(ticket: Ticket, *, person: User, is_done: bool) -> None:
    """Who does something has seen it; what is answered or closed waits for no other admin any more."""
    seen = Q(recipient=person)
    if is_done:
        seen |= ~Q(recipient=ticket.asked_by)
    notifications.mark_read(Notification.objects.filter(seen, url=url_of(ticket)), now=timezone.now())
