"""The rules for programs of a test: how often they are handed in, which counts, what is shown."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest, role_required
from coaching.lib.errors import DomainError
from exams.content import Kind
from exams.judge import code_rules as rules
from exams.judge.code_rules import FIELDS, RuleDetails
from exams.judge.unjudged import warnings_of
from exams.models import CodeRules, Test
from exams.test_views import MAKE_TESTS, POSTS, editable

LONGEST_PAUSE_S, MOST_SUBMISSIONS = 3600, 200


class RulesForm(forms.Form):
    """`seen` says which rules stood in it when it was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=60)
    counts = forms.ChoiceField(label=gettext_lazy("What counts"), choices=CodeRules.Counts.choices)
    feedback = forms.ChoiceField(
        label=gettext_lazy("What students see of hidden tests"), choices=CodeRules.Feedback.choices
    )
    most_submissions = forms.IntegerField(
        label=gettext_lazy("Submissions for a question"), min_value=1, max_value=MOST_SUBMISSIONS
    )
    pause_s = forms.IntegerField(
        label=gettext_lazy("Seconds between two submissions"), min_value=0, max_value=LONGEST_PAUSE_S
    )

    def details(self) -> RuleDetails:
        """For a form without errors."""
        return RuleDetails(**{name: self.cleaned_data[name] for name in FIELDS})


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
@never_cache
def code_rules(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Of a test that has a question to program."""
    test = get_object_or_404(editable(request), uuid=public_id)
    if not test.questions.filter(question__kind=Kind.CODING).exists():
        raise Http404("nothing to program")
    now, current = timezone.now(), rules.of(test)
    initial: dict[str, Any] = {name: getattr(current, name) for name in FIELDS} | {"seen": rules.mark_of(current)}
    form = RulesForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"actor": request.user, "now": now, "request": request}
        try:
            is_new = rules.change_rules(test, to=form.details(), seen=form.cleaned_data["seen"], **given)
        except DomainError as error:
            _refuse(form, error, test)
            status = error.status
        else:
            messages.success(request, _("Saved.") if is_new else _("Nothing was changed."))
            return redirect("test", public_id)
    elif request.method == "POST":
        status = 400
    context = {"test": test, "form": form, "warnings": warnings_of(test, now=now)}
    return render(request, "exams/code_rules.html", context, status=status)


def _refuse(form: RulesForm, error: DomainError, test: Test) -> None:
    """Show it; sent again, what was typed is held against the rules as they are now."""
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, error.message)
    form.data = dict(form.data.items()) | {"seen": rules.mark_of(rules.of(test))}
