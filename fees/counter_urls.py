"""Addresses of the counter, receipts and cheques."""

from django.urls import path

from fees import counter_views, day_views, receipt_views

urlpatterns = [
    path("counter/", counter_views.counter, name="counter"),
    path("counter/find/", counter_views.counter_find, name="counter_find"),
    path("counter/of/<uuid:public_id>/", counter_views.counter_take, name="counter_take"),
    path("counter/of/<uuid:public_id>/preview/", counter_views.counter_preview, name="counter_preview"),
    path("counter/day/", day_views.counter_day, name="counter_day"),
    path("counter/day/open/", day_views.counter_open, name="counter_open"),
    path("counter/day/<uuid:public_id>/", day_views.counter_day_of, name="counter_day_of"),
    path("counter/day/<uuid:public_id>/move/", day_views.counter_move, name="counter_move"),
    path("counter/day/<uuid:public_id>/close/", day_views.counter_close, name="counter_close"),
    path("receipts/", receipt_views.receipt_list, name="receipt_list"),
    path("receipts/export/", receipt_views.receipt_list_export, name="receipt_list_export"),
    path("receipts/<uuid:public_id>/undo/", receipt_views.payment_undo, name="payment_undo"),
    path("receipts/<uuid:public_id>/bounce/", receipt_views.payment_bounce, name="payment_bounce"),
    path("cheques/", day_views.cheque_list, name="cheque_list"),
    path("cheques/<uuid:public_id>/deposit/", day_views.cheque_deposit, name="cheque_deposit"),
    path("cheques/<uuid:public_id>/clear/", day_views.cheque_clear, name="cheque_clear"),
]
