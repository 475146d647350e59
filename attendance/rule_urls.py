"""How classes check in, and frozen periods."""

from django.urls import path

from attendance import freeze_views, rule_views

urlpatterns = [
    path("rules/", rule_views.check_in_rules, name="check_in_rules"),
    path("rules/institute/", rule_views.institute_rule, name="institute_rule"),
    path("rules/<uuid:public_id>/", rule_views.check_in_rule, name="check_in_rule"),
    path("rules/<uuid:public_id>/drop/", rule_views.check_in_rule_drop, name="check_in_rule_drop"),
    path("sessions/<uuid:public_id>/mode/", rule_views.register_mode, name="register_mode"),
    path("freezes/", freeze_views.freeze_list, name="freeze_list"),
    path("freezes/new/", freeze_views.freeze_create, name="freeze_create"),
    path("freezes/<uuid:public_id>/lift/", freeze_views.freeze_lift, name="freeze_lift"),
]
