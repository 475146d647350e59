"""Questions to the office: my own, or for admins everybody's, each as a thread both sides write into.

Looking is a POST where it takes off the mark of what is new: a browser that fetches links ahead must not do that.
"""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import photos, questions
from accounts.access import SignedInRequest, signed_in
from accounts.limits import QUESTION_WRITING, limited, person_of
from accounts.models import Ticket
from accounts.models.tickets import TicketQuerySet
from accounts.question_forms import MessageForm, QuestionForm
from coaching.lib.text import search_text

PAGE_ROWS = 25
PAGE_MESSAGES = 50
TONES = {Ticket.State.OPEN: "due", Ticket.State.ANSWERED: "ok", Ticket.State.CLOSED: "off"}


@signed_in
@require_safe
def question_list(request: SignedInRequest) -> HttpResponse:
    """My questions, the newest first; for an admin everybody's, those that wait first."""
    state, words = request.GET.get("state", ""), search_text(request.GET.get("q", ""))
    found = _seen_by(request).search(words)
    if state in Ticket.State.values:
        found = found.filter(state=state)
    rows = found.waiting_first() if request.user.is_admin else found
    page = Paginator(rows.select_related("asked_by"), PAGE_ROWS).get_page(request.GET.get("page"))
    new = questions.new_to(request.user, page)
    photos.with_tags([row.asked_by for row in page])
    shown = [(row, TONES[Ticket.State(row.state)], row.pk in new) for row in page]
    states = [("", _("All")), *((one.value, one.label) for one in Ticket.State)]
    context = {"page": page, "rows": shown, "words": words, "states": states, "state": state}
    return render(request, "accounts/question_list.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@limited(QUESTION_WRITING, key=person_of)
def question_create(request: SignedInRequest) -> HttpResponse:
    """Ask the office something."""
    form = QuestionForm(request.POST or None, initial={"subject": search_text(request.GET.get("about", ""))})
    if request.method == "POST" and form.is_valid():
        ticket = questions.ask(request.user, **form.cleaned_data, request=request)
        messages.success(request, _("The office has your question. You hear from it here."))
        return redirect("question", ticket.uuid)
    return render(request, "accounts/question_create.html", {"form": form})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@limited(QUESTION_WRITING, key=person_of)
def question(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One question with all that was written, and room to write more."""
    ticket = get_object_or_404(_seen_by(request).select_related("asked_by"), uuid=public_id)
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        questions.write(ticket, author=request.user, **form.cleaned_data, request=request)
        return redirect("question", ticket.uuid)
    written = Paginator(ticket.messages.select_related("author"), PAGE_MESSAGES)
    page = written.get_page(request.GET.get("page") or written.num_pages)
    photos.with_tags([one.author for one in page])
    context = {"ticket": ticket, "page": page, "form": form, "tone": TONES[Ticket.State(ticket.state)]}
    context["is_mine"] = ticket.asked_by_id == request.user.pk
    context["is_new"] = bool(questions.new_to(request.user, [ticket]))
    return render(request, "accounts/question.html", context)


@signed_in
@require_POST
def question_open(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Note that I have looked, and show it."""
    ticket = get_object_or_404(_seen_by(request), uuid=public_id)
    questions.mark_seen(ticket, person=request.user)
    return redirect("question", ticket.uuid)


@signed_in
@require_POST
def question_state(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """`do` is close or open."""
    ticket = get_object_or_404(_seen_by(request), uuid=public_id)
    moves = {"close": questions.close, "open": questions.open_again}
    if request.POST.get("do") not in moves:
        raise BadRequest("unknown verb")
    moves[request.POST["do"]](ticket, actor=request.user, request=request)
    return redirect("question", ticket.uuid)


def _seen_by(request: SignedInRequest) -> TicketQuerySet:
    return Ticket.objects.for_user(request.user)
