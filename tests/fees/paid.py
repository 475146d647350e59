"""Money taken at the counter, by the services."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from accounts.models import User
from fees import issuing, payments
from fees.models import Agreement, Due, FeePlan, FeeSettings, Mode, Payment
from tests.fees import made


def pay(paise: int, *, student: User | None = None, actor: User | None = None, **fields: object) -> Payment:
    """Cash unless said otherwise, for what is due unless `wanted` says what."""
    values = {"mode": Mode.CASH, "now": timezone.now(), "form_token": uuid4(), **fields}
    return payments.record(made.account(student), amount_paise=paise, actor=actor or made.the_cashier(), **values)  # type: ignore[arg-type]


def settings(**fields: object) -> FeeSettings:
    """The institute's policies, with these changed."""
    return FeeSettings.objects.update_or_create(pk=1, defaults=fields)[0]


def fined(days: int, paise: int = 10000, *, student: User | None = None) -> Due:
    """An instalment due in so many days that costs a rupee for each day it is late."""
    stay = made.enrolment(student)
    account = made.account(stay.student)
    agreement = Agreement.objects.filter(enrolment=stay).first()
    if agreement is None:
        plan = made.plan(stay.batch, (paise, 0), fine_kind=FeePlan.Fine.PER_DAY, fine_paise=100)
        agreement = Agreement.objects.create(enrolment=stay, account=account, plan=plan)
    on = timezone.localdate() + timedelta(days=days)
    line = issuing.line(made.head(), paise, issuing.regime(FeeSettings.current(), account, None))
    draft = issuing.Draft(on, [line], part=1, parts=1)
    return issuing.issue(
        account, [draft], booking=made.booking(), supply_state="", enrolment=stay, agreement=agreement
    )[0]
