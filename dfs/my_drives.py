"""What a person's own Drives look like: how each stands, in words, for a fixed number of queries."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import activity
from accounts.models import Activity, User
from coaching.templatetags.figures import grouped, size
from dfs import lending, standing
from dfs.console import DRIVE_STATES, NEARLY_FULL
from dfs.models import Chunk, DriveAccount

GIB = 1024**3
USUAL_GB = 5
"""What the link page offers to lend: a third of what Google gives for nothing."""
EVENTS = tuple(
    f"drive.{verb}"
    for verb in (
        *("add", "relink", "cap", "pause", "resume", "drain", "unlink", "keep"),
        *("needs_sign_in", "lost", "full", "silent"),
    )
)
LATELY = 5
BAR_WIDTH = 640
"""Of the drawing, in its own units."""
_STATE = DriveAccount.State


class CapForm(forms.Form):
    """How much of a Drive is lent, in GB of 1,024 MB."""

    gigabytes = forms.DecimalField(
        label=gettext_lazy("Lend at most, in GB"),
        min_value=Decimal("0.1"),
        max_value=10_000,
        max_digits=6,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Write how many GB you lend."),
            "invalid": gettext_lazy("Write a number of GB, such as 5 or 7.5."),
            "min_value": gettext_lazy("Write a number of GB between 0.1 and 10,000."),
            "max_value": gettext_lazy("Write a number of GB between 0.1 and 10,000."),
            "max_digits": gettext_lazy("Write a number of GB between 0.1 and 10,000."),
            "max_whole_digits": gettext_lazy("Write a number of GB between 0.1 and 10,000."),
            "max_decimal_places": gettext_lazy("Write at most one digit after the point."),
        },
    )

    @property
    def cap_bytes(self) -> int:
        return int(self.cleaned_data["gigabytes"] * GIB)


def cap_form(drive: DriveAccount) -> CapForm:
    """The form as it stands for this Drive; several stand on one page."""
    gigabytes = (Decimal(drive.cap_bytes) / GIB).quantize(Decimal("0.1"))
    return CapForm(initial={"gigabytes": f"{gigabytes.normalize():f}"}, auto_id=f"id_{drive.uuid.hex}_%s")


@dataclass(frozen=True, slots=True)
class Card:
    """A Drive on the page. `finding` is the sentence in bold, `advice` what follows from it.

    `held_units` and `free_units` are the parts of the bar, of `BAR_WIDTH`.
    """

    drive: DriveAccount
    tone: str
    word: str
    finding: str
    advice: str
    pieces: int
    held_units: int
    free_units: int
    form: CapForm

    @property
    def name(self) -> str:
        return self.drive.label.partition("@")[0]

    @property
    def domain(self) -> str:
        """What follows the name in an address, where it may go to the next line."""
        return self.drive.label.removeprefix(self.name)

    @property
    def is_google(self) -> bool:
        return self.drive.kind == DriveAccount.Kind.GOOGLE

    @property
    def is_leaving(self) -> bool:
        return self.drive.leaving_at is not None

    @property
    def wants_sign_in(self) -> bool:
        return self.drive.state == _STATE.NEEDS_REAUTH and self.is_google

    @property
    def is_shut(self) -> bool:
        """Nothing can be moved out of it."""
        return self.drive.state in lending.SHUT

    @property
    def can_pause(self) -> bool:
        return self.drive.state in (_STATE.ACTIVE, _STATE.FULL) and not self.is_leaving

    @property
    def can_resume(self) -> bool:
        return self.drive.state == _STATE.PAUSED and not self.is_leaving

    @property
    def can_unlink(self) -> bool:
        return self.is_google and not self.is_leaving

    @property
    def is_lendable(self) -> bool:
        """Whether changing the cap means something."""
        return self.drive.state not in (*standing.SILENT, _STATE.DRAINING) and not self.is_leaving


def cards(user: User, bound: tuple[DriveAccount, CapForm] | None = None) -> list[Card]:
    """The person's Drives, those that need him first; one query. `bound` is a form that was just refused."""
    held = Chunk.objects.filter(account=OuterRef("pk")).exclude(state=Chunk.State.DELETING).order_by().values("account")
    pieces = Coalesce(Subquery(held.annotate(count=Count("pk")).values("count")), 0)
    drives = DriveAccount.objects.for_user(user).annotate(pieces=pieces)
    found = [_card(drive, bound[1] if bound and bound[0].pk == drive.pk else cap_form(drive)) for drive in drives]
    return sorted(found, key=lambda card: ("bad", "due", "run", "ok", "off").index(card.tone))


