"""What a student owes: his account, what was agreed, dues, and what takes from them without money."""

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Grant, User
from batches.models import Enrolment
from coaching.lib.money import MOST_PAISE
from fees.models.setup import FeeHead, FeePlan
from fees.tax import WHOLE_BP


def whose(user: User) -> Q | None:
    """Of which students somebody sees the money, as a condition on users; None: of all.

    Admins and cashiers all, students their own, guardians their children's, whatever their role.
    """
    if user.may(Grant.Kind.CASHIER):
        return None
    return Q(pk=user.pk) | Q(guardian_links__guardian=user)


class StudentAccountQuerySet(models.QuerySet["StudentAccount"]):
    def for_user(self, user: User) -> Self:
        """All for admins and cashiers, a student's own, a guardian's children's."""
        seen = whose(user)
        if seen is None:
            return self
        return self.filter(student__in=User.objects.filter(seen).order_by().values("pk"))


class StudentAccount(models.Model):
    """A student as a payer. Whatever changes his money locks this row first."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    student = models.OneToOneField(User, models.PROTECT, related_name="fee_account")
    state_code = models.CharField(
        _("state"), max_length=2, blank=True, help_text=_("Empty: the institute’s. Decides the tax of online batches.")
    )
    gstin = models.CharField(_("GSTIN of who pays"), max_length=15, blank=True)
    bill_to = models.CharField(_("bills are for"), max_length=200, blank=True, help_text=_("Empty: the student."))
    is_disputed = models.BooleanField(_("in dispute"), default=False, help_text=_("No reminders are sent."))
    note = models.TextField(_("note of the office"), max_length=1000, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = StudentAccountQuerySet.as_manager()

    class Meta:
        db_table = "fee_accounts"
        ordering = ("student__name", "pk")
        verbose_name = _("fee account")
        verbose_name_plural = _("fee accounts")

    def __str__(self) -> str:
        return str(self.student)


class Agreement(models.Model):
    """By which plan an enrolment is charged. Never changes: another plan is another revision, the last one holds."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="fee_agreements")
    account = models.ForeignKey(StudentAccount, models.PROTECT, related_name="agreements")
    plan = models.ForeignKey(FeePlan, models.PROTECT, related_name="agreements")
    revision = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "fee_agreements"
        ordering = ("enrolment", "revision")
        verbose_name = _("fee agreement")
        verbose_name_plural = _("fee agreements")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "revision"], name="fee_agreement_revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.plan}"


class DueQuerySet(models.QuerySet["Due"]):
    def for_user(self, user: User) -> Self:
        """Those of the accounts somebody sees."""
        seen = whose(user)
        if seen is None:
            return self
        return self.filter(account__student__in=User.objects.filter(seen).order_by().values("pk"))

    def open(self) -> Self:
        """Of which something is left to pay."""
        return self.filter(balance__open_paise__gt=0)


