"""The last step of a sign-in, after password, Google or passkey and the second step: is there a device too many?"""

from typing import Any

from allauth.account.stages import LoginStage
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts import sessions


class SessionLimitStage(LoginStage):  # type: ignore[misc]
    """Where the role's policy does not simply replace the oldest: refuse, or ask which session to end."""

    key = "session_limit"
    urlname = "session_choose"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        person: Any = self.login.user
        if not sessions.blocking(person, request=self.request, now=timezone.now()):
            return None, True
        return redirect(self.urlname), True
