"""How the institute bills: its tax profile and policies, fee heads, and plans of batches."""

from uuid import uuid4

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from batches.models import Batch, Enrolment
from coaching.lib.money import MOST_PAISE
from fees.tax import WHOLE_BP


class GstMode(models.TextChoices):
    """UNREGISTERED: no tax, receipts only. REGULAR: tax invoices. COMPOSITION: bills of supply, no tax collected."""

    UNREGISTERED = "UNREGISTERED", _("Not registered for GST")
    REGULAR = "REGULAR", _("Registered")
    COMPOSITION = "COMPOSITION", _("Composition scheme")


class PriceMode(models.TextChoices):
    """Whether the amounts of a plan hold the tax already."""

    INCLUSIVE = "INCLUSIVE", _("Tax is in the amounts")
    EXCLUSIVE = "EXCLUSIVE", _("Tax comes on top")


class FeeSettings(models.Model):
    """Tax profile and policies of the institute; one row, made with the first change. Read it with `current()`."""

    class SiblingWho(models.TextChoices):
        LATER = "LATER", _("The child enrolled later")
        YOUNGER = "YOUNGER", _("The younger child")

    class Order(models.TextChoices):
        FINE_FIRST = "FINE_FIRST", _("Late fine first")
        PRINCIPAL_FIRST = "PRINCIPAL_FIRST", _("Fee first")

    legal_name = models.CharField(_("legal name"), max_length=200, blank=True, help_text=_("Empty: the institute’s."))
    gst_mode = models.CharField(_("GST"), max_length=12, choices=GstMode.choices, default=GstMode.UNREGISTERED)
    gstin = models.CharField(_("GSTIN"), max_length=15, blank=True)
    state_code = models.CharField(
        _("state"), max_length=2, blank=True, help_text="Two digits, as a GSTIN begins: 27 is Maharashtra."
    )
    price_mode = models.CharField(_("prices"), max_length=9, choices=PriceMode.choices, default=PriceMode.INCLUSIVE)
    allocation_order = models.CharField(
        _("a payment goes to"), max_length=15, choices=Order.choices, default=Order.FINE_FIRST
    )
    undo_minutes = models.PositiveSmallIntegerField(
        _("a cashier may undo for"), default=15, validators=[MaxValueValidator(1440)]
    )
    bounce_paise = models.BigIntegerField(_("charge for a bounced cheque"), default=0)
    sibling_bp = models.PositiveIntegerField(_("sibling discount"), default=0, help_text="Basis points; 0: none.")
    sibling_who = models.CharField(
        _("sibling discount for"), max_length=7, choices=SiblingWho.choices, default=SiblingWho.LATER
    )
    reminder_days = models.CharField(
        _("reminders"),
        max_length=60,
        default="-3,0,3,7,15",
        blank=True,
        validators=[RegexValidator(r"^(-?\d{1,3}(,-?\d{1,3})*)?$")],
        help_text=_("Days from the due date, before it with a minus, separated by commas. Empty: none are sent."),
    )
    receipt_note = models.CharField(_("line at the foot of receipts"), max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=1, help_text="Counted up with each change, against lost updates.")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "fee_settings"
        verbose_name = _("fee settings")
        verbose_name_plural = _("fee settings")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="fee_settings_one_row"),
            models.CheckConstraint(condition=Q(gst_mode__in=GstMode.values), name="fee_settings_gst_mode"),
            models.CheckConstraint(condition=Q(price_mode__in=PriceMode.values), name="fee_settings_price_mode"),
            models.CheckConstraint(
                condition=Q(gst_mode="UNREGISTERED", gstin="") | (~Q(gst_mode="UNREGISTERED") & ~Q(gstin="")),
                name="fee_settings_gstin_when_registered",
                violation_error_message=_("Give the GSTIN, or say that the institute is not registered."),
            ),
            models.CheckConstraint(condition=Q(bounce_paise__gte=0), name="fee_settings_bounce"),
            models.CheckConstraint(condition=Q(sibling_bp__lte=WHOLE_BP), name="fee_settings_sibling"),
        ]

    def __str__(self) -> str:
        return str(_("Fee settings"))

    @classmethod
    def current(cls) -> "FeeSettings":
        """The row, or one with the defaults as long as nobody changed anything. One query."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def taxes(self) -> bool:
        """Whether tax is collected."""
        return self.gst_mode == GstMode.REGULAR


class FeeHead(models.Model):
    """What is charged for: tuition, admission, study material. Its tax treatment is copied into each plan."""

    class Use(models.TextChoices):
        FEE = "FEE", _("A fee")
        FINE = "FINE", _("Late fine")
        BOUNCE = "BOUNCE", _("Charge for a bounced cheque")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    use = models.CharField(max_length=6, choices=Use.choices, default=Use.FEE, editable=False)
    sac = models.CharField(
        _("SAC or HSN"),
        max_length=8,
        default="999293",
        blank=True,
        validators=[RegexValidator(r"^(\d{4}|\d{6}|\d{8})?$")],
    )
    gst_bp = models.PositiveIntegerField(_("GST rate"), default=1800, help_text="Basis points: 1800 is 18 %.")
    is_one_off = models.BooleanField(
        _("wholly with the first instalment"), default=False, help_text=_("As for registration or books.")
    )
    is_refundable = models.BooleanField(_("may be given back"), default=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "fee_heads"
        ordering = ("name", "pk")
        verbose_name = _("fee head")
        verbose_name_plural = _("fee heads")
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="fee_head_name_once", violation_error_message=_("There is such a fee head already.")
            ),
            models.UniqueConstraint(fields=["use"], condition=~Q(use="FEE"), name="fee_head_use_once"),
            models.CheckConstraint(condition=Q(use__in=["FEE", "FINE", "BOUNCE"]), name="fee_head_use_known"),
            models.CheckConstraint(
                condition=Q(gst_bp__lte=WHOLE_BP),
                name="fee_head_rate",
                violation_error_message=_("A rate is between 0 and 100 per cent."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FeePlan(models.Model):
    """A version of what a batch costs, and until when it is to be paid. Never changes: a change is another version.

    With `enrolment` it is one student's own (an override). Amounts hold the tax or not, as `price_mode` says.
    """

    class Fine(models.TextChoices):
        NONE = "NONE", _("No late fine")
        FLAT = "FLAT", _("Once")
        PER_DAY = "PER_DAY", _("For each day")
        PER_WEEK = "PER_WEEK", _("For each week begun")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="fee_plans", verbose_name=_("batch"))
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, null=True, blank=True, related_name="own_fee_plans", verbose_name=_("enrolment")
    )
    version = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=80)
    price_mode = models.CharField(_("prices"), max_length=9, choices=PriceMode.choices)
    total_paise = models.BigIntegerField(help_text="Sum of the lines, and of the instalments.")
    fine_kind = models.CharField(_("late fine"), max_length=8, choices=Fine.choices, default=Fine.NONE)
    fine_paise = models.BigIntegerField(_("fine"), default=0)
    fine_grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=0)
    fine_cap_paise = models.BigIntegerField(_("at most"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "fee_plans"
        ordering = ("batch", "version")
        verbose_name = _("fee plan")
        verbose_name_plural = _("fee plans")
        constraints = [
            models.UniqueConstraint(fields=["batch", "version"], name="fee_plan_version_once"),
            models.CheckConstraint(condition=Q(price_mode__in=PriceMode.values), name="fee_plan_price_mode"),
            models.CheckConstraint(condition=Q(total_paise__gt=0, total_paise__lte=MOST_PAISE), name="fee_plan_total"),
            models.CheckConstraint(
                condition=Q(fine_kind="NONE", fine_paise=0)
                | Q(fine_kind__in=["FLAT", "PER_DAY", "PER_WEEK"], fine_paise__gt=0),
                name="fee_plan_fine",
            ),
            models.CheckConstraint(condition=Q(fine_cap_paise=None) | Q(fine_cap_paise__gte=0), name="fee_plan_cap"),
        ]

    def __str__(self) -> str:
        return f"{self.batch} · {self.name}"


class FeePlanLine(models.Model):
    """An amount of a plan for one head, with the head's tax treatment as it was then."""

    plan = models.ForeignKey(FeePlan, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    head = models.ForeignKey(FeeHead, models.PROTECT, related_name="plan_lines")
    amount_paise = models.BigIntegerField()
    sac = models.CharField(max_length=8, blank=True)
    gst_bp = models.PositiveIntegerField()
    is_one_off = models.BooleanField(default=False)
    is_refundable = models.BooleanField(default=True)

    class Meta:
        db_table = "fee_plan_lines"
        ordering = ("plan", "position")
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="fee_plan_line_position_once"),
            models.UniqueConstraint(fields=["plan", "head"], name="fee_plan_line_head_once"),
            models.CheckConstraint(condition=Q(amount_paise__gt=0), name="fee_plan_line_amount"),
            models.CheckConstraint(condition=Q(gst_bp__lte=WHOLE_BP), name="fee_plan_line_rate"),
        ]

    def __str__(self) -> str:
        return f"{self.head} · {self.amount_paise}"


