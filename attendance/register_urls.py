"""The register of a class."""

from django.urls import path

from attendance import register_head_views as heads
from attendance import register_views

urlpatterns = [
    path("sessions/<uuid:public_id>/register/", register_views.register, name="register"),
    path("sessions/<uuid:public_id>/register/lines/", register_views.register_lines, name="register_lines"),
    path("sessions/<uuid:public_id>/marks/", register_views.register_marks, name="register_marks"),
    path("sessions/<uuid:public_id>/register/confirm/", register_views.register_confirm, name="register_confirm"),
    path("sessions/<uuid:public_id>/register/close/", register_views.register_close, name="register_close"),
    path("sessions/<uuid:public_id>/register/heads/", heads.register_headcount, name="register_headcount"),
    path("sessions/<uuid:public_id>/register/call/", heads.register_call, name="register_call"),
]
