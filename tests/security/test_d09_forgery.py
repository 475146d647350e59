"""Nothing changes without the site's own form (D09), and nothing changes by looking (D10)."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from tests import people
from tests.test_access import ROUTES, TABLE

pytestmark = pytest.mark.django_db
UNSAFE = ("post", "put", "patch", "delete")
# These look at the token themselves, after the upload's size; the test below sends one without it.
LOOK_THEMSELVES = {
    "dfs:console_upload",
    "dfs:file_list",
    "photo_change",
    "bank_question_new",
    "bank_question_edit",
    "question_file",
    "paper_marks_file",
    "suite_test",
    "suite_test_new",
    "suite_zip",
}
# When a session was last used, Django's own sessions, the copy of an address that allauth makes as it meets it, and
# what results say of everybody, which is reckoned for whoever looks first.
NOT_WORK = {"sessions.session", "accounts.sessionslot", "account.emailaddress", "exams.analysis"}


@pytest.fixture(scope="module")
def _written(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """The objects of the access table are made once for all tests of this module, around whose transactions this lies:
    to make them takes longer than to ask for half of them, and no test of this module may change them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _addresses()
        transaction.set_rollback(True)


@pytest.fixture
def addresses(_written: dict[str, str], db: None) -> dict[str, str]:
    """Each route's address with the objects of the access table; of Django's admin those without an argument."""
    return _written


def _addresses() -> dict[str, str]:
    found = {name: reverse(name, kwargs=row.kwargs()) for name, row in TABLE.items()}
    for name in ROUTES:
        if name.startswith("admin:"):
            try:
                found[name] = reverse(name)
            except NoReverseMatch:
                continue
    return found


def strict(who: User | None) -> Client:
    client = Client(enforce_csrf_checks=True)
    if who is not None:
        client.force_login(who)
    return client


@pytest.mark.parametrize("kind", ["anonymous", "student", "admin"])
def test_d09_every_unsafe_request_without_a_token_is_refused(kind: str, addresses: dict[str, str]) -> None:
    client = strict(None if kind == "anonymous" else people.EVERYBODY[kind]())
    before, wrong = rows(), []
    for name, address in addresses.items():
        for method in UNSAFE:
            status = getattr(client, method)(address).status_code
            if status != 403 and name not in LOOK_THEMSELVES:
                wrong.append(f"{method} {name}: {status}")
    assert wrong == []
    assert rows() == before


@pytest.mark.parametrize("name", sorted(LOOK_THEMSELVES))
def test_d09_upload_form_without_a_token_is_refused(name: str) -> None:
    client = strict(people.admin())
    address = reverse(name, kwargs=TABLE[name].kwargs())
    before = rows()
    answer = client.post(address, {"file": "x", "name": "x"})
    assert answer.status_code == 403
    assert rows() == before


def test_d09_no_other_view_is_exempt() -> None:
    exempt = {name for name, route in ROUTES.items() if getattr(route.callback, "csrf_exempt", False)}
    assert exempt == LOOK_THEMSELVES


@pytest.mark.parametrize("header", [{"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_d09_form_from_another_origin_is_refused_even_with_a_token(header: dict[str, str]) -> None:
    client = strict(people.student())
    page = client.get("/accounts/profile/")
    token = str(page.context["csrf_token"])
    asked = {"theme": "dark", "csrfmiddlewaretoken": token}
    assert client.post("/accounts/theme/", asked, headers=header).status_code == 403
    assert client.post("/accounts/theme/", asked).status_code == 302


def test_d09_https_form_without_a_referer_is_refused() -> None:
    client = strict(people.student())
    token = str(client.get("/accounts/profile/", secure=True).context["csrf_token"])
    asked = {"theme": "dark", "csrfmiddlewaretoken": token}
    assert client.post("/accounts/theme/", asked, secure=True).status_code == 403
    elsewhere = {"Referer": "https://evil.example/"}
    assert client.post("/accounts/theme/", asked, secure=True, headers=elsewhere).status_code == 403


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that holds somebody's work."""
    models = [model for model in apps.get_models() if model._meta.label_lower not in NOT_WORK]
    return {model._meta.label_lower: list(model._default_manager.order_by("pk").values()) for model in models}


LOOKS = [("get", kind) for kind in ("anonymous", "student", "teacher", "admin")]
LOOKS += [("head", "student"), ("options", "admin")]


@pytest.mark.parametrize(("method", "kind"), LOOKS)
def test_d10_looking_changes_nothing(method: str, kind: str, addresses: dict[str, str]) -> None:
    client = people.signed_in(None if kind == "anonymous" else people.EVERYBODY[kind]())
    Authenticator.objects.all().delete()  # the table's passkey holds no key, so no page can ask for it
    before = rows()
    for address in addresses.values():
        getattr(client, method)(address, {"do": "revoke", "theme": "dark"} if method == "get" else {})
    after = rows()
    assert [label for label in after if after[label] != before[label]] == []
