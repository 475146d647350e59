"""The second step: one's own, at sign-in, when the site asks again, and an admin's help.

Names beginning with `mfa_` are those allauth itself leads to.
"""

from django.urls import path

from accounts import second_step_views as views
from accounts.access import public, signed_in, while_enrolling
from accounts.limits import CONFIRMATION, SIGN_IN, limited, person_of
from accounts.ways_in import leads_to_google

_again = limited(CONFIRMATION, key=person_of)

urlpatterns = [
    path("second-step/", views.overview, name="second_step"),
    path("second-step/app/", views.app, name="second_step_app"),
    path("second-step/passkeys/add/", views.passkey_add, name="passkey_add"),
    path("second-step/passkeys/<int:key>/rename/", views.passkey_rename, name="passkey_rename"),
    path("second-step/<int:key>/remove/", views.remove, name="second_step_remove"),
    path("second-step/codes/", views.codes, name="second_step_codes"),
    path("second-step/codes/download/", views.codes_download, name="second_step_codes_download"),
    path("second-step/codes/new/", views.codes_new, name="second_step_codes_new"),
    path("second-step/sign-in/", public(limited(SIGN_IN)(views.sign_in_step)), name="mfa_authenticate"),
    path("passkey/sign-in/", public(limited(SIGN_IN)(views.passkey_sign_in)), name="mfa_login_webauthn"),
    path(
        "reauthenticate/code/",
        while_enrolling(signed_in(leads_to_google(_again(views.again_code)))),
        name="mfa_reauthenticate",
    ),
    path(
        "reauthenticate/passkey/",
        while_enrolling(signed_in(leads_to_google(_again(views.again_passkey)))),
        name="mfa_reauthenticate_webauthn",
    ),
    path("people/<uuid:public_id>/second-step/reset/", views.person_reset, name="person_second_step_reset"),
]
