"""People, the activity log and the marks of the master keys in use."""

import uuid
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ACTIVITY_KEPT = timedelta(days=365)


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
        identifier = identifier.strip()
        if "@" in identifier:
            return self.filter(email__iexact=identifier)
        return self.filter(admission_number__iexact=identifier)

    def search(self, words: str) -> Self:
        """People whose name, e-mail address or admission number contains every word."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__icontains=word) | Q(email__icontains=word) | Q(admission_number__icontains=word)
            )
        return found


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
    is_active = models.BooleanField(_("may sign in"), default=True)
    theme = models.CharField(_("theme"), max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    language = models.CharField(
        _("language"), max_length=8, choices=settings.LANGUAGES, blank=True, help_text=_("Empty: the browser's.")
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

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
        ]

    def __str__(self) -> str:
        return self.name or self.identifier

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Nothing typed means null, so that the unique constraints do not count it.

        An address somebody no longer has must not let him in: allauth's own list of addresses follows.
        """
        self.email = (self.email or "").strip().lower() or None
        self.admission_number = (self.admission_number or "").strip() or None
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


class ActivityQuerySet(models.QuerySet["Activity"]):
    def about(self, user: User) -> Self:
        """What a person did, or had done to him."""
        return self.filter(Q(actor=user) | Q(subject=user))


class Activity(models.Model):
    """One thing that happened. Append-only: triggers refuse changes, and deletion before its retention ends."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    subject = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    event = models.CharField(max_length=64, help_text="A dotted name: sign_in.succeeded, file.deleted …")
    object_type = models.CharField(max_length=64, blank=True, help_text="The model's label, say dfs.storedfile.")
    object_id = models.CharField(max_length=64, blank=True, help_text="Its uuid where it has one, else its number.")
    ip = models.GenericIPAddressField(null=True, blank=True)
    agent_hash = models.CharField(max_length=32, blank=True, help_text="SHA-256 of the User-Agent, 128 bits in hex.")
    request_id = models.CharField(max_length=64, blank=True)
    extra = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        db_table = "activity_log"
        ordering = ("-pk",)
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            models.Index(fields=["actor", "-id"], name="activity_actor"),
            models.Index(fields=["subject", "-id"], name="activity_subject"),
            models.Index(fields=["event", "-id"], name="activity_event"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d %H:%M}"


class MasterKeyMark(models.Model):
    """A master key that ciphertext was or may have been made with; `check_value` tells it from another of that name."""

    kid = models.CharField(max_length=64, unique=True)
    check_value = models.CharField(max_length=128, help_text="Derived from the key; says nothing about it.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "master_key_marks"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.kid
