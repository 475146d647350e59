"""To Google and back."""

from django.urls import path

from accounts import google_views as views

urlpatterns = [
    path("google/login/", views.google_login, name="google_login"),
    path("google/login/callback/", views.google_callback, name="google_callback"),
    path("google/connect/", views.google_connect, name="google_connect"),
    path("google/disconnect/", views.google_disconnect, name="google_disconnect"),
    path("reauthenticate/google/", views.google_confirm, name="google_confirm"),
]
