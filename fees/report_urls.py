"""Following fees up: overview, dues, ageing, defaulters, what was collected, registers, files."""

from django.urls import URLPattern, path

from fees import defaulter_views, register_views, report_files, report_views

urlpatterns: list[URLPattern] = [
    path("overview/", report_views.fees_overview, name="fees_overview"),
    path("dues/", report_views.due_list, name="due_list"),
    path("dues/export/", report_files.due_list_export, name="due_list_export"),
    path("ageing/", report_views.fee_ageing, name="fee_ageing"),
    path("ageing/export/", report_files.fee_ageing_export, name="fee_ageing_export"),
    path("defaulters/", defaulter_views.fee_defaulters, name="fee_defaulters"),
    path("defaulters/export/", report_files.fee_defaulters_export, name="fee_defaulters_export"),
    path("defaulters/remind/", defaulter_views.fee_remind, name="fee_remind"),
    path("collections/", report_views.fee_collections, name="fee_collections"),
    path("collections/export/", report_files.fee_collections_export, name="fee_collections_export"),
    path("gst/", report_views.fee_gst, name="fee_gst"),
    path("gst/export/", report_files.fee_gst_export, name="fee_gst_export"),
    path("registers/", register_views.fee_registers, name="fee_registers"),
    path("registers/<slug:kind>/", register_views.fee_register, name="fee_register"),
    path("registers/<slug:kind>/export/", report_files.fee_register_export, name="fee_register_export"),
]
