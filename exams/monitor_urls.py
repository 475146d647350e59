"""Addresses of the monitor."""

from django.urls import path

from exams import monitor_views as views

urlpatterns = [
    path("tests/<uuid:public_id>/monitor/", views.test_monitor, name="test_monitor"),
    path("tests/<uuid:public_id>/monitor/act/", views.monitor_act, name="monitor_act"),
    path("tests/<uuid:public_id>/monitor/tell/", views.monitor_tell, name="monitor_tell"),
    path("tests/<uuid:public_id>/monitor/log/", views.monitor_log_page, name="monitor_log"),
    path("takeovers/<uuid:public_id>/decide/", views.takeover_decide, name="takeover_decide"),
    path("attempts/<uuid:public_id>/audit/", views.attempt_audit, name="attempt_audit"),
]
