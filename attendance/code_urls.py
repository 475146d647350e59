"""The code on the screen of a class."""

from django.urls import path

from attendance import code_views as views

urlpatterns = [
    path("sessions/<uuid:public_id>/code/", views.class_code, name="class_code"),
    path("sessions/<uuid:public_id>/code/now/", views.class_code_now, name="class_code_now"),
]
