"""An ordinary day at the demo institute: its address, questions to the office, and what people are told and asked."""

import uuid
from datetime import date, timedelta

from django.utils import timezone

from accounts import news, questions
from accounts.models import Institute, Invitation, Ticket, User

_NAMESPACE = uuid.UUID("0b6f9f3a-7b55-4f0c-9a86-52b9a2f9d3c1")
_BIRTHDAYS = {
    "ananya": date(2009, 8, 14),
    "aarav": date(2011, 2, 3),
    "ritika": date(2010, 11, 27),
    "kavya": date(2010, 6, 9),
}
_ADDRESS = "2nd floor, Shubham Arcade\nCollege Road, Nashik 422005"
_QUESTIONS = (  # who asks, about what, the text, and what the office answers
    ("sunil", "Bus from Deolali", "Is there a bus that is back by 7 pm after the evening batch?", ""),
    (
        "ritika",
        "हॉल टिकट पर नाम",
        "मेरे नाम की वर्तनी हॉल टिकट पर गलत है। क्या उसे बदला जा सकता है?",
        "हाँ। कल तक ठीक हो जाएगी।",
    ),
    (
        "ananya",
        "Notes of Saturday",
        "I was at a wedding on Saturday. Where do I find the notes on rotational motion?",
        "Meera Joshi puts them here tonight. You will be told.",
    ),
)


def seed(people: dict[str, User]) -> None:
    """Make what is missing; repeating it changes nothing that somebody has changed since."""
    Institute.objects.get_or_create(
        pk=1,
        defaults={
            "name": "Pragati Study Circle",
            "address": _ADDRESS,
            "state": "Maharashtra",
            "phone": "+91 253 231 4405",
            "email": "office@pragati.example",
        },
    )
    Institute.forget()
    for key, born in _BIRTHDAYS.items():
        User.objects.filter(pk=people[key].pk, date_of_birth=None).update(date_of_birth=born)
    for asker, subject, text, answer in _QUESTIONS:
        _ask(people[asker], subject, text, answer, office=people["rajendra"])
    for invitation in Invitation.objects.filter(used_by=people["meera"]):
        news.of_acceptance(invitation, person=people["meera"])


def _ask(person: User, subject: str, text: str, answer: str, *, office: User) -> None:
    """A question as somebody typed it some hours ago, and what the office answers."""
    number = uuid.uuid5(_NAMESPACE, subject)
    is_known = Ticket.objects.filter(asked_by=person, client_uuid=number).exists()
    ticket = questions.ask(person, subject=subject, text=text, client_uuid=number)
    if is_known:
        return
    asked_at = timezone.now() - timedelta(hours=5)
    Ticket.objects.filter(pk=ticket.pk).update(created_at=asked_at, moved_at=asked_at)
    ticket.messages.update(at=asked_at)
    if answer:
        questions.write(ticket, author=office, text=answer, client_uuid=uuid.uuid5(_NAMESPACE, answer))
