"""Invitations: the admins' pages, and the two addresses of the invited."""

from django.urls import path

from accounts import acceptance_views, invitation_views

urlpatterns = [
    path("invitations/", invitation_views.invitation_list, name="invitation_list"),
    path("invitations/new/", invitation_views.invitation_create, name="invitation_create"),
    path("invitations/many/", invitation_views.invitation_create_many, name="invitation_create_many"),
    path("invitations/chosen/", invitation_views.invitation_act, name="invitation_act"),
    path("invitations/<uuid:public_id>/renew/", invitation_views.invitation_renew, name="invitation_renew"),
    path("invitation/", acceptance_views.invitation_accept, name="invitation_accept"),
    path("invitation/<str:token>/", acceptance_views.invitation_open, name="invitation_open"),
]
