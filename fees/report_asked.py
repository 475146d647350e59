"""What somebody asks lists of fees for, in an address or a form: a batch, a state, a month, a name."""

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from batches.models import Batch
from coaching.lib.text import search_text
from coaching.lib.uuids import uuid_of
from fees import ageing, reports
from fees.models import Due
from fees.report_months import Month, day_said

NO_BATCH = "none"
IS_OPEN = Q(balance__open_paise__gt=0)
STATES: dict[str, str | Promise] = {
    "": _("All"),
    "open": _("Open"),
    "pending": _("Pending"),
    "partly": _("Partly paid"),
    "paid": _("Fully paid"),
    "overdue": _("Overdue"),
    "disputed": _("In dispute"),
    "left": _("Of students who left"),
}
AGES: dict[str, str | Promise] = {one.key: one.label for one in ageing.BUCKETS} | {ageing.COMING: ageing.NOT_YET}


class Asked:
    """The choices, checked: what is none is not asked."""

    def __init__(self, request: HttpRequest, *, now: datetime) -> None:
        given = request.POST if request.method == "POST" else request.GET
        said = given.get("batch", "")
        number = uuid_of(said) if said else None
        self.now = now
        self.batch: Batch | None = Batch.objects.filter(uuid=number).first() if number else None
        self.is_without_batch = said == NO_BATCH
        self.words = search_text(given.get("q", ""))
        self.month = Month.said(given.get("month", ""))
        self.day = day_said(given.get("on", ""))
        self.state = given.get("state", "") if given.get("state", "") in STATES.keys() | AGES.keys() else ""
        self.sort = given.get("sort", "")
        self.page = given.get("page")

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def dues(self, rows: QuerySet[Due]) -> QuerySet[Due]:
        """Those of `rows` that are asked for."""
        rows = self.of_batch(rows).filter(self._of_state())
        if self.month:
            rows = rows.filter(due_on__range=self.month.days)
        if self.words:
            rows = rows.filter(account__student__in=self.people())
        return rows

    def of_batch(self, rows: QuerySet[Due]) -> QuerySet[Due]:
        if self.batch:
            return rows.filter(enrolment__batch=self.batch)
        return rows.filter(enrolment=None) if self.is_without_batch else rows

    def people(self) -> QuerySet[User, Any]:
        """The numbers of those whom the words fit."""
        found: QuerySet[User, Any] = User.objects.search(self.words).order_by().values("pk")
        return found

    def _of_state(self) -> Q:
        bucket = ageing.bucket_of(self.state)
        if bucket:
            return IS_OPEN & bucket.days(self.today)
        return {
            "open": IS_OPEN,
            "pending": IS_OPEN & Q(balance__paid_paise=0),
            "partly": IS_OPEN & Q(balance__paid_paise__gt=0),
            "paid": Q(balance__open_paise=0, balance__paid_paise__gt=0),
            "overdue": reports.overdue(self.today),
            "disputed": IS_OPEN & Q(account__is_disputed=True),
            "left": IS_OPEN & (Q(enrolment__left_at__lte=self.now) | Q(account__student__is_active=False)),
            ageing.COMING: IS_OPEN & Q(due_on__gte=self.today),
        }.get(self.state, Q())

    @property
    def given(self) -> dict[str, str]:
        """As an address or hidden fields carry them, but for the page."""
        batch = str(self.batch.uuid) if self.batch else NO_BATCH if self.is_without_batch else ""
        said = {
            "batch": batch,
            "state": self.state,
            "month": str(self.month or ""),
            "on": f"{self.day:%Y-%m-%d}" if self.day else "",
            "q": self.words,
            "sort": self.sort,
        }
        return {name: value for name, value in said.items() if value}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.given.keys() - {"sort"})

    def address(self, **others: str) -> str:
        """What stands behind the path for these choices and `others`; "" takes one away."""
        said = {name: value for name, value in (self.given | others).items() if value}
        return f"?{urlencode(said)}" if said else ""

    @property
    def context(self) -> dict[str, Any]:
        """For the form that asks and the one that takes the list away. One query."""
        return {"asked": self, "batches": Batch.objects.order_by("name", "pk"), "no_batch": NO_BATCH}
