"""Marking schemes: the list, one with its versions, a new one, a changed one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import Role
from exams import scheme_book
from exams.models import Scheme
from exams.presets import PRESETS
from exams.scheme_forms import SchemeForm
from exams.scheme_words import rules_lines, ties_line

MAKES_TESTS = (Role.ADMIN, Role.TEACHER)
POSTS = ["GET", "HEAD", "POST"]


@role_required(*MAKES_TESTS)
@require_safe
def scheme_list(request: SignedInRequest) -> HttpResponse:
    """Those in use, each with what it gives."""
    rows = scheme_book.schemes().filter(newest__isnull=False).order_by("name", "pk")
    lines = [(row, rules_lines(row.newest.rules if row.newest else {})) for row in rows]
    return render(request, "exams/scheme_list.html", {"lines": lines})


@role_required(*MAKES_TESTS)
@require_safe
def scheme(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What it gives, how ties are broken, and its versions."""
    row = get_object_or_404(Scheme.objects.select_related("newest"), uuid=public_id)
    versions = row.versions.select_related("created_by").order_by("-number")
    lines = [(version, rules_lines(version.rules), ties_line(version.rules)) for version in versions]
    return render(request, "exams/scheme.html", {"scheme": row, "versions": lines})


@role_required(*MAKES_TESTS)
@require_http_methods(POSTS)
def scheme_create(request: SignedInRequest) -> HttpResponse:
    """A scheme of one's own, from the rules of another if `like` names it."""
    given = request.POST if request.method == "POST" else None
    form = SchemeForm(given, initial=_like(request))
    if given is not None and form.is_valid():
        said = form.cleaned_data
        try:
            row = scheme_book.make_scheme(
                said["name"], rules=form.rules_json(), note=said["note"], actor=request.user, request=request
            )
        except scheme_book.SchemeRefused as error:
            form.add_error("name", error.message)
        else:
            return redirect("scheme", row.uuid)
    return render(request, "exams/scheme_form.html", {"form": form})


@role_required(*MAKES_TESTS)
@require_http_methods(POSTS)
def scheme_change(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Its next version; tests that have it keep theirs."""
    row = get_object_or_404(Scheme.objects.current().select_related("newest"), uuid=public_id)
    given = request.POST if request.method == "POST" else None
    form = SchemeForm(given, scheme=row)
    if given is not None and form.is_valid():
        said = form.cleaned_data
        seen, rules = said["seen"] or 0, form.rules_json()
        try:
            scheme_book.change_scheme(
                row, rules=rules, seen=seen, note=said["note"], actor=request.user, request=request
            )
        except scheme_book.SchemeMoved as error:
            form.add_error(None, error.message)
        else:
            return redirect("scheme", row.uuid)
    return render(request, "exams/scheme_form.html", {"form": form, "scheme": row})


@role_required(*MAKES_TESTS)
@require_POST
def scheme_archive(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Put it away."""
    row = get_object_or_404(Scheme, uuid=public_id)
    scheme_book.archive_scheme(row, actor=request.user, request=request)
    messages.info(request, _("%(name)s is archived. Tests that have it keep it.") % {"name": row.name})
    return redirect("scheme_list")


def _like(request: SignedInRequest) -> dict[str, Any]:
    code = next((one.code for one in PRESETS if one.code == request.GET.get("like")), None)
    named = Scheme.objects.filter(preset=code).select_related("newest").first() if code else None
    form = SchemeForm(scheme=named) if named else None
    return {name: value for name, value in form.initial.items() if name not in ("name", "seen")} if form else {}
