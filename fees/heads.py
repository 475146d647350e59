"""Fee heads: what is charged for, with its tax treatment.

A plan copies the treatment, so a changed head counts for plans written from then on. Two heads are the product's own,
for late fines and bounced cheques; they are made with the first use and can be renamed, never archived.
"""

from collections.abc import Iterable
from datetime import datetime

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
ITS_NAME = {FeeHead.Use.FINE: gettext_lazy("Late fine"), FeeHead.Use.BOUNCE: gettext_lazy("Bounced cheque")}
STARTERS = {
    "tuition": (gettext_lazy("Tuition"), {}),
    "admission": (gettext_lazy("Admission"), {"is_one_off": True, "is_refundable": False}),
    "material": (gettext_lazy("Study material"), {"is_one_off": True}),
}
"""Offered while there is no head, so that the first plan needs no other page; made when a plan takes one."""


class HeadRefused(DomainError):
    """The head cannot be kept like this, or must stay."""

    code = "head_refused"


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
    name, fields = STARTERS[key]
    known = FeeHead.objects.filter(name__iexact=str(name), use=FeeHead.Use.FEE, archived_at=None).first()
    if known is not None:
        return known
    head = FeeHead(name=str(name), **fields)
    keep_head(head, changed=[], actor=actor, request=request)
    return head


@transaction.atomic
def keep_head(head: FeeHead, *, changed: list[str], actor: User, request: HttpRequest | None = None) -> None:
    """Save a head as it is in memory, a new one or with what was `changed` (names of fields).

    Plans that exist keep the treatment they were written with. Raises: HeadRefused when there is one of its name.
    """
    is_new = head._state.adding
    try:
        with transaction.atomic():
            head.save(update_fields=None if is_new else changed)
    except IntegrityError as clash:
        raise HeadRefused(_("There is such a fee head already.")) from clash
    verb = "added" if is_new else "changed"
    activity.record(EVENT, actor=actor, on=head, request=request, name=head.name, verb=verb, fields=sorted(changed))


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


def still_offered(heads: Iterable[FeeHead]) -> bool:
    """Whether a plan can be written with all of them now."""
    wanted = {one.pk for one in heads}
    return offered().filter(pk__in=wanted).count() == len(wanted)
