"""Seeds of the second step are sealed where they lie, follow the master key, and a code is used up once for all."""

import base64
import io
import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from accounts import second_step
from accounts.keys import mark_master_keys
from tests import people
from tests.accounts.second_steps import (
    TOLERANCE,
    enter,
    give_app,
    is_in,
    opened,
    phone_of,
    recovery_codes_of,
    secret_on,
)
from tests.racing import at_once

NEW = "n2:" + base64.b64encode(b"another master key of 32 bytes !").decode()
THREADS = 8


@pytest.fixture(autouse=True)
def _patient_clock(settings: Any) -> None:
    settings.MFA_TOTP_TOLERANCE = TOLERANCE


def dump() -> str:
    """Every column of every table as text; what a session holds is decoded first."""
    from django.contrib.sessions.models import Session

    told = [json.dumps(row.get_decoded(), default=str) for row in Session.objects.all()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the database's own names
            told += [str(bytes(value) if isinstance(value, memoryview) else value) for row in cursor for value in row]
    return "\n".join(told)


@pytest.mark.django_db
def test_d31_no_seed_no_code_and_no_key_of_a_session_stands_in_the_database() -> None:
    browser = enter(people.admin())
    waiting = secret_on(browser.get(reverse("second_step_app")))
    assert waiting not in dump()
    phone = phone_of(waiting)
    browser.post(reverse("second_step_app"), {"code": phone.code()})
    assert len(browser.get(reverse("second_step_codes")).context["codes"]) == 10
    secrets = [waiting, base64.b32decode(waiting).hex(), *recovery_codes_of(people.admin())]
    seed = opened(Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).data["seed"])
    whole = dump()
    assert "second_step.added" in whole
    for secret in (*secrets, seed, browser.cookies["sessionid"].value):
        assert secret not in whole


def keys(*words: str) -> tuple[int, dict[str, Any]]:
    """(exit status, what it told)."""
    out = io.StringIO()
    try:
        call_command("keys", *words, "--json", stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


@pytest.mark.django_db
def test_a_new_master_key_seals_the_seeds_anew_and_only_then_the_old_one_goes(settings: Any) -> None:
    phone = give_app(people.teacher())
    codes, old = recovery_codes_of(people.teacher()), settings.MASTER_KEYS
    assert enter(people.teacher(), phone=phone)
    mark_master_keys()
    settings.MASTER_KEYS = f"{NEW},{old}"
    assert keys("status")[1]["sealed"]["second steps"] == {"t1": 2}
    settings.MASTER_KEYS = f"{NEW},{old}"
    status, told = keys("rotate", "--retire", "t1")
    assert (status, told["changed"]["second steps"], told["retired"]) == (0, 2, "t1")
    settings.MASTER_KEYS = NEW
    assert keys("verify")[1]["second steps"] == {"opened": 2, "failed": []}
    assert recovery_codes_of(people.teacher()) == codes
    assert is_in(enter(people.teacher(), phone=phone))


@pytest.mark.django_db
def test_a_key_that_still_seals_a_seed_is_not_retired(settings: Any) -> None:
    give_app(people.teacher())
    row = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    sealed = base64.urlsafe_b64decode(row.data["secret"])
    row.data["secret"] = base64.urlsafe_b64encode(sealed[:-1] + bytes([sealed[-1] ^ 1])).decode()
    row.save()
    mark_master_keys()
    settings.MASTER_KEYS = f"{NEW},{settings.MASTER_KEYS}"
    status, told = keys("rotate", "--retire", "t1")
    assert (status, told["left"], told["retired"]) == (1, {"second steps": {"t1": 1}}, "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery code"])
def test_d27_of_many_who_show_the_same_code_at_once_one_is_let_in(kind: str) -> None:
    phone = give_app(people.teacher())
    code = phone.code() if kind == "app" else recovery_codes_of(people.teacher())[0]
    person = people.teacher()
    shown = at_once([lambda: second_step.use_code(person, code, now_s=phone.step * 30)] * THREADS)
    assert sum(used is not None for used in shown) == 1
