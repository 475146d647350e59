"""Signing in and out, passwords, a person's own page, the log.

allauth's views are named one by one, so that nothing of it is open that nobody chose to open.
"""

from allauth.account import views as allauth_views
from django.urls import include, path, re_path

from accounts import activity_views, session_views, views
from accounts.access import public, recent_sign_in_required, signed_in, while_enrolling
from accounts.limits import CONFIRMATION, PASSWORD_CHANGE, RESET_TRIES, SIGN_IN, limited, person_of
from accounts.password_views import password_from_link
from accounts.ways_in import leads_to_google, passwords_only, sent_passwords_only
from coaching.lib.headers import clears_browser

urlpatterns = [
    path(
        "login/",
        public(leads_to_google(limited(SIGN_IN)(sent_passwords_only(allauth_views.login)))),
        name="account_login",
    ),
    path("logout/", public(clears_browser(allauth_views.logout)), name="account_logout"),
    path("inactive/", public(allauth_views.account_inactive), name="account_inactive"),
    path("signup/", views.registration_closed, name="account_signup"),
    path(
        "reauthenticate/",
        while_enrolling(signed_in(leads_to_google(limited(CONFIRMATION, key=person_of)(allauth_views.reauthenticate)))),
        name="account_reauthenticate",
    ),
    path(
        "password/change/",
        signed_in(passwords_only(limited(PASSWORD_CHANGE, key=person_of)(allauth_views.password_change))),
        name="account_change_password",
    ),
    path(
        "password/set/",
        signed_in(passwords_only(recent_sign_in_required(allauth_views.password_set))),
        name="account_set_password",
    ),
    path("password/reset/", public(passwords_only(allauth_views.password_reset)), name="account_reset_password"),
    path("password/reset/done/", public(allauth_views.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(passwords_only(limited(RESET_TRIES)(password_from_link))),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        public(allauth_views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("email/", views.not_here, name="account_email"),
    path("confirm-email/", views.not_here, name="account_email_verification_sent"),
    path("confirm-email/<str:key>/", views.not_here, name="account_confirm_email"),
    path("theme/", views.theme_set, name="theme_set"),
    path("sessions/", session_views.session_list, name="session_list"),
    path("sessions/end-others/", session_views.session_end_others, name="session_end_others"),
    path("sessions/choose/", session_views.session_choose, name="session_choose"),
    path("sessions/choose/cancel/", session_views.session_choose_cancel, name="session_choose_cancel"),
    path("sessions/policies/", session_views.session_policies, name="session_policies"),
    path("sessions/<uuid:public_id>/end/", session_views.session_end, name="session_end"),
    path("people/<uuid:public_id>/sessions/", session_views.person_sessions, name="person_sessions"),
    path("people/<uuid:public_id>/sessions/end/", session_views.person_sessions_end, name="person_sessions_end"),
    path("", include("accounts.second_step_urls")),
    path("", include("accounts.google_urls")),
    path("", include("accounts.invitation_urls")),
    path("", include("accounts.notification_urls")),
    path("", include("accounts.institute_urls")),
    path("", include("accounts.guardian_pass_urls")),
    path("", include("accounts.import_urls")),
    path("", include("accounts.people_urls")),
    path("", include("accounts.photo_urls")),
    path("", include("accounts.question_urls")),
    path("activity/", activity_views.activity, name="activity"),
    path("activity/export/", activity_views.activity_export, name="activity_export"),
]