class Due(models.Model):
    """An amount a student owes from a day on. Never changes once issued: less is a credit, more another due.

    Its state is derived: UPCOMING → DUE → OVERDUE by the day, PART_PAID, PAID, CREDITED (nothing was paid, nothing is
    left). `fees.states` says it. `balance` holds the sums.
    """

    class Kind(models.TextChoices):
        INSTALMENT = "INSTALMENT", _("Instalment")
        FINE = "FINE", _("Late fine")
        BOUNCE = "BOUNCE", _("Bounced cheque")
        OTHER = "OTHER", _("Other charge")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(StudentAccount, models.PROTECT, related_name="dues")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, null=True, related_name="dues")
    agreement = models.ForeignKey(Agreement, models.PROTECT, null=True, related_name="dues")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    seq = models.PositiveIntegerField(help_text="From 1 within enrolment and kind; without enrolment, within account.")
    part = models.PositiveSmallIntegerField(default=0, help_text="Which instalment this is, from 1; 0: none.")
    parts = models.PositiveSmallIntegerField(default=0, help_text="Of how many.")
    label = models.CharField(max_length=120, blank=True, help_text="Of OTHER, as typed; of the rest made when shown.")
    due_on = models.DateField(_("due on"))
    taxable_paise = models.BigIntegerField()
    cgst_paise = models.BigIntegerField(default=0)
    sgst_paise = models.BigIntegerField(default=0)
    igst_paise = models.BigIntegerField(default=0)
    total_paise = models.BigIntegerField()
    supply_state = models.CharField(max_length=2, blank=True, help_text="Place of supply; empty without tax profile.")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="fines", help_text="Of a fine, what was paid late."
    )
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    source = models.CharField(max_length=20, help_text="What issued it: enrolment, repair, counter, office, bounce.")
    issued_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = DueQuerySet.as_manager()

    class Meta:
        db_table = "fees"
        ordering = ("due_on", "pk")
        verbose_name = _("due")
        verbose_name_plural = _("dues")
        indexes = [
            models.Index(fields=["account", "due_on"], name="fee_due_of_account"),
            models.Index(fields=["due_on", "account"], name="fee_due_by_day"),
            models.Index(fields=["enrolment", "due_on"], name="fee_due_of_enrolment"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "kind", "seq"], name="fee_due_seq_once"),
            models.UniqueConstraint(
                fields=["account", "kind", "seq"], condition=Q(enrolment=None), name="fee_due_of_account_seq_once"
            ),
            models.CheckConstraint(
                condition=Q(total_paise=F("taxable_paise") + F("cgst_paise") + F("sgst_paise") + F("igst_paise")),
                name="fee_due_adds_up",
            ),
            models.CheckConstraint(condition=Q(total_paise__gt=0, total_paise__lte=MOST_PAISE), name="fee_due_total"),
            models.CheckConstraint(
                condition=Q(taxable_paise__gte=0, cgst_paise__gte=0, igst_paise__gte=0)
                & Q(sgst_paise=F("cgst_paise"))
                & (Q(cgst_paise=0) | Q(igst_paise=0)),
                name="fee_due_tax",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["INSTALMENT", "BOUNCE", "OTHER"], parent=None)
                | Q(kind="FINE", parent__isnull=False),
                name="fee_due_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.part or self.seq}"


class DueLine(models.Model):
    """The part of a due for one head; the lines add up to the due in every column. Never changes."""

    due = models.ForeignKey(Due, models.PROTECT, related_name="lines")
    head = models.ForeignKey(FeeHead, models.PROTECT, related_name="due_lines")
    sac = models.CharField(max_length=8, blank=True)
    gst_bp = models.PositiveIntegerField(help_text="0 where no tax is collected.")
    taxable_paise = models.BigIntegerField()
    cgst_paise = models.BigIntegerField(default=0)
    sgst_paise = models.BigIntegerField(default=0)
    igst_paise = models.BigIntegerField(default=0)
    total_paise = models.BigIntegerField()

    class Meta:
        db_table = "fee_due_lines"
        ordering = ("due", "pk")
        constraints = [
            models.UniqueConstraint(fields=["due", "head"], name="fee_due_line_head_once"),
            models.CheckConstraint(
                condition=Q(total_paise=F("taxable_paise") + F("cgst_paise") + F("sgst_paise") + F("igst_paise")),
                name="fee_due_line_adds_up",
            ),
            models.CheckConstraint(condition=Q(total_paise__gt=0), name="fee_due_line_total"),
        ]

    def __str__(self) -> str:
        return f"{self.due} · {self.head}"


