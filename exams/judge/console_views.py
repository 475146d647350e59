"""The judge's console: how it stands, and putting back what could not be judged."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, role_required
from coaching.lib.uuids import uuid_of
from exams.judge import console
from exams.judge.rejudge_views import again_words
from exams.test_views import MAKE_TESTS

EVERYTHING = "all"


@role_required(*MAKE_TESTS)
@require_safe
@never_cache
def judge(request: SignedInRequest) -> HttpResponse:
    """The whole page, or to its script what changes."""
    context = console.page_of(request.user, now=timezone.now())
    name = "exams/_judge_console.html" if "X-Live" in request.headers else "exams/judge.html"
    return render(request, name, context)


@role_required(*MAKE_TESTS)
@require_POST
def judge_again(request: SignedInRequest) -> HttpResponse:
    """One program, or with `judgement=all` every one he may; 404 for what is not his or was judged meanwhile."""
    sent = request.POST.get("judgement", "")
    found = uuid_of(sent)
    if sent != EVERYTHING and found is None:
        raise Http404("no such judgement")
    chosen = None if found is None else [found]
    count = console.judge_again(request.user, chosen, now=timezone.now(), request=request)
    if chosen and not count:
        raise Http404("no such judgement")
    messages.success(request, again_words(count))
    return redirect("judge")
