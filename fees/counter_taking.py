"""The form of the counter filled for a student: with what is usual, as it was sent, or as it was refused."""

import uuid
from datetime import date, datetime

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.models import User
from coaching.lib.errors import DomainError
from coaching.lib.uuids import uuid_of
from fees import counter_page, payable
from fees.counter_forms import TakeForm
from fees.models import Mode, Payment, StudentAccount
from fees.receiving import FormUsed


def fresh(account: StudentAccount | None, *, now: datetime) -> TakeForm:
    """With everything that is due picked."""
    today = timezone.localdate(now)
    rows = payable.rows(account, on=today) if account else []
    return TakeForm(None, rows=rows, chosen=counter_page.usual(rows, today=today))


def sent(posted: QueryDict, account: StudentAccount, *, now: datetime) -> TakeForm:
    """As it was sent, on what can be paid now; one that was recorded already is taken as it is."""
    token = uuid_of(posted.get("token", ""))
    if token and Payment.objects.filter(form_token=token).exists():
        return TakeForm(posted, rows=None)
    return _on_rows(posted, account, now)


def refused(
    form: TakeForm, posted: QueryDict, account: StudentAccount, error: DomainError | None, *, now: datetime
) -> TakeForm:
    """With what was typed, on rows as they are now, and why it was refused. A token that was used up is replaced."""
    if error is not None or form.is_as_sent:
        if isinstance(error, FormUsed) or form.is_as_sent:
            posted = posted.copy()
            posted["token"] = str(uuid.uuid4())
        form = _on_rows(posted, account, now)
        form.is_valid()
    if error is not None:
        form.say(error.message, getattr(error, "field", ""))
    elif not form.errors:
        form.say(_("This form recorded a payment already. Look at the receipts before you record another one."))
    return form


def of(student: User) -> StudentAccount | None:
    """His account, when he has one: looking makes none."""
    account = StudentAccount.objects.filter(student=student).first()
    if account is not None:
        account.student = student
    return account


def _on_rows(posted: QueryDict, account: StudentAccount, now: datetime) -> TakeForm:
    return TakeForm(posted, rows=payable.rows(account, on=_day(posted, now)))


def _day(posted: QueryDict, now: datetime) -> date:
    """On which day the money came: fines are those of then. Cash comes today."""
    today = timezone.localdate(now)
    if posted.get("mode") == Mode.CASH:
        return today
    try:
        return min(parse_date(posted.get("received_on", "")) or today, today)
    except ValueError:
        return today
