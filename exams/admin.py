"""Exams in Django's admin, to be looked at: their own pages change them and log it.

Keys, seeds, access codes and the bytes of papers and images are not shown, nor told letter by letter to an address that
asks; who needs a key sees it in the bank, where looking is part of the work.
"""

from django.contrib import admin

from coaching.lib.records import GuardedAdmin, ReadOnlyAdmin
from exams.models import (
    Attempt,
    KeyFix,
    ManualMark,
    Question,
    QuestionVersion,
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
