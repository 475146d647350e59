"""One due as the office sees it, and what the office does to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts import activity
from accounts.models import User
from batches.models import Enrolment
from coaching.lib.errors import DomainError
from fees import agreements, charging, concessions, credits, fining, states
from fees.ledger import Booking
from fees.models import Agreement, Allocation, Concession, Credit, Document, Due
from fees.plan_editor import PlanEditor


@dataclass(frozen=True, slots=True)
class DuePage:
    """`left` are its lines with what credits left of them; `growing` the fine in paise nobody issued yet."""

    label: str
    state: states.State
    left: credits.Left
    credits: Sequence[Credit]
    allocations: Sequence[Allocation]
    fines: Sequence[tuple[str, Due]]
    documents: Sequence[Document]
    growing: int


def of(due: Due, *, today: date) -> DuePage:
    """`balance` and `parent` fetched."""
    fines = due.fines.select_related("balance").order_by("pk")
    return DuePage(
        label=states.label_of(due),
        state=states.state_of(due, today=today),
        left=credits.lines_left([due])[due.pk],
        credits=list(due.credits.select_related("made_by", "concession").order_by("pk")),
        allocations=list(due.allocations.select_related("payment").order_by("pk")),
        fines=[(states.state_of(one, today=today).word, one) for one in fines],
        documents=list(due.documents.order_by("pk")),
        growing=fining.accruing([due], on=today).get(due.pk, 0),
    )


@transaction.atomic
def correct(
    due: Due,
    *,
    amount_paise: int,
    reason: str,
    form: UUID,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> Credit:
    """Take off what was charged wrongly; at once, by an admin. Raises: credits.MoreThanOpen."""
    account = charging.locked(due.account_id)
    booking = Booking(by=actor, source=charging.OFFICE, on=timezone.localdate(now), now=now)
    made = credits.credit(
        due, kind=Credit.Kind.CORRECTION, amount_paise=amount_paise, reason=reason, booking=booking, form=form
    )
    name, student = states.label_of(due), account.student
    activity.record("fees.credited", actor=actor, subject=student, on=due, request=request, name=name)
    return made


def ask_waiver(
    due: Due, given: Mapping[str, Any], is_fine: bool, *, actor: User, now: datetime, http: HttpRequest | None
) -> Concession:
    """As the form says. Raises: what `concessions.waive_request` raises."""
    amount, reason = given["amount_paise"] or 0, given["reason"]
    return concessions.waive_request(
        due, amount_paise=amount, reason=reason, late_fine=is_fine, actor=actor, now=now, http=http
    )


def agree_own(
    editor: PlanEditor, stay: Enrolment, *, actor: User, now: datetime, request: HttpRequest | None
) -> Agreement | None:
    """Write the plan and put the student on it, both or neither; None: what is wrong stands at its field."""
    try:
        with transaction.atomic():
            plan = editor.save(actor=actor, now=now, request=request)
            if plan is None:
                return None
            return agreements.agree(stay, plan=plan, reason=plan.note, actor=actor, now=now, request=request)
    except DomainError as error:
        editor.form.add_error(None, error.message)
        editor.status = error.status
        return None
