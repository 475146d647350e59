"""Where students of a batch are looked at, added and let go, and where they ask to join."""

from django.urls import path

from batches import enrolment_views, join_views, request_views, roll_views

urlpatterns = [
    path("mine/", request_views.my_batches, name="my_batches"),
    path("join/", join_views.join_batch, name="join_batch"),
    path("join/<str:code>/", join_views.join_batch, name="join_batch_with"),
    path("codes/<uuid:public_id>/revoke/", join_views.join_code_revoke, name="join_code_revoke"),
    path("requests/", request_views.join_request_list, name="join_request_list"),
    path("requests/act/", request_views.join_request_act, name="join_request_act"),
    path("requests/<uuid:public_id>/answer/", request_views.join_request_answer, name="join_request_answer"),
    path("students/<uuid:public_id>/", enrolment_views.enrolment, name="enrolment"),
    path("<uuid:public_id>/students/", enrolment_views.enrolment_list, name="enrolment_list"),
    path("<uuid:public_id>/students/add/", enrolment_views.enrolment_add, name="enrolment_add"),
    path("<uuid:public_id>/students/act/", enrolment_views.enrolment_act, name="enrolment_act"),
    path("<uuid:public_id>/students/export/", roll_views.roll_export, name="roll_export"),
    path("<uuid:public_id>/students/import/", roll_views.roll_import, name="roll_import"),
    path("<uuid:public_id>/students/import/<uuid:draft>/", roll_views.roll_import_preview, name="roll_import_preview"),
    path("<uuid:public_id>/codes/", join_views.join_code_list, name="join_code_list"),
    path("<uuid:public_id>/invite/", join_views.batch_invite, name="batch_invite"),
]
