"""Extra time of a test: who has some, and giving it to a student or a batch."""

import uuid
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, role_required
from accounts.models import User
from coaching.lib.errors import DomainError
from coaching.lib.text import one_line, search_text
from coaching.lib.uuids import uuid_of
from exams import allowances, news
from exams.models import Allowance, Test
from exams.models.tests import MOST_MINUTES
from exams.test_views import MAKE_TESTS, POSTS, editable
from exams.tests_made import TestRefused

MOST_FOUND = 20
REASON_CHARS = 200


class AllowanceForm(forms.Form):
    """Minutes for whom; `whom` is the public number of a student or a batch of the test."""

    whom = forms.CharField(label=gettext_lazy("For whom"), max_length=40)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes more"), min_value=1, max_value=MOST_MINUTES)
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=REASON_CHARS, help_text=gettext_lazy("It is kept in the activity log.")
    )

    def clean_reason(self) -> str:
        reason = one_line(self.cleaned_data["reason"], at_most=REASON_CHARS)
        if not reason:
            raise forms.ValidationError(_("Say why."))
        return reason


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
def test_allowances(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Who has extra time, and one more."""
    test = get_object_or_404(editable(request), uuid=public_id)
    form = AllowanceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _give(test, form, request)
        except DomainError as error:
            form.add_error("whom" if getattr(error, "field", "") == "whom" else None, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("test_allowances", public_id)
    words = search_text(request.GET.get("q", ""))
    context = {
        "test": test,
        "form": form,
        "words": words,
        "rows": test.allowances.select_related("student", "batch").order_by("batch__name", "student__name", "pk"),
        "batches": test.batches.order_by("name", "pk"),
        "students": _found(test, words) if words else [],
    }
    return render(request, "exams/test_allowances.html", context)


@role_required(*MAKE_TESTS)
@require_POST
def allowance_drop(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Who has not begun has it no longer."""
    mine = Test.objects.editable_by(request.user).order_by().values("pk")
    row = get_object_or_404(Allowance.objects.select_related("test", "student", "batch"), uuid=public_id, test__in=mine)
    allowances.drop_allowance(row, actor=request.user, now=timezone.now(), request=request)
    messages.success(request, _("Taken away."))
    return redirect("test_allowances", row.test.uuid)


def _give(test: Test, form: AllowanceForm, request: SignedInRequest) -> None:
    """Raises: TestRefused, also over who does not write it."""
    given = form.cleaned_data
    how: dict[str, Any] = {"minutes": given["minutes"], "reason": given["reason"], "actor": request.user}
    how |= {"now": timezone.now(), "request": request}
    number = uuid_of(given["whom"]) or uuid.UUID(int=0)
    batch = test.batches.filter(uuid=number).first()
    student = None if batch else _writers(test).filter(uuid=number).first()
    if batch:
        allowances.allow_batch(test, batch, **how)
    elif student:
        allowances.allow_student(test, student, **how)
    else:
        raise TestRefused(_("Choose a batch or a student of this test."), field="whom")


def _writers(test: Test) -> Any:
    return User.objects.filter(pk__in=news.stays_of(test, now=timezone.now()).values("student"))


def _found(test: Test, words: str) -> list[User]:
    return list(_writers(test).search(words).order_by("name", "pk")[:MOST_FOUND])
