"""People in Django's admin: entered, changed and deactivated, never deleted."""

from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import forgetting
from accounts.activity import record
from accounts.invitees import email_problem, name_problem, number_problem
from accounts.models import Grant, Role, User
from accounts.news_records import DeliveryAdmin, NotificationAdmin
from accounts.office_records import InvitationAdmin, TicketAdmin
from accounts.records import ActivityAdmin, GuardianshipAdmin, SessionSlotAdmin
from accounts.second_step import is_on
from accounts.seen_forms import Mark, SeenRowForm
from accounts.services import change_person, give_grant, make_password_link, take_grant

Text = TypeVar("Text", str, str | None)
__all__ = [
    "ActivityAdmin",
    "DeliveryAdmin",
    "GuardianshipAdmin",
    "InvitationAdmin",
    "NotificationAdmin",
    "SessionSlotAdmin",
    "TicketAdmin",
    "UserAdmin",
]

if TYPE_CHECKING:  # Django's classes take no type argument at run time
    PersonAdmin = admin.ModelAdmin[User]
    PersonForm = forms.ModelForm[User]
    GrantRows = admin.TabularInline[Grant, User]
else:
    PersonAdmin, PersonForm, GrantRows = admin.ModelAdmin, forms.ModelForm, admin.TabularInline


class PersonRecordForm(SeenRowForm, PersonForm):
    """A person as an admin types him: the same names and numbers are refused as in an invitation."""

    shown = Mark(required=False)  # declared, so that Django's admin may list it among its fields

    def clean(self) -> dict[str, Any]:
        if forgetting.is_forgotten(User.objects.filter(pk=self.instance.pk).first() or self.instance):
            raise forms.ValidationError(gettext("This person was erased. Enter somebody new instead."))
        return super().clean()

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        return _sound(name, problem=name_problem(name))

    def clean_email(self) -> str | None:
        email: str | None = self.cleaned_data["email"]
        return _sound(email, problem=email_problem(email) if email else "")

    def clean_admission_number(self) -> str | None:
        number: str | None = self.cleaned_data["admission_number"]
        return _sound(number, problem=number_problem(number or ""))


class GrantInline(GrantRows):
    """What a member of staff may do besides seeing his own pages."""

    model = Grant
    fk_name = "user"
    fields = ("kind",)
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A grant is given or taken, not changed."""
        return False


@admin.register(User)
class UserAdmin(PersonAdmin):
    """No password is typed here: a link that works once lets the person set his own."""

    form = PersonRecordForm

    list_display = ("name", "email", "admission_number", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("name", "email", "admission_number")
    list_per_page = 50
    show_full_result_count = False
    fields = (
        "name",
        "email",
        "admission_number",
        "role",
        "teaches",
        "is_active",
        "language",
        "theme",
        "second_step",
        "guardian_links",
        "uuid",
        "date_joined",
        "last_login",
        "shown",
    )
    readonly_fields = ("second_step", "guardian_links", "uuid", "date_joined", "last_login")
    actions = ("password_link",)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody locks himself out: one's own role and state are another admin's to change."""
        own = ("role", "is_active") if obj is not None and obj.pk == request.user.pk else ()
        return (*self.readonly_fields, *own)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[Any]:
        """Grants are staff's: an admin may do everything, the others have what their role gives."""
        return [GrantInline] if obj is not None and obj.role == Role.STAFF else []

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """An address like `?password__startswith=…` would tell the hash, letter by letter."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """History refers to people; they are deactivated instead."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: PersonForm, change: bool) -> None:
        if change:
            change_person(obj, changed=form.changed_data, actor=_person(request), request=request)
            return
        obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        record("person.created", actor=_person(request), subject=obj, on=obj, request=request, role=obj.role)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Grants are given and taken by the services, which log them."""
        for grant in formset.save(commit=False):
            give_grant(form.instance, kind=grant.kind, actor=_person(request), request=request)
        for grant in formset.deleted_objects:
            take_grant(grant, actor=_person(request), request=request)

    @admin.display(description=_("second step"))
    def second_step(self, person: User) -> str:
        """On or off, and the way to take it off; what it consists of is not shown."""
        if person.pk is None or not is_on(person):
            return str(_("off"))
        url = reverse("person_second_step_reset", args=[person.uuid])
        return format_html('{} · <a href="{}">{}</a>', _("on"), url, _("take it off"))

    @admin.display(description=_("guardian links"))
    def guardian_links(self, person: User) -> str:
        """Where links for this student's guardians are made; who is no student has none."""
        if person.pk is None or person.role != Role.STUDENT:
            return "–"
        url = reverse("guardian_link_list", args=[person.uuid])
        return format_html('<a href="{}">{}</a>', url, _("make and take back"))

    @admin.action(description=_("Make a link to set a password"))
    def password_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """One link per chosen person, shown to the admin, who passes it on."""
        for person in queryset.filter(is_active=True)[:20]:
            link = make_password_link(person, actor=_person(request))
            words: dict[str, Any] = {"name": person.name, "link": link}
            messages.info(request, _("%(name)s sets a password within an hour at %(link)s") % words)


def _sound(text: Text, *, problem: str) -> Text:
    """Raises: ValidationError with the problem, if there is one."""
    if problem:
        raise forms.ValidationError(problem)
    return text


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
