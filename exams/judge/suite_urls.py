"""Tests and solutions of coding questions, and the rules for programs of a test."""

from django.urls import path

from exams.judge import code_rule_views, suite_test_views, suite_views

AT = "questions/<uuid:public_id>/tests/"

urlpatterns = [
    path(AT, suite_views.question_tests, name="question_tests"),
    path(f"{AT}style/", suite_views.question_tests_style, name="question_tests_style"),
    path(f"{AT}groups/new/", suite_views.suite_group, name="suite_group_new"),
    path(f"{AT}groups/<int:number>/", suite_views.suite_group, name="suite_group"),
    path(f"{AT}groups/<int:number>/do/", suite_views.suite_group_do, name="suite_group_do"),
    path(f"{AT}solutions/new/", suite_views.suite_solution, name="suite_solution_new"),
    path(f"{AT}solutions/<uuid:solution_id>/", suite_views.suite_solution, name="suite_solution"),
    path(f"{AT}solutions/<uuid:solution_id>/remove/", suite_views.suite_solution_remove, name="suite_solution_remove"),
    path(f"{AT}new/", suite_test_views.suite_test, name="suite_test_new"),
    path(f"{AT}zip/", suite_test_views.suite_zip, name="suite_zip"),
    path(f"{AT}zip/<uuid:draft>/", suite_test_views.suite_zip_preview, name="suite_zip_preview"),
    path(f"{AT}tests.zip", suite_test_views.suite_zip_export, name="suite_zip_export"),
    path(f"{AT}<int:number>/", suite_test_views.suite_test, name="suite_test"),
    path(f"{AT}<int:number>/do/", suite_test_views.suite_test_do, name="suite_test_do"),
    path(f"{AT}<int:number>/<str:which>/", suite_test_views.suite_test_file, name="suite_test_file"),
    path("tests/<uuid:public_id>/programs/rules/", code_rule_views.code_rules, name="code_rules"),
]
