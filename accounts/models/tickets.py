"""Messages to the office: a question somebody asks the admins, and what they answer."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class TicketQuerySet(models.QuerySet["Ticket"]):
    def for_user(self, user: User) -> Self:
        """An admin sees all, everybody else his own."""
        return self if user.is_admin else self.filter(asked_by=user)


class Ticket(models.Model):
    """A question to the office. OPEN ⇄ ANSWERED → CLOSED."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        ANSWERED = "ANSWERED", _("Answered")
        CLOSED = "CLOSED", _("Closed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="tickets")
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
            models.CheckConstraint(condition=Q(state__in=["OPEN", "ANSWERED", "CLOSED"]), name="ticket_state_known")
        ]

    def __str__(self) -> str:
        return self.subject


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
        return self.text[:40]
