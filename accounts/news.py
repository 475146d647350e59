"""What accounts itself tells people: about their own way in, and what became of an invitation."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.events import describe
from accounts.kinds import Kind, When, declare
from accounts.models import Activity, ErasureRequest, Invitation, Role, SessionSlot, TicketMessage, User
from accounts.notifications import tell
from coaching.lib.clock import moment_text

NEW_DEVICE, CHANGED, ACCEPTED = "security.new_device", "security.changed", "invitation.accepted"
ERASURE_ASKED, ERASURE_DECIDED = "erasure.asked", "erasure.decided"
QUESTION_ASKED, QUESTION_ANSWERED = "question.asked", "question.answered"


def declare_kinds() -> None:
    """Called once, in `AppConfig.ready`. Whoever took over an account must not be able to keep its owner from mail."""
    declare(
        Kind(NEW_DEVICE, gettext_lazy("Sign-in on a new device"), is_urgent=True, is_fixed=True),
        Kind(CHANGED, gettext_lazy("Password or second step changed"), is_urgent=True, is_fixed=True),
        Kind(ACCEPTED, gettext_lazy("Invitation accepted"), email=When.DIGEST, roles=frozenset({Role.ADMIN})),
        Kind(ERASURE_ASKED, gettext_lazy("Somebody asks to be erased"), roles=frozenset({Role.ADMIN})),
        Kind(QUESTION_ASKED, gettext_lazy("Question to the office"), roles=frozenset({Role.ADMIN})),
        Kind(QUESTION_ANSWERED, gettext_lazy("Answer from the office")),
        Kind(ERASURE_DECIDED, gettext_lazy("Decision about an erasure"), is_fixed=True),
    )


def of_new_device(sender: object, request: HttpRequest, user: User, **kwargs: object) -> None:
    """Receiver of `user_logged_in`, after the slot was opened: told unless this browser, or none, was here before."""
    slot: SessionSlot = request.session_slot  # type: ignore[attr-defined]
    devices = set(SessionSlot.objects.of(user).exclude(pk=slot.pk).values_list("device_id", flat=True))
    if not devices or slot.device_id in devices:
        return

    def body() -> str:
        words = {"when": moment_text(slot.created_at), "address": slot.ip or _("an unknown address")}
        said = _("Signed in on %(when)s from %(address)s.") % words
        advice = _("If it was not you, end that session and change your password.")
        return f"{said}\n\n{advice}"

    tell(
        [user],
        kind=NEW_DEVICE,
        event_key=f"session:{slot.uuid}:{int(slot.created_at.timestamp())}",
        title=lambda: _("New sign-in: %(device)s") % {"device": slot.device or _("another device")},
        body=body,
        url=reverse("session_list"),
    )


def of_change(person: User, *, line: Activity) -> None:
    """A password or a second step changed, as that line of the log says."""
    name, is_password = line.extra.get("name", ""), line.event == "person.password_changed"

    def body() -> str:
        said = f"{describe(line.event)}{': ' if name else ''}{name}. {moment_text(line.at)}"
        advice = _("If it was not you, tell the office at once and change your password.")
        return f"{said}\n\n{advice}"

    tell(
        [person],
        kind=CHANGED,
        event_key=f"{line.event}:{line.pk}",
        title=lambda: _("Your password was changed") if is_password else _("Your second step was changed"),
        body=body,
        url=reverse("profile" if is_password else "second_step"),
    )


def of_acceptance(invitation: Invitation, *, person: User) -> None:
    """To whoever invited him."""
    if invitation.created_by is None or not invitation.created_by.is_active:
        return
    tell(
        [invitation.created_by],
        kind=ACCEPTED,
        event_key=f"invitation:{invitation.uuid}",
        title=lambda: _("%(name)s accepted the invitation") % {"name": person.name},
        body=lambda: str(Role(person.role).label),
        url=reverse("invitation_list"),
        about=person,
    )


def of_question(message: TicketMessage) -> None:
    """To the admins but who wrote it: somebody asks, or writes more. What he wrote stands behind the link only."""
    ticket = message.ticket
    tell(
        User.objects.active().filter(role=Role.ADMIN).exclude(pk=message.author_id),
        kind=QUESTION_ASKED,
        event_key=f"question:{ticket.uuid}:{message.pk}",
        title=lambda: _("%(name)s asks the office") % {"name": ticket.asked_by.name},
        body=ticket.subject,
        url=reverse("question", args=[ticket.uuid]),
        about=ticket.asked_by,
    )


def of_answer(message: TicketMessage) -> None:
    """To whoever asked."""
    ticket = message.ticket
    tell(
        [ticket.asked_by],
        kind=QUESTION_ANSWERED,
        event_key=f"question:{ticket.uuid}:{message.pk}",
        title=gettext_lazy("The office answered you"),
        body=ticket.subject,
        url=reverse("question", args=[ticket.uuid]),
    )


def of_erasure_asked(asked: ErasureRequest) -> None:
    """To the admins, who decide. Whoever asked is named by his role: the news go with the child, not with him."""
    tell(
        User.objects.active().filter(role=Role.ADMIN),
        kind=ERASURE_ASKED,
        event_key=f"erasure:{asked.uuid}",
        title=lambda: _("%(name)s asks to be erased") % {"name": asked.subject.name},
        body=lambda: _("Asked by: %(role)s.") % {"role": Role(asked.asked_by.role).label},
        url=reverse("erasure", args=[asked.uuid]),
        about=asked.subject,
    )


def of_erasure_decided(decided: ErasureRequest) -> None:
    """To whoever asked; somebody who was erased himself is not there any more."""
    if decided.state == ErasureRequest.State.DONE and decided.asked_by_id == decided.subject_id:
        return
    titles = {
        ErasureRequest.State.HELD: gettext_lazy("The erasure you asked for has to wait"),
        ErasureRequest.State.REFUSED: gettext_lazy("The erasure you asked for was refused"),
        ErasureRequest.State.DONE: gettext_lazy("The erasure you asked for is done"),
    }
    tell(
        [decided.asked_by],
        kind=ERASURE_DECIDED,
        event_key=f"erasure:{decided.uuid}:{decided.decided_at}",
        title=titles[ErasureRequest.State(decided.state)],
        body=decided.reason,
        url=reverse("privacy"),
    )
