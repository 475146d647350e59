"""One person for admins: entered, changed, let in, linked to his guardians."""

from django.urls import path

from accounts import people_views

urlpatterns = [
    path("people/new/", people_views.person_create, name="person_create"),
    path("people/<uuid:public_id>/edit/", people_views.person_edit, name="person_edit"),
    path("people/<uuid:public_id>/password-link/", people_views.person_password_link, name="person_password_link"),
    path("people/<uuid:public_id>/invite/", people_views.person_invite, name="person_invite"),
    path("people/<uuid:public_id>/guardians/", people_views.person_guardians, name="person_guardians"),
]
