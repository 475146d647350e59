"""What students ask, and the history of a record."""

from django.urls import path

from attendance import ask_views, record_views

urlpatterns = [
    path("records/<uuid:public_id>/", record_views.record, name="record"),
    path("records/<uuid:public_id>/ask/", record_views.correction_ask, name="correction_ask"),
    path("sessions/<uuid:public_id>/mine/", record_views.own_record, name="own_record"),
    path("leave/", ask_views.leave_list, name="leave_list"),
    path("leave/ask/", ask_views.leave_ask, name="leave_ask"),
    path("leave/<uuid:public_id>/decide/", ask_views.leave_decide, name="leave_decide"),
    path("leave/<uuid:public_id>/withdraw/", ask_views.leave_withdraw, name="leave_withdraw"),
    path("requests/", ask_views.ask_list, name="ask_list"),
    path("requests/<uuid:public_id>/decide/", ask_views.correction_decide, name="correction_decide"),
    path("requests/<uuid:public_id>/withdraw/", ask_views.correction_withdraw, name="correction_withdraw"),
]
