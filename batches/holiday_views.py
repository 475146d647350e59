"""Holidays: read by everybody, year by year; added, changed, removed and read from files by admins."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, role_required, signed_in
from accounts.import_tables import Unreadable
from accounts.limits import PEOPLE_IMPORT, limited, person_of
from accounts.models import Role
from batches import holiday_imports, holidays
from batches.holiday_forms import HolidayFileForm, HolidayForm
from batches.holiday_imports import Fate
from batches.holidays import CALENDAR, Effect, HolidayRefused, HolidayThere
from batches.models import Holiday
from batches.series import Days
from coaching.lib.errors import DomainError
from coaching.lib.exports import csv_response

PAGE_ROWS = 50
TONES = {Fate.ADD: "ok", Fate.IN: "off", Fate.OUT: "due", Fate.BAD: "bad"}


@signed_in
@require_safe
def holiday_list(request: SignedInRequest) -> HttpResponse:
    """Those that touch a year; this one when `year` names none."""
    now = timezone.now()
    today = timezone.localdate(now)
    year = _year(request.GET.get("year", ""), today)
    found = Holiday.objects.between(date(year, 1, 1), date(year, 12, 31))
    if request.user.is_admin:
        found = found.annotate(
            class_count=Count("class_sessions", filter=Q(class_sessions__cancelled_at__isnull=False))
        )
    page = Paginator(found.order_by("starts_on", "name", "pk"), PAGE_ROWS).get_page(request.GET.get("page"))
    years = [one for one in (year - 1, year, year + 1) if CALENDAR.first.year <= one <= CALENDAR.last.year]
    context = {"page": page, "rows": _lines(page, today), "year": year, "years": years, "today": today}
    return render(request, "batches/holiday_list.html", context)


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def holiday_create(request: SignedInRequest) -> HttpResponse:
    """Add a holiday; the same once more adds nothing and says so."""
    initial = {name: request.GET[name][:200] for name in ("name", "starts_on", "ends_on") if name in request.GET}
    form = HolidayForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        days, name = form.days, form.cleaned_data["name"]
        try:
            _row, effect = holidays.add_holiday(name, days, actor=request.user, now=timezone.now(), request=request)
        except HolidayThere as error:
            messages.info(request, error.message)
        else:
            messages.success(request, _("%(name)s is added.") % {"name": name})
            _say(request, effect)
        return _to_year(days)
    return render(request, "batches/holiday_form.html", {"form": form})


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def holiday_change(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Change a holiday, which is locked meanwhile: the second of two who save sees that it is another by now."""
    if request.method == "POST":
        holidays.hold_batches()
    row = get_object_or_404(Holiday.objects.select_for_update(), uuid=public_id)
    form = HolidayForm(request.POST if request.method == "POST" else None, instance=row)
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        name, days = form.cleaned_data["name"], form.days
        try:
            effect = holidays.change_holiday(row, name=name, days=days, actor=request.user, now=now, request=request)
        except HolidayRefused as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("Saved.") if form.changed_data else _("Nothing was changed."))
            _say(request, effect)
            return _to_year(days)
    shown = Holiday.objects.get(pk=row.pk)
    context = {"form": form, "holiday": shown, "back": holidays.comes_back(shown, now=now)}
    return render(request, "batches/holiday_form.html", context)


