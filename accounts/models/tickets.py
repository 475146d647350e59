"""Messages to the office: a question somebody asks the admins, and what they answer."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class TicketQuerySet(models.QuerySet["Ticket"]):
    def for_user(self, user: User) -> Self:
        """An admin sees all, everybody else his own."""
        return self if user.is_admin else self.filter(asked_by=user)

    def search(self, words: str) -> Self:
        """Those whose subject or asker contains every word."""
        found = self
        for word in words.split():
            asker = Q(asked_by__name__icontains=word) | Q(asked_by__admission_number__icontains=word)
            found = found.filter(asker | Q(subject__icontains=word))
        return found

    def waiting_first(self) -> Self:
        """Open ones by who has waited longest, then the others, newest first."""
        is_open = Q(state=Ticket.State.OPEN)
        rank = Case(When(is_open, then=0), default=1, output_field=models.PositiveSmallIntegerField())
        waits = Case(When(is_open, then=F("moved_at")), output_field=models.DateTimeField())
        return self.alias(rank=rank, waits=waits).order_by("rank", "waits", "-moved_at", "-pk")


class Ticket(models.Model):
    """A question to the office. OPEN ⇄ ANSWERED → CLOSED; whoever writes into a closed one opens it again."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        ANSWERED = "ANSWERED", _("Answered")
        CLOSED = "CLOSED", _("Closed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="tickets")
    client_uuid = models.UUIDField(null=True, help_text="From the form: a question sent twice is asked once.")
    subject = models.CharField(_("what it is about"), max_length=120)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    moved_at = models.DateTimeField(default=timezone.now, help_text="When somebody last wrote.")

    objects = TicketQuerySet.as_manager()

    class Meta:
        db_table = "tickets"
        ordering = ("-moved_at", "-pk")
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        indexes = [models.Index(fields=["state", "-moved_at"], name="ticket_queue")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["OPEN", "ANSWERED", "CLOSED"]), name="ticket_state_known"),
            models.UniqueConstraint(fields=["asked_by", "client_uuid"], name="ticket_asked_once"),
        ]

    def __str__(self) -> str:
        """Without what was asked: lists of records show this."""
        return f"{self.state} {self.created_at:%Y-%m-%d %H:%M}"


class TicketMessage(models.Model):
    """One message of a ticket, by whoever asked or by an admin."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(_("message"), max_length=4000)
    client_uuid = models.UUIDField(help_text="From the form: a message sent twice is kept once.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "ticket_messages"
        ordering = ("at", "pk")
        constraints = [models.UniqueConstraint(fields=["ticket", "client_uuid"], name="ticket_message_once")]

    def __str__(self) -> str:
        """Without what was written: lists of records show this."""
        return f"{self.at:%Y-%m-%d %H:%M}"
