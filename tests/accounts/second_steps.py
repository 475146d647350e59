"""Help for tests of the second step: a person's app as his phone has it, and going through the door."""

import base64
import time
from dataclasses import dataclass
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from accounts.models import User
from tests import people

LOGIN, STEP = "/accounts/login/", "/accounts/second-step/sign-in/"


@dataclass
class Phone:
    """Somebody's authenticator app. Each `code()` is of the next step, so it is never one that was used."""

    secret: str
    step: int

    def code(self) -> str:
        self.step += 1
        return self.code_of(self.step)

    def code_of(self, step: int) -> str:
        return str(format_hotp_value(hotp_value(self.secret, step)))


def phone_of(secret: str) -> Phone:
    """With MFA_TOTP_TOLERANCE at TOLERANCE a test takes a dozen codes, however slow the machine is."""
    return Phone(secret, int(time.time()) // 30 - TOLERANCE // 2)


TOLERANCE = 40


def give_app(person: User) -> Phone:
    """The person has an app and recovery codes, as if he had set them up before."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    return phone_of(secret)


def recovery_codes_of(person: User) -> list[str]:
    row = Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES)
    codes: list[str] = row.wrap().get_unused_codes()
    return codes


def enter(person: User, *, phone: Phone | None = None, client: Client | None = None) -> Client:
    """A browser in which the person came in through the door, with the second step if he has a phone."""
    client = client or Client()
    client.post(LOGIN, {"login": person.identifier, "password": people.PASSWORD})
    if phone is not None:
        answer = client.post(STEP, {"code": phone.code()})
        assert answer.status_code == 302, answer.content.decode()
    return client


def secret_on(page: Any) -> str:
    """The app's secret as the page shows it."""
    return "".join(page.context["groups"])


def opened(text: str) -> str:
    """What is sealed in a column, in plain."""
    return str(get_adapter().decrypt(text))


def is_sealed(text: str) -> bool:
    return base64.urlsafe_b64decode(text)[0] == 1


def is_in(browser: Client) -> bool:
    """Whether the browser gets its own page."""
    return bool(browser.get("/accounts/profile/").status_code == 200)
