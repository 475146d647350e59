"""People, what a member of staff may do beyond his role, and whose guardian somebody is."""

import unicodedata
import uuid
from datetime import date
from typing import Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower, Replace
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coaching.lib.text import composed

ADULT_YEARS = 18
PHONE_DIGITS = 6
"""From this many on, digits are looked for in phone numbers, however those are spaced."""


class Role(models.TextChoices):
    """What a person is to the institute; it alone decides what he may do."""

    ADMIN = "ADMIN", _("Admin")
    TEACHER = "TEACHER", _("Teacher")
    STAFF = "STAFF", _("Staff")
    STUDENT = "STUDENT", _("Student")
    GUARDIAN = "GUARDIAN", _("Guardian")


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> Self:
        """People who may come in."""
        return self.filter(is_active=True)

    def known_as(self, identifier: str) -> Self:
        """The person with this e-mail address or, without an @, this admission number, in any case."""
        identifier = composed(identifier.strip())
        if "@" in identifier:
            return self.filter(email__iexact=identifier)
        return self.filter(admission_number__iexact=identifier)

    def for_user(self, user: "User") -> Self:
        """Whom this person may look up: an admin everybody, a guardian his students, everybody himself."""
        if user.is_admin:
            return self
        return self.filter(Q(pk=user.pk) | Q(guardian_links__guardian=user, role=Role.STUDENT)).distinct()

    def search(self, words: str) -> Self:
        """People whose name, e-mail address, admission number or phone contains every word, or whose phone it is."""
        whole = Q()
        for word in words.split():
            whole &= (
                Q(name__icontains=word)
                | Q(email__icontains=word)
                | Q(admission_number__icontains=word)
                | Q(phone__contains=word)
            )
        digits = "".join(str(unicodedata.decimal(sign)) for sign in words if sign.isdecimal())
        if len(digits) < PHONE_DIGITS or any(sign.isalpha() for sign in words):
            return self.filter(whole)
        bare = Replace(Replace("phone", Value(" ")), Value("-"))
        return self.alias(bare_phone=bare).filter(whole | Q(bare_phone__contains=digits[-10:]))


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes people; a person made without a password cannot sign in with one until he sets it."""

    use_in_migrations = False

    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> "User":
        """A person, a student unless `role` says otherwise. Raises: IntegrityError when the identity is taken."""
        user: User = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str | None = None, password: str | None = None, **fields: Any) -> "User":
        """An admin (what Django's own command asks for)."""
        return self.create_user(email, password, **{**fields, "role": Role.ADMIN})

    def get_by_natural_key(self, username: str | None) -> "User":
        """By e-mail address, in any case. Raises: User.DoesNotExist."""
        person: User = self.get(email__iexact=username)
        return person


class User(AbstractBaseUser, PermissionsMixin):
    """A person: known by an e-mail address or, a student, by an admission number. active ⇄ deactivated."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("Like the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
    admission_number = models.CharField(_("admission number"), max_length=40, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.STUDENT)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    date_of_birth = models.DateField(_("birth date"), null=True, blank=True)
    teaches = models.BooleanField(_("also teaches"), default=False, help_text=_("An admin who takes classes himself."))
    is_active = models.BooleanField(_("may sign in"), default=True)
    theme = models.CharField(_("theme"), max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    language = models.CharField(
        _("language"), max_length=8, choices=settings.LANGUAGES, blank=True, help_text=_("Empty: the browser's.")
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    photo_tag = ""
    """Of the photo to be shown; set by `accounts.photos.with_tags`, no column."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        db_table = "users"
        ordering = ("name", "pk")
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [models.Index(fields=["role", "name", "id"], name="user_role_name")]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message=_("Somebody with this e-mail address is already here."),
            ),
            models.UniqueConstraint(
                Lower("admission_number"),
                name="user_admission_number_once",
                violation_error_message=_("Somebody with this admission number is already here."),
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(role=Role.STUDENT, admission_number__isnull=False),
                name="user_is_known_by_something",
                violation_error_message=_("Give an e-mail address; a student may have an admission number instead."),
            ),
            models.CheckConstraint(
                condition=~Q(email="") & ~Q(admission_number="") & ~Q(admission_number__contains="@"),
                name="user_identity_well_formed",
                violation_error_message=_("An admission number has no @ in it."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values),
                name="user_role_known",
                violation_error_message=_("Choose a role."),
            ),
            models.CheckConstraint(
                condition=Q(teaches=False) | Q(role=Role.ADMIN),
                name="user_teaches_is_for_admins",
                violation_error_message=_("Only an admin also teaches; a teacher does so by his role."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.identifier

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Nothing typed means null, so that the unique constraints do not count it; all is kept composed.

        An address somebody no longer has must not let him in: allauth's own list of addresses follows.
        """
        self.name = composed(self.name)
        self.email = composed((self.email or "").strip().lower()) or None
        self.admission_number = composed((self.admission_number or "").strip()) or None
        is_new = self._state.adding
        super().save(*args, **kwargs)
        if not is_new and "email" in (kwargs.get("update_fields") or ("email",)):
            apps.get_model("account", "EmailAddress").objects.filter(user=self).exclude(email=self.email or "").delete()

    @property
    def identifier(self) -> str:
        """What the person types to sign in."""
        return self.email or self.admission_number or ""

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def is_teacher(self) -> bool:
        """Whether classes may be given to this person: a teacher, or an admin who also teaches."""
        return self.role == Role.TEACHER or (self.is_admin and self.teaches)

    def is_minor(self, *, on: date) -> bool:
        """Whether the person is under 18 on that day; nobody is taken for a minor whose birth date is not known."""
        born = self.date_of_birth
        return born is not None and (on.year - born.year - ((on.month, on.day) < (born.month, born.day))) < ADULT_YEARS

    def may(self, kind: "Grant.Kind") -> bool:
        """Whether this person may do what the grant names: every admin, and whoever of its roles was given it."""
        return self.is_admin or (self.role in Grant.ROLES[kind] and self.grants.filter(kind=kind).exists())

    @property
    def is_staff(self) -> bool:
        """Django's word for "may open the Django admin"."""
        return self.is_admin

    @property
    def is_superuser(self) -> bool:  # type: ignore[override]
        """Django's word for "every permission": an admin. No column, so that the role stays the only truth."""
        return self.is_admin

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ", 1)[0]


class Grant(models.Model):
    """One thing a member of staff, or a teacher, may do; whoever has no grant only sees his own pages."""

    class Kind(models.TextChoices):
        CASHIER = "CASHIER", _("Cashier")
        FEE_STATUS = "FEE_STATUS", _("Sees fee status")
        MODERATION = "MODERATION", _("Moderates chat")

    ROLES: ClassVar[dict[str, frozenset[str]]] = {
        Kind.CASHIER: frozenset({Role.STAFF}),
        Kind.FEE_STATUS: frozenset({Role.STAFF, Role.TEACHER}),
        Kind.MODERATION: frozenset({Role.STAFF}),
    }
    """To whom each may be given."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants", verbose_name=_("person"))
    kind = models.CharField(_("may do"), max_length=12, choices=Kind.choices)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    given_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "grants"
        ordering = ("kind",)
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="grant_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["CASHIER", "FEE_STATUS", "MODERATION"]), name="grant_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return str(Grant.Kind(self.kind).label)


class Guardianship(models.Model):
    """Somebody, of whatever role, is the guardian of a student; he may have several, and so may the student."""

    guardian = models.ForeignKey(User, models.CASCADE, related_name="guardianships", verbose_name=_("guardian"))
    student = models.ForeignKey(User, models.CASCADE, related_name="guardian_links", verbose_name=_("student"))
    relation = models.CharField(_("relation"), max_length=40, blank=True, help_text=_("Mother, father, uncle …"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "guardianships"
        ordering = ("student__name", "pk")
        verbose_name = _("guardianship")
        verbose_name_plural = _("guardianships")
        constraints = [
            models.UniqueConstraint(
                fields=["guardian", "student"],
                name="guardianship_once",
                violation_error_message=_("This person is this student's guardian already."),
            ),
            models.CheckConstraint(
                condition=~Q(guardian=models.F("student")),
                name="guardianship_of_another",
                violation_error_message=_("Nobody is his own guardian."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guardian} → {self.student}"
