"""Where photos are put and fetched."""

from django.urls import path

from accounts import photo_views

urlpatterns = [
    path("photo/", photo_views.photo_change, name="photo_change"),
    path("people/<uuid:public_id>/photo", photo_views.person_photo, name="person_photo"),
]
