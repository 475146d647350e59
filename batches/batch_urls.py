"""Where batches are listed, made, changed, put away and deleted."""

from django.urls import path

from batches import batch_views as views

urlpatterns = [
    path("", views.batch_list, name="batch_list"),
    path("new/", views.batch_create, name="batch_create"),
    path("<uuid:public_id>/change/", views.batch_change, name="batch_change"),
    path("<uuid:public_id>/archive/", views.batch_archive, name="batch_archive"),
    path("<uuid:public_id>/restore/", views.batch_restore, name="batch_restore"),
    path("<uuid:public_id>/delete/", views.batch_delete, name="batch_delete"),
]