class FeePlanInstalment(models.Model):
    """A part of a plan, due on a day or so many days after joining."""

    plan = models.ForeignKey(FeePlan, models.PROTECT, related_name="instalments")
    seq = models.PositiveSmallIntegerField()
    amount_paise = models.BigIntegerField()
    due_on = models.DateField(null=True, blank=True)
    days_after = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(1500)]
    )

    class Meta:
        db_table = "fee_plan_instalments"
        ordering = ("plan", "seq")
        constraints = [
            models.UniqueConstraint(fields=["plan", "seq"], name="fee_plan_instalment_seq_once"),
            models.CheckConstraint(condition=Q(amount_paise__gt=0), name="fee_plan_instalment_amount"),
            models.CheckConstraint(
                condition=Q(due_on=None, days_after__isnull=False) | Q(due_on__isnull=False, days_after=None),
                name="fee_plan_instalment_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} · {self.seq}"


class PlanOffer(models.Model):
    """A plan a batch can be joined with; points at its newest version. One is what an enrolment gets by itself.

    offered ⇄ withdrawn.
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="plan_offers")
    plan = models.OneToOneField(FeePlan, models.PROTECT, related_name="offer")
    name = models.CharField(max_length=80)
    is_default = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    offered_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "fee_plan_offers"
        ordering = ("batch", "-is_default", "name")
        verbose_name = _("offered plan")
        verbose_name_plural = _("offered plans")
        constraints = [
            models.UniqueConstraint(
                F("batch"),
                Lower("name"),
                name="fee_plan_offer_name_once",
                violation_error_message=_("This batch has a plan of this name already."),
            ),
            models.UniqueConstraint(
                fields=["batch"], condition=Q(is_default=True, withdrawn_at=None), name="fee_plan_offer_default_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch} · {self.name}"
