"""Where holidays are read and kept."""

from django.urls import path

from batches import holiday_views as views

urlpatterns = [
    path("holidays/", views.holiday_list, name="holiday_list"),
    path("holidays/new/", views.holiday_create, name="holiday_create"),
    path("holidays/template.csv", views.holiday_template, name="holiday_template"),
    path("holidays/import/", views.holiday_import, name="holiday_import"),
    path("holidays/import/<uuid:draft>/", views.holiday_import_preview, name="holiday_import_preview"),
    path("holidays/<uuid:public_id>/", views.holiday_change, name="holiday_change"),
    path("holidays/<uuid:public_id>/remove/", views.holiday_remove, name="holiday_remove"),
]
