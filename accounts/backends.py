"""The password at sign-in and when somebody confirms who he is."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts.frame import with_frame
from accounts.models import User
from accounts.ways_in import has_passwords


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's, by e-mail address or admission number; knows nobody where there are no passwords (AUTH_LOCAL)."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        if not has_passwords():
            return None
        found: User | None = super().authenticate(request, **credentials)
        return found

    def get_user(self, user_id: int) -> User | None:
        """Whose session a request comes with."""
        user = next(iter(with_frame(number=user_id)), None)
        return user if user and self.user_can_authenticate(user) else None
