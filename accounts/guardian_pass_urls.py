"""Guardian links: the admins' pages. The page the link itself opens is composed in `coaching.pages.guardian_link`."""

from django.urls import path

from accounts import guardian_pass_views

urlpatterns = [
    path("people/<uuid:public_id>/guardian-links/", guardian_pass_views.guardian_link_list, name="guardian_link_list"),
    path(
        "guardian-links/<uuid:public_id>/extend/",
        guardian_pass_views.guardian_link_extend,
        name="guardian_link_extend",
    ),
    path(
        "guardian-links/<uuid:public_id>/revoke/",
        guardian_pass_views.guardian_link_revoke,
        name="guardian_link_revoke",
    ),
]