@role_required(Role.ADMIN)
@require_POST
def holiday_remove(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Remove it; sent twice, the second time says that it is gone."""
    row = Holiday.objects.filter(uuid=public_id).first()
    if row is None:
        messages.info(request, _("This holiday is not in the list any more."))
        return redirect("holiday_list")
    days = Days(row.starts_on, row.ends_on)
    try:
        effect = holidays.remove_holiday(row, actor=request.user, now=timezone.now(), request=request)
    except Holiday.DoesNotExist:
        messages.info(request, _("This holiday is not in the list any more."))
        return _to_year(days)
    messages.success(request, _("%(name)s is removed. To undo this, add it again.") % {"name": row.name})
    _say(request, effect)
    return _to_year(days)


# --- Files ------------------------------------------------------------------------------------------------------------


@role_required(Role.ADMIN)
@require_safe
def holiday_template(request: SignedInRequest) -> HttpResponseBase:
    """A table to fill in."""
    year = timezone.localdate().year
    rows = [[_("Republic Day"), f"{year + 1}-01-26", ""], [_("Winter break"), f"{year}-12-25", f"{year + 1}-01-01"]]
    return csv_response(_("holidays") + ".csv", header=[_("Name"), _("First day"), _("Last day")], rows=rows)


@role_required(Role.ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(PEOPLE_IMPORT, key=person_of)
def holiday_import(request: SignedInRequest) -> HttpResponse:
    """Choose a file of holidays."""
    form = HolidayFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            holiday_imports.plan_import(content, now=timezone.now())
        except Unreadable as error:
            form.add_error("file", error.message)
        else:
            return redirect("holiday_import_preview", holiday_imports.keep_draft(content, actor=request.user))
    return render(request, "batches/holiday_import.html", {"form": form})


@role_required(Role.ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(PEOPLE_IMPORT, key=person_of)
def holiday_import_preview(request: SignedInRequest, draft: UUID) -> HttpResponse:
    """Every row's fate; sending it takes in all that is new."""
    content = holiday_imports.load_draft(draft, actor=request.user)
    if content is None:
        messages.warning(request, _("This file was read more than two hours ago. Choose it again."))
        return redirect("holiday_import")
    if request.method == "POST":
        return _take_in(request, draft, content)
    plan = holiday_imports.plan_import(content, now=timezone.now())
    fate = request.GET.get("rows", "")
    rows = plan.of(Fate(fate)) if fate in Fate.values else list(plan.rows)
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"draft": draft, "plan": plan, "page": page, "fate": fate}
    context["rows"] = [(row, TONES[row.fate], row.fate.label) for row in page]
    context["fates"] = [("", _("All")), *((one.value, one.label) for one in Fate if plan.counts.get(one))]
    return render(request, "batches/holiday_import_preview.html", context)


def _take_in(request: SignedInRequest, draft: UUID, content: bytes) -> HttpResponse:
    shown, now = request.POST.get("shown", ""), timezone.now()
    try:
        count, classes = holiday_imports.take_in(content, shown=shown, actor=request.user, now=now, request=request)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("holiday_import_preview", draft)
    text = ngettext("%(count)s holiday was added.", "%(count)s holidays were added.", count) % {"count": count}
    messages.success(request, text if count else _("All of them are in the list already."))
    if classes:
        messages.info(request, _cancelled(classes))
    return redirect("holiday_list")


# --- Words ------------------------------------------------------------------------------------------------------------


def _year(typed: str, today: date) -> int:
    is_year = len(typed) == 4 and typed.isascii() and typed.isdigit()
    return int(typed) if is_year and CALENDAR.first.year <= int(typed) <= CALENDAR.last.year else today.year


def _lines(page: Page[Holiday], today: date) -> list[tuple[Holiday, str, int, bool]]:
    """Each with its days in words, how many they are, and whether it is over."""
    return [
        (
            row,
            holidays.days_text(Days(row.starts_on, row.ends_on)),
            (row.ends_on - row.starts_on).days + 1,
            row.ends_on < today,
        )
        for row in page
    ]


def _to_year(days: Days) -> HttpResponse:
    return redirect(f"{reverse('holiday_list')}?year={days.first.year}")


def _say(request: SignedInRequest, effect: Effect) -> None:
    """What became of classes."""
    if effect.cancelled:
        messages.info(request, _cancelled(len(effect.cancelled)))
    if effect.held:
        text = ngettext("%(count)d class is held again.", "%(count)d classes are held again.", effect.held)
        messages.info(request, text % {"count": effect.held})
    if effect.stayed:
        count = len(effect.stayed)
        text = ngettext(
            "%(count)d class stays cancelled: its teacher, room or students have something else by now.",
            "%(count)d classes stay cancelled: their teachers, rooms or students have something else by now.",
            count,
        )
        messages.warning(request, text % {"count": count})
    if effect.clashing:
        text = ngettext(
            "%(count)d of them clashes. Look at the list of clashes.",
            "%(count)d of them clash. Look at the list of clashes.",
            effect.clashing,
        )
        messages.warning(request, text % {"count": effect.clashing})


def _cancelled(count: int) -> str:
    text = ngettext("%(count)d class is cancelled.", "%(count)d classes are cancelled.", count)
    return text % {"count": count}
