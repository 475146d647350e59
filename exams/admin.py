"""Exams in Django's admin, to be looked at: their own pages change them and log it.

Keys, seeds, access codes, programs, tests of programs and the bytes of papers and images are not shown, nor told letter
by letter to an address that asks; who needs a key sees it in the bank, where looking is part of the work.
"""

from django.contrib import admin

from coaching.lib.records import GuardedAdmin, ReadOnlyAdmin
from exams.models import (
    Attempt,
    CodeSubmission,
    CodeSuite,
    JudgeHost,
    Judgement,
    KeyFix,
    ManualMark,
    Question,
    QuestionVersion,
    Rejudge,
    Result,
    ResultVersion,
    Scheme,
    Test,
    Topic,
)


@admin.register(Topic)
class TopicAdmin(ReadOnlyAdmin):
    list_display = ("name", "subject")
    list_select_related = ("subject",)
    search_fields = ("name",)


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "kind", "subject", "topic", "difficulty", "archived_at")
    list_select_related = ("subject", "topic")
    list_filter = ("kind", "difficulty")
    search_fields = ("newest__plain",)


@admin.register(QuestionVersion)
class QuestionVersionAdmin(GuardedAdmin):
    hidden = ("key",)
    list_display = ("__str__", "note", "created_by", "created_at")
    list_select_related = ("created_by",)


@admin.register(Scheme)
class SchemeAdmin(ReadOnlyAdmin):
    list_display = ("name", "preset", "archived_at")
    search_fields = ("name",)


@admin.register(Test)
class TestAdmin(GuardedAdmin):
    hidden = ("seed", "access_code")
    list_display = ("title", "opens_at", "closes_at", "published_at", "is_active", "archived_at")
    search_fields = ("title",)


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ("student", "test", "number", "state", "started_at", "deadline_at", "submitted_at", "ended_by")
    list_select_related = ("student", "test")
    list_filter = ("state", "ended_by")
    search_fields = ("student__name", "test__title")


@admin.register(ResultVersion)
class ResultVersionAdmin(ReadOnlyAdmin):
    list_display = ("test", "number", "cause", "reason", "ranked_count", "waiting_count", "made_by", "made_at")
    list_select_related = ("test", "made_by")
    list_filter = ("cause",)
    search_fields = ("test__title",)


@admin.register(Result)
class ResultAdmin(GuardedAdmin):
    hidden = ("code",)
    list_display = ("student", "version", "total", "most", "rank", "percentile", "is_counted")
    list_select_related = ("student", "version__test")
    search_fields = ("student__name", "version__test__title")


@admin.register(ManualMark)
class ManualMarkAdmin(ReadOnlyAdmin):
    list_display = ("attempt", "question", "number", "marks", "by", "at")
    list_select_related = ("attempt__student", "attempt__test", "question__question__newest", "by")
    search_fields = ("attempt__student__name", "attempt__test__title")


@admin.register(KeyFix)
class KeyFixAdmin(GuardedAdmin):
    hidden = ("keys",)
    list_display = ("question", "action", "reason", "by", "at")
    list_select_related = ("question__question__newest", "by")
    list_filter = ("action",)


@admin.register(CodeSuite)
class CodeSuiteAdmin(GuardedAdmin):
    hidden = ("frames", "checker_source")
    hidden_relations = ("tests", "solutions", "judgements")
    list_display = ("question", "number", "state", "style", "checker", "created_by", "ready_at")
    list_select_related = ("question__newest", "created_by")
    list_filter = ("state",)


@admin.register(CodeSubmission)
class CodeSubmissionAdmin(GuardedAdmin):
    hidden = ("source", "stdin", "sha256")
    hidden_relations = ("judgement", "judgements")
    list_display = ("attempt", "question", "kind", "number", "language", "asked_at", "judged_at")
    list_select_related = ("attempt__student", "attempt__test", "question__question__newest")
    list_filter = ("kind", "language")
    search_fields = ("attempt__student__name", "attempt__test__title")


@admin.register(Judgement)
class JudgementAdmin(GuardedAdmin):
    hidden = ("tests", "compiler_output", "claim")
    hidden_relations = ("submission", "solution", "suite")
    list_display = ("pk", "state", "verdict", "points", "most", "priority", "tries", "host", "asked_at", "finished_at")
    list_filter = ("state", "verdict")


@admin.register(Rejudge)
class RejudgeAdmin(GuardedAdmin):
    hidden = ()
    hidden_relations = ("suite", "judgements")
    list_display = ("question", "state", "reason", "by", "at", "ended_by", "ended_at")
    list_select_related = ("question__question__newest", "by", "ended_by")
    list_filter = ("state",)


@admin.register(JudgeHost)
class JudgeHostAdmin(ReadOnlyAdmin):
    list_display = ("name", "works", "runners", "seen_at", "probed_at")
    list_filter = ("works",)
