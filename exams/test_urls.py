"""Where tests are listed, made, published and printed."""

from django.urls import path

from exams import allowance_views, test_print_views
from exams import test_views as views

urlpatterns = [
    path("", views.test_list, name="test_list"),
    path("tests/new/", views.test_new, name="test_new"),
    path("tests/<uuid:public_id>/", views.test, name="test"),
    path("tests/<uuid:public_id>/edit/", views.test_edit, name="test_edit"),
    path("tests/<uuid:public_id>/publish/", views.test_publish, name="test_publish"),
    path("tests/<uuid:public_id>/withdraw/", views.test_withdraw, name="test_withdraw"),
    path("tests/<uuid:public_id>/activate/", views.test_activate, name="test_activate"),
    path("tests/<uuid:public_id>/deactivate/", views.test_deactivate, name="test_deactivate"),
    path("tests/<uuid:public_id>/archive/", views.test_archive, name="test_archive"),
    path("tests/<uuid:public_id>/restore/", views.test_restore, name="test_restore"),
    path("tests/<uuid:public_id>/copy/", views.test_copy, name="test_copy"),
    path("tests/<uuid:public_id>/delete/", views.test_delete, name="test_delete"),
    path("tests/<uuid:public_id>/print/", test_print_views.test_print, name="test_print"),
    path("tests/<uuid:public_id>/preview/", test_print_views.test_preview, name="test_preview"),
    path("tests/<uuid:public_id>/extra-time/", allowance_views.test_allowances, name="test_allowances"),
    path("extra-time/<uuid:public_id>/drop/", allowance_views.allowance_drop, name="allowance_drop"),
]
