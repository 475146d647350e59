"""Views of attendance: grids, students, lists, files."""

from django.urls import path

from attendance import report_files, report_lists, report_views

urlpatterns = [
    path("", report_views.attendance, name="attendance"),
    path("batches/<uuid:public_id>/", report_views.attendance_grid, name="attendance_grid"),
    path("batches/<uuid:public_id>/export/", report_files.grid_export, name="attendance_grid_export"),
    path("students/<uuid:public_id>/", report_views.attendance_of, name="attendance_of"),
    path("students/<uuid:public_id>/export/", report_files.student_export, name="attendance_of_export"),
    path("low/", report_lists.low_attendance, name="low_attendance"),
    path("low/export/", report_files.low_export, name="low_attendance_export"),
    path("absentees/", report_lists.absentee_list, name="absentees"),
    path("absentees/export/", report_files.absentee_export, name="absentees_export"),
]
