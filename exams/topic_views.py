"""Topics of the subjects: read, added, renamed."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, role_required
from accounts.models import Role
from batches.models import Subject
from coaching.lib.errors import DomainError
from exams import topics
from exams.models import Topic
from exams.topic_forms import TopicForm


@role_required(Role.ADMIN, Role.TEACHER)
@require_http_methods(["GET", "HEAD", "POST"])
def topic_list(request: SignedInRequest) -> HttpResponse:
    """Every subject's topics with their questions, and a form for a new one."""
    form = TopicForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        topic = topics.add_topic(given["subject"], name=given["name"], actor=request.user, request=request)
        messages.success(request, _("%(name)s is a topic of %(subject)s.") % {"name": topic, "subject": topic.subject})
        return redirect("topic_list")
    current = Count("questions", filter=Q(questions__archived_at=None))
    by_subject: dict[int, list[Topic]] = {}
    for topic in Topic.objects.annotate(count=current).order_by("name"):
        by_subject.setdefault(topic.subject_id, []).append(topic)
    subjects = [(one, by_subject.get(one.pk, [])) for one in Subject.objects.order_by("name")]
    return render(request, "exams/topic_list.html", {"form": form, "subjects": subjects})


@role_required(Role.ADMIN, Role.TEACHER)
@require_POST
def topic_rename(request: SignedInRequest, number: int) -> HttpResponse:
    """Call a topic otherwise."""
    topic = get_object_or_404(Topic.objects.select_related("subject"), pk=number)
    try:
        topics.rename_topic(topic, name=request.POST.get("name", ""), actor=request.user, request=request)
    except DomainError as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("Saved."))
    return redirect("topic_list")
