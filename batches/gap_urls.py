"""Where classes that lack something are listed."""

from django.urls import path

from batches import gap_views

urlpatterns = [path("classes/gaps/", gap_views.class_gaps, name="class_gaps")]
