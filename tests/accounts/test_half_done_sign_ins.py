"""A sign-in that waits between its steps, and what changes about the person meanwhile."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings

from accounts import second_step, services
from accounts.models import Role, SessionPolicy, SessionSlot, User
from tests import people
from tests.accounts.browsers import browser, enter, is_in, live
from tests.accounts.second_steps import STEP, Phone, give_app

CHOOSE = "/accounts/sessions/choose/"
OTHER_PASSWORD = "a-quite-different-one-7"


@pytest.fixture
def phone(settings: LazySettings) -> Phone:
    settings.MFA_TOTP_TOLERANCE = 40
    return give_app(people.teacher())


def change_password(who: User) -> None:
    services.set_password(User.objects.get(pk=who.pk), OTHER_PASSWORD)


def change_role(who: User) -> None:
    person = User.objects.get(pk=who.pk)
    person.role = Role.ADMIN
    services.change_person(person, changed=["role"])


@pytest.mark.django_db
@pytest.mark.parametrize("change", [change_password, change_role])
def test_what_waits_at_the_second_step_ends_with_what_it_stands_on(
    phone: Phone, change: Callable[[User], None]
) -> None:
    teacher = people.teacher()
    waiting = enter(teacher, browser())
    change(teacher)
    answer = waiting.post(STEP, {"code": phone.code()})
    assert (answer.status_code, live(teacher), is_in(waiting)) == (409, 0, False)


@pytest.mark.django_db
def test_what_waits_at_the_second_step_goes_on_when_nothing_changed(phone: Phone) -> None:
    teacher = people.teacher()
    waiting = enter(teacher, browser())
    assert waiting.post(STEP, {"code": phone.code()}).status_code == 302
    assert is_in(waiting)


def ask_which(role: Role) -> None:
    SessionPolicy.objects.create(role=role, max_sessions=1, on_limit=SessionPolicy.OnLimit.ASK)


@pytest.mark.django_db
def test_what_waits_for_the_choice_of_a_session_ends_with_the_password() -> None:
    ask_which(Role.TEACHER)
    teacher, thief = people.teacher(), browser("edge on windows")
    enter(teacher, browser())
    assert enter(teacher, thief).get(CHOOSE).status_code == 200
    change_password(teacher)
    assert thief.post(CHOOSE, {"session": ""}).status_code == 409
    assert live(teacher) == 0


@pytest.mark.django_db
def test_what_waits_for_the_choice_of_a_session_ends_with_another_second_step(phone: Phone) -> None:
    ask_which(Role.TEACHER)
    teacher, waiting = people.teacher(), browser("edge on windows")
    first = enter(teacher, browser())
    first.post(STEP, {"code": phone.code()})
    enter(teacher, waiting).post(STEP, {"code": phone.code()})
    second_step.reset(teacher, actor=people.admin())
    give_app(teacher)
    assert waiting.post(CHOOSE, {"session": ""}).status_code == 409
    assert (live(teacher), is_in(first)) == (0, False)


@pytest.mark.django_db
def test_the_same_browser_may_begin_again() -> None:
    ask_which(Role.TEACHER)
    teacher, client = people.teacher(), browser("edge on windows")
    enter(teacher, browser())
    enter(teacher, client)
    change_password(teacher)
    client.post(CHOOSE, {"session": ""})
    assert is_in(enter(teacher, client, password=OTHER_PASSWORD))


@pytest.mark.django_db
def test_d16_whoever_knew_the_key_of_the_browsers_session_gets_no_half_done_sign_in() -> None:
    """At a computer of the institute somebody noted the cookie before the person came."""
    ask_which(Role.TEACHER)
    teacher, shared, thief = people.teacher(), browser("edge on windows"), browser("edge on windows")
    enter(teacher, browser())
    shared.get("/accounts/passkey/sign-in/", headers={"accept": "application/json"})
    thief.cookies["sessionid"] = shared.cookies["sessionid"].value
    enter(teacher, shared)
    slot = SessionSlot.objects.get(user=teacher, ended_at=None)
    thief.post(CHOOSE, {"session": str(slot.uuid)})
    assert (is_in(thief), SessionSlot.objects.get(ended_at=None)) == (False, slot)
    shared.post(CHOOSE, {"session": str(slot.uuid)})
    assert is_in(shared)
