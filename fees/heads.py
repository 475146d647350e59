"""Fee heads: what is charged for, with its tax treatment.

A plan copies the treatment, so a changed head counts for plans written from then on. Two heads are the product's own,
for late fines and bounced cheques; they are made with the first use and can be renamed, never archived.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from fees.models import FeeHead

EVENT = "fees.head"
COACHING = "999293"
"""SAC of commercial training and coaching."""
ITS_NAME = {FeeHead.Use.FINE: gettext_lazy("Late fine"), FeeHead.Use.BOUNCE: gettext_lazy("Bounced cheque")}


class HeadRefused(DomainError):
    """The head cannot be kept like this; `field` names what is wrong."""

    code = "head_refused"
    field: ClassVar[str] = "name"


@dataclass(frozen=True, slots=True)
class Details:
    """What of a head people may change. `gst_bp` in basis points."""

    name: str
    sac: str = COACHING
    gst_bp: int = 1800
    is_one_off: bool = False
    is_refundable: bool = True


STARTERS = {
    "tuition": (gettext_lazy("Tuition"), Details("")),
    "admission": (gettext_lazy("Admission"), Details("", is_one_off=True, is_refundable=False)),
    "material": (gettext_lazy("Study material"), Details("", is_one_off=True)),
}
"""Offered while there is no head, so that the first plan needs no other page; made when a plan takes one."""


def offered() -> QuerySet[FeeHead]:
    """Those a plan can be written with: fees that are not archived."""
    return FeeHead.objects.filter(use=FeeHead.Use.FEE, archived_at=None).order_by("name", "pk")


def listed() -> QuerySet[FeeHead]:
    """All, those in use first, each with `plans`: how many plans name it."""
    return FeeHead.objects.annotate(plans=Count("plan_lines")).order_by("archived_at", "name", "pk")


def of_use(use: str) -> FeeHead:
    """The product's own head for late fines or bounced cheques; made with the first call."""
    known = FeeHead.objects.filter(use=use).first()
    if known is not None:
        return known
    name = str(ITS_NAME[FeeHead.Use(use)])
    if FeeHead.objects.filter(name__iexact=name).exists():
        name = _("%(name)s (charge)") % {"name": name}
    return FeeHead.objects.get_or_create(use=use, defaults={"name": name})[0]


def starter(key: str, *, actor: User, request: HttpRequest | None = None) -> FeeHead:
    """The head offered under that key, made unless there is one of its name."""
    name, details = STARTERS[key]
    known = FeeHead.objects.filter(name__iexact=str(name), use=FeeHead.Use.FEE).first()
    return known or add_head(replace(details, name=str(name)), actor=actor, request=request)


def details_of(head: FeeHead) -> Details:
    """As the head is now."""
    return Details(*(getattr(head, one.name) for one in fields(Details)))


@transaction.atomic
def add_head(details: Details, *, actor: User, request: HttpRequest | None = None) -> FeeHead:
    """Make one. Raises: HeadRefused when there is one of its name."""
    head = FeeHead()
    _keep(head, details)
    activity.record(EVENT, actor=actor, on=head, request=request, name=head.name, verb="added")
    return head


@transaction.atomic
def change_head(
    head: FeeHead, details: Details, *, seen: Details, actor: User, request: HttpRequest | None = None
) -> list[str]:
    """Keep what was typed over what was `seen`; the names of what changed.

    Plans that exist keep the treatment they were written with. Raises: HeadRefused.
    """
    locked = FeeHead.objects.select_for_update().get(pk=head.pk)
    if details_of(locked) != seen:
        raise HeadRefused(_("Somebody changed this in the meantime, so nothing was saved. Open the page again."))
    changed = [one.name for one in fields(Details) if getattr(seen, one.name) != getattr(details, one.name)]
    if changed:
        _keep(locked, details)
        activity.record(
            EVENT, actor=actor, on=locked, request=request, name=locked.name, verb="changed", fields=changed
        )
    return changed


@transaction.atomic
def archive_head(head: FeeHead, *, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """No plan is written with it any more; those that are keep it. Raises: HeadRefused for the product's own two."""
    if head.use != FeeHead.Use.FEE:
        raise HeadRefused(_("%(name)s is used by the product itself and stays.") % {"name": head.name})
    if FeeHead.objects.filter(pk=head.pk, archived_at=None).update(archived_at=now):
        activity.record(EVENT, actor=actor, on=head, request=request, name=head.name, verb="archived")


@transaction.atomic
def restore_head(head: FeeHead, *, actor: User, request: HttpRequest | None = None) -> None:
    """Plans can be written with it again."""
    if FeeHead.objects.filter(pk=head.pk, archived_at__isnull=False).update(archived_at=None):
        activity.record(EVENT, actor=actor, on=head, request=request, name=head.name, verb="restored")


def _keep(head: FeeHead, details: Details) -> None:
    for one in fields(Details):
        setattr(head, one.name, getattr(details, one.name))
    try:
        with transaction.atomic():
            head.save()
    except IntegrityError as clash:
        raise HeadRefused(_("There is such a fee head already.")) from clash


def still_offered(heads: Iterable[FeeHead]) -> bool:
    """Whether a plan can be written with all of them now."""
    wanted = {one.pk for one in heads}
    return offered().filter(pk__in=wanted).count() == len(wanted)
