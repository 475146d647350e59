"""What people look at: flags, and positions for admins."""

from django.urls import path

from attendance import oversight_views as views

urlpatterns = [
    path("flags/", views.flag_list, name="flag_list"),
    path("flags/<uuid:public_id>/review/", views.flag_review, name="flag_review"),
    path("check-ins/<uuid:public_id>/position/", views.check_in_position, name="check_in_position"),
]