class DueBalance(models.Model):
    """What was paid and credited of a due so far. Kept by triggers on allocations and credits, never by hand.

    The check is the ceiling: neither money nor credits can exceed the due, whoever writes and from how many threads.
    """

    due = models.OneToOneField(Due, models.PROTECT, related_name="balance", primary_key=True)
    total_paise = models.BigIntegerField()
    paid_paise = models.BigIntegerField(default=0)
    credited_paise = models.BigIntegerField(default=0)
    open_paise = models.GeneratedField(
        expression=F("total_paise") - F("paid_paise") - F("credited_paise"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta:
        db_table = "fee_balances"
        indexes = [
            models.Index(fields=["due"], condition=Q(open_paise__gt=0), name="fee_balance_open"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(paid_paise__gte=0, credited_paise__gte=0), name="fee_balance_parts"),
            models.CheckConstraint(
                condition=Q(total_paise__gte=F("paid_paise") + F("credited_paise")), name="fee_balance_ceiling"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_id}: {self.open_paise}"


class Concession(models.Model):
    """Somebody pays less, for a reason. Who asks for it never decides about it.

    REQUESTED → APPROVED → REVOKED; REQUESTED → REJECTED | WITHDRAWN. For an enrolment, or (a waiver) for one due.
    """

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", _("Waits for approval")
        APPROVED = "APPROVED", _("Approved")
        REJECTED = "REJECTED", _("Rejected")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        REVOKED = "REVOKED", _("Revoked")

    class Type(models.TextChoices):
        SCHOLARSHIP = "SCHOLARSHIP", _("Scholarship")
        SIBLING = "SIBLING", _("Sibling")
        EARLY_BIRD = "EARLY_BIRD", _("Early bird")
        STAFF_WARD = "STAFF_WARD", _("Child of staff")
        HARDSHIP = "HARDSHIP", _("Hardship")
        WAIVER = "WAIVER", _("Waiver")
        OTHER = "OTHER", _("Other")

    class Kind(models.TextChoices):
        PERCENT = "PERCENT", _("Per cent")
        AMOUNT = "AMOUNT", _("Amount")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(StudentAccount, models.PROTECT, related_name="concessions")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, null=True, blank=True, related_name="concessions")
    due = models.ForeignKey(Due, models.PROTECT, null=True, blank=True, related_name="concessions")
    head = models.ForeignKey(
        FeeHead, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only of")
    )
    type = models.CharField(_("what for"), max_length=12, choices=Type.choices)
    kind = models.CharField(_("how much"), max_length=7, choices=Kind.choices)
    bp = models.PositiveIntegerField(default=0, help_text="Basis points, of PERCENT.")
    amount_paise = models.BigIntegerField(default=0, help_text="Of AMOUNT.")
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(max_length=9, choices=State.choices, default=State.REQUESTED)
    valid_until = models.DateField(_("for dues until"), null=True, blank=True)
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decision_note = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "fee_concessions"
        ordering = ("-requested_at", "-pk")
        verbose_name = _("concession")
        verbose_name_plural = _("concessions")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(requested_by=None) | ~Q(decided_by=F("requested_by")),
                name="fee_concession_two_people",
                violation_error_message=_("Somebody else decides about it."),
            ),
            models.CheckConstraint(condition=Q(bp__lte=WHOLE_BP), name="fee_concession_percent"),
            models.CheckConstraint(
                condition=Q(kind="PERCENT", bp__gt=0, amount_paise=0) | Q(kind="AMOUNT", bp=0, amount_paise__gt=0),
                name="fee_concession_how_much",
            ),
            models.CheckConstraint(
                condition=Q(enrolment__isnull=False, due=None) | Q(enrolment=None, due__isnull=False),
                name="fee_concession_target",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["REQUESTED", "WITHDRAWN"]) | Q(decided_at__isnull=False),
                name="fee_concession_decided",
            ),
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(type="SIBLING", state__in=["REQUESTED", "APPROVED"]),
                name="fee_concession_sibling_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_type_display())


class Credit(models.Model):
    """An amount taken from a due without money. Never changes; what was credited wrongly is charged by another due."""

    class Kind(models.TextChoices):
        CONCESSION = "CONCESSION", _("Concession")
        WAIVER = "WAIVER", _("Waived")
        WITHDRAWAL = "WITHDRAWAL", _("Left the batch")
        REPLACED = "REPLACED", _("Replaced by another plan")
        CORRECTION = "CORRECTION", _("Correction")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    due = models.ForeignKey(Due, models.PROTECT, related_name="credits")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    concession = models.ForeignKey(Concession, models.PROTECT, null=True, related_name="credits")
    taxable_paise = models.BigIntegerField()
    cgst_paise = models.BigIntegerField(default=0)
    sgst_paise = models.BigIntegerField(default=0)
    igst_paise = models.BigIntegerField(default=0)
    amount_paise = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    source = models.CharField(max_length=20)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "fee_credits"
        ordering = ("at", "pk")
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        constraints = [
            models.UniqueConstraint(fields=["concession", "due"], name="fee_credit_once_for_a_due"),
            models.CheckConstraint(condition=Q(amount_paise__gt=0), name="fee_credit_amount"),
            models.CheckConstraint(
                condition=Q(amount_paise=F("taxable_paise") + F("cgst_paise") + F("sgst_paise") + F("igst_paise")),
                name="fee_credit_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.amount_paise}"


class Reminder(models.Model):
    """A family was reminded of a due, once for each kind and day."""

    due = models.ForeignKey(Due, models.PROTECT, related_name="reminders")
    kind = models.CharField(max_length=10, help_text="BEFORE, ON, AFTER, or HAND when the office sent it.")
    on = models.DateField()
    open_paise = models.BigIntegerField(help_text="What was left to pay then.")
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "fee_reminders"
        ordering = ("-at", "-pk")
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["due", "kind", "on"], name="fee_reminder_once"),
            models.CheckConstraint(condition=Q(kind__in=["BEFORE", "ON", "AFTER", "HAND"]), name="fee_reminder_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.due} · {self.on}"
