"""The page behind a password link. allauth's, but for the place where it keeps the link's key."""

import base64
from typing import Any

from allauth.account.views import INTERNAL_RESET_SESSION_KEY, PasswordResetFromKeyView
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.second_step import sealed_bytes
from coaching.lib.sealing import SealBroken, ring

PURPOSE = "password-link"


class PasswordFromLinkView(PasswordResetFromKeyView):  # type: ignore[misc]
    """The key waits in the session, so that it stands in no later address; sealed, so that it stands in no table."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kept = request.session.get(INTERNAL_RESET_SESSION_KEY)
        if kept:
            request.session[INTERNAL_RESET_SESSION_KEY] = _open(kept)
        try:
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        finally:  # a refusal is an answer, too, and the session is saved with it
            key = request.session.get(INTERNAL_RESET_SESSION_KEY)
            if key:
                request.session[INTERNAL_RESET_SESSION_KEY] = _seal(key)
        return response


def _seal(key: str) -> str:
    return base64.urlsafe_b64encode(ring().seal(PURPOSE, key.encode())).decode()


def _open(kept: str) -> str:
    """The key, "" for what this ring did not seal."""
    try:
        return ring().open(PURPOSE, sealed_bytes(kept)).decode()
    except SealBroken:
        return ""


password_from_link = PasswordFromLinkView.as_view()