def _card(drive: DriveAccount, form: CapForm) -> Card:
    tone, word = DRIVE_STATES[drive.state], str(drive.get_state_display())
    if drive.state == _STATE.ACTIVE and drive.used_bytes > drive.cap_bytes * NEARLY_FULL:
        tone, word = "due", _("Nearly full")
    pieces: int = drive.pieces  # type: ignore[attr-defined]  # annotated above
    finding, advice = _in_words(drive, pieces, tone)
    whole = max(drive.cap_bytes, drive.used_bytes, 1)
    held = min(BAR_WIDTH, max(2, BAR_WIDTH * drive.used_bytes // whole)) if drive.used_bytes else 0
    return Card(drive, tone, word, finding, advice, pieces, held, max(0, BAR_WIDTH - held - 2), form)


def _in_words(drive: DriveAccount, pieces: int, tone: str) -> tuple[str, str]:
    """What stands over the bar."""
    if drive.leaving_at is not None:
        return _leaving(drive, pieces)
    if drive.state == _STATE.NEEDS_REAUTH:
        return (
            _("Google does not let us in any more."),
            _(
                "Sign in again with the same Google account: unless you disconnected the app at Google, the pieces are "
                "still there and count again at once. Meanwhile they are rebuilt on other Drives."
            ),
        )
    if drive.state == _STATE.LOST:
        return _("The pieces are not there any more."), _(
            "The app was disconnected, its hidden data was deleted, or the folder is gone. "
            "What is missing is rebuilt on other Drives; the office sees whether all of it can be."
        )
    if drive.state == _STATE.SUSPECT:
        return _("The Drive does not answer right now."), _("We ask again every few minutes. You need not do anything.")
    if drive.state == _STATE.DRAINING:
        return _("The office moves the pieces to other Drives."), _left(pieces)
    return _room(drive, tone)


def _room(drive: DriveAccount, tone: str) -> tuple[str, str]:
    words = {"free": size(drive.free_bytes), "cap": size(drive.cap_bytes)}
    finding = _("%(free)s of the %(cap)s you lend is free.") % words
    if drive.state == _STATE.PAUSED:
        return _("No new pieces come."), _("What is here stays and is still read.")
    if drive.ceiling_bytes is not None and drive.ceiling_bytes < drive.cap_bytes:
        return finding, _(
            "Your Google storage has less room left than you lend. We never fill it: a tenth stays yours."
        )
    if drive.state == _STATE.FULL or tone == "due":
        return finding, _("New files go to the other Drives; nothing is lost. Lend more if you have it to spare.")
    return finding, _("New files put their pieces here until it is full.")


def _leaving(drive: DriveAccount, pieces: int) -> tuple[str, str]:
    if not pieces:
        return _("All pieces have moved."), _(
            "The permission goes back to Google within a few minutes; then this Drive goes off the list."
        )
    if drive.state in lending.SHUT:
        return _("Google does not let us in, so nothing can be moved out."), _(
            "The pieces are rebuilt from the other Drives instead. It is quicker, and safer for the files, "
            "if you sign in once more."
        )
    return _left(pieces), _(
        "They move to the other Drives as long as those have room; then the permission goes back to Google. "
        "You can stop until the last one has moved."
    )


def _left(pieces: int) -> str:
    text = ngettext("%(count)s piece is still here.", "%(count)s pieces are still here.", pieces)
    return text % {"count": grouped(pieces)}


def lately(drives: list[DriveAccount]) -> list[activity.Line]:
    """What happened to these Drives last; one query."""
    rows = Activity.objects.filter(
        event__in=EVENTS,
        object_type=DriveAccount._meta.label_lower,
        object_id__in=[str(drive.uuid) for drive in drives],
    )
    return activity.lines(rows.select_related("actor", "subject").order_by("-pk")[:LATELY]) if drives else []
