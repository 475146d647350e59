"""The institute itself; what people agreed to about their own data."""

from django.urls import path

from accounts import institute_views, privacy_views

urlpatterns = [
    path("institute/", institute_views.institute, name="institute"),
    path("institute/logo", institute_views.institute_logo, name="institute_logo"),
    path("privacy/", privacy_views.privacy, name="privacy"),
    path("privacy/<uuid:public_id>/consents/", privacy_views.consent_change, name="consent_change"),
    path("privacy/<uuid:public_id>/erasure/", privacy_views.erasure_ask, name="erasure_ask"),
    path("people/<uuid:public_id>/consents/", privacy_views.person_consents, name="person_consents"),
]
