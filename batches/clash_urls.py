"""Where admins see what clashes."""

from django.urls import path

from batches import clash_views as views

urlpatterns = [path("clashes/", views.clash_report_page, name="clash_report")]
