"""The short link a code on the screen leads to."""

from django.urls import path

from attendance import check_in_views as views

urlpatterns = [path("<uuid:public_id>/", views.check_in_link, name="check_in_link")]
