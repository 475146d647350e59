"""Changing how classes check in: the institute's rule, a batch's own, and the way of one class.

A rule counts for registers that are opened from then on; those that are open keep what they were opened with.
"""

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from attendance.models import CheckInRule, Mode, Register
from attendance.rules import RegisterRefused, require_not_frozen
from batches.models import Batch

EVENT = "check_in.rule_changed"


@transaction.atomic
def keep_rule(rule: CheckInRule, *, actor: User, request: HttpRequest) -> None:
    """Save a rule as it is in memory, the institute's or a batch's own."""
    rule.changed_by = actor
    if rule._state.adding:
        _add(rule)
    else:
        rule.save()
    activity.record(EVENT, actor=actor, on=rule.batch or rule, request=request, name=str(rule), verb="changed")


@transaction.atomic
def drop_rule(batch: Batch, *, actor: User, request: HttpRequest) -> None:
    """The batch goes by the institute's rule again; nothing happens when it does already."""
    found, _rows = CheckInRule.objects.filter(batch=batch).delete()
    if found:
        activity.record(EVENT, actor=actor, on=batch, request=request, name=batch.name, verb="dropped")


@transaction.atomic
def set_mode(register: Register, mode: Mode, *, actor: User, request: HttpRequest) -> None:
    """How this class alone checks in from now on; what was checked in stays.

    Raises: RegisterRefused once the register is closed, PeriodFrozen.
    """
    require_not_frozen(register.class_session)
    locked = Register.objects.select_for_update().get(pk=register.pk)
    if locked.is_final:
        raise RegisterRefused(_("The register of this class is closed."))
    if locked.mode == mode:
        return
    was, locked.mode = locked.mode, mode
    locked.save(update_fields=["mode"])
    register.mode = mode
    on = register.class_session
    activity.record(EVENT, actor=actor, on=on, request=request, name=str(on), verb="class", was=was, mode=str(mode))


def _add(rule: CheckInRule) -> None:
    """When somebody else has made it at the same moment, what is saved last counts."""
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
    except IntegrityError:
        rule.pk = CheckInRule.objects.get(batch=rule.batch_id).pk
        rule.save(force_update=True)
