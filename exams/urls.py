"""Addresses below /exams/; each subject brings its own."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("exams.bank_urls")),
    path("", include("exams.question_file_urls")),
    path("", include("exams.test_urls")),
    path("", include("exams.paper_urls")),
    path("", include("exams.scheme_urls")),
    path("", include("exams.attempt_api_urls")),
    path("", include("exams.judge.code_urls")),
    path("", include("exams.room_urls")),
    path("", include("exams.monitor_urls")),
    path("", include("exams.sitting_urls")),
    path("", include("exams.result_urls")),
    path("", include("exams.alike_urls")),
    path("", include("exams.judge.similar_urls")),
    path("", include("exams.judge.suite_urls")),
    path("", include("exams.key_fix_urls")),
    path("", include("exams.judge.console_urls")),
    path("", include("exams.judge.rejudge_urls")),
    path("", include("exams.release_urls")),
    path("", include("exams.own_result_urls")),
    path("", include("exams.marking_urls")),
    path("", include("exams.paper_mark_urls")),
    path("", include("exams.scorecard_urls")),
]
