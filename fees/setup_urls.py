"""How the institute bills: settings, fee heads, and plans of batches."""

from django.urls import path

from fees import heads_views, plan_views, settings_views

urlpatterns = [
    path("settings/", settings_views.fee_settings, name="fee_settings"),
    path("heads/", heads_views.fee_head_list, name="fee_head_list"),
    path("heads/new/", heads_views.fee_head_create, name="fee_head_create"),
    path("heads/<uuid:public_id>/", heads_views.fee_head_change, name="fee_head_change"),
    path("heads/<uuid:public_id>/archive/", heads_views.fee_head_archive, name="fee_head_archive"),
    path("plans/", plan_views.fee_plan_list, name="fee_plan_list"),
    path("plans/<uuid:public_id>/", plan_views.fee_plan, name="fee_plan"),
    path("plans/<uuid:public_id>/change/", plan_views.fee_plan_change, name="fee_plan_change"),
    path("plans/<uuid:public_id>/offer/", plan_views.fee_plan_offer, name="fee_plan_offer"),
    path("batches/<uuid:public_id>/", plan_views.fee_batch, name="fee_batch"),
    path("batches/<uuid:public_id>/new/", plan_views.fee_plan_create, name="fee_plan_create"),
    path("batches/<uuid:public_id>/preview/", plan_views.fee_plan_preview, name="fee_plan_preview"),
    path("batches/<uuid:public_id>/charge/", plan_views.fee_batch_charge, name="fee_batch_charge"),
]
