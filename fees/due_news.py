"""What families are told when the office changes what they owe."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from batches.families import tell_families
from coaching.lib.money import rupees
from fees import news
from fees.models import Agreement, Concession, Due


def of_plan(agreement: Agreement, *, actor: User | None) -> None:
    """Another plan holds; `enrolment.batch` and `plan` fetched."""
    words = {"batch": agreement.enrolment.batch.name, "plan": agreement.plan.name}
    tell_families(
        [agreement.enrolment.student],
        actor=actor,
        kind=news.CHANGED,
        event_key=f"agreement:{agreement.enrolment.uuid}:{agreement.revision}",
        title=gettext_lazy("Another fee plan"),
        body=lambda: _("%(batch)s: %(plan)s") % words,
        url=reverse("fees"),
        now=agreement.made_at,
    )


def of_concession(row: Concession, paise: int, *, actor: User | None) -> None:
    """A concession was granted, of so much."""
    tell_families(
        [row.account.student],
        actor=actor,
        kind=news.CHANGED,
        event_key=f"concession:{row.uuid}:approved",
        title=gettext_lazy("A concession was granted"),
        body=lambda: _("%(type)s: %(amount)s less to pay") % {"type": row.get_type_display(), "amount": rupees(paise)},
        url=reverse("fees"),
        now=row.decided_at,
    )


def of_revocation(row: Concession, *, actor: User | None) -> None:
    """A concession was revoked."""
    words = {"reason": row.decision_note}
    tell_families(
        [row.account.student],
        actor=actor,
        kind=news.CHANGED,
        event_key=f"concession:{row.uuid}:revoked",
        title=gettext_lazy("A concession was revoked"),
        body=lambda: _("%(type)s: %(reason)s") % {**words, "type": row.get_type_display()},
        url=reverse("fees"),
    )


def of_charge(due: Due, *, actor: User | None) -> None:
    """Something else was charged; `account.student` fetched."""
    words = {"what": due.label, "amount": rupees(due.total_paise)}
    tell_families(
        [due.account.student],
        actor=actor,
        kind=news.CHANGED,
        event_key=f"due:{due.uuid}:charged",
        title=gettext_lazy("Another charge"),
        body=lambda: _("%(what)s: %(amount)s") % words,
        url=reverse("fees"),
        now=due.issued_at,
    )
