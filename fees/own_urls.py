"""A student’s own fees, his guardians’ view of them, and who has paid."""

from django.urls import path

from fees import fee_status_views, own_views

urlpatterns = [
    path("", own_views.fees, name="fees"),
    path("of/<uuid:public_id>/", own_views.fees_of, name="fees_of"),
    path("status/", fee_status_views.fee_status, name="fee_status"),
    path("status/<uuid:public_id>/", fee_status_views.fee_status_of, name="fee_status_of"),
]
