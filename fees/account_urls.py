"""A student's fees as the office works on them, and concessions."""

from django.urls import path

from fees import account_views, concession_views, payout_views

urlpatterns = [
    path("accounts/<uuid:public_id>/", account_views.fee_account, name="fee_account"),
    path("accounts/<uuid:public_id>/change/", account_views.fee_account_change, name="fee_account_change"),
    path("accounts/<uuid:public_id>/charge/", account_views.fee_charge, name="fee_charge"),
    path("accounts/<uuid:public_id>/use-advance/", account_views.fee_advance_use, name="fee_advance_use"),
    path("accounts/<uuid:public_id>/pay-out/", payout_views.fee_payout, name="fee_payout"),
    path("accounts/<uuid:public_id>/siblings/", concession_views.concession_sibling, name="concession_sibling"),
    path("due/<uuid:public_id>/", account_views.fee_due, name="fee_due"),
    path("due/<uuid:public_id>/correct/", account_views.fee_due_correct, name="fee_due_correct"),
    path("due/<uuid:public_id>/waive/", account_views.fee_due_waive, name="fee_due_waive"),
    path("enrolments/<uuid:public_id>/plan/", account_views.fee_agree, name="fee_agree"),
    path("enrolments/<uuid:public_id>/own-plan/", account_views.fee_own_plan, name="fee_own_plan"),
    path("enrolments/<uuid:public_id>/concession/", concession_views.concession_ask, name="concession_ask"),
    path("concessions/", concession_views.concession_list, name="concession_list"),
    path("concessions/<uuid:public_id>/", concession_views.concession, name="concession"),
    path("concessions/<uuid:public_id>/decide/", concession_views.concession_decide, name="concession_decide"),
    path("concessions/<uuid:public_id>/withdraw/", concession_views.concession_withdraw, name="concession_withdraw"),
]
