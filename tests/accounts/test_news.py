"""Being told: once for each event, in one's own language, and what accounts itself tells."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from accounts import deliveries, invitations, kinds, news, notifications, sessions
from accounts.invitees import Invitee
from accounts.models import Delivery, Guardianship, Notification, Role, SessionSlot, User
from accounts.models.invitations import hash_token
from tests import people
from tests.accounts.browsers import browser
from tests.accounts.invited import accept, invited, opened
from tests.accounts.telling import TEST, tell

pytestmark = pytest.mark.django_db


def unread_of(person: User) -> list[str]:
    return list(Notification.objects.filter(recipient=person).order_by("pk").values_list("title", flat=True))


def test_telling_twice_changes_nothing() -> None:
    assert tell([people.teacher(), people.student(), people.teacher()]) == 2
    assert tell([people.teacher(), people.admin()], title="Other words") == 1
    assert unread_of(people.teacher()) == ["Room 3 is closed"]
    assert Delivery.objects.count() == 3


def test_another_event_is_told_anew() -> None:
    assert [tell([people.teacher()], event_key=key) for key in ("a", "b", "a")] == [1, 1, 0]


def test_one_event_about_two_children_is_told_a_guardian_twice() -> None:
    for child in (people.student(), people.other_student()):
        Guardianship.objects.create(guardian=people.guardian(), student=child)
        assert tell(notifications.guardians_of([child]), about=child) == 1
    assert Notification.objects.filter(recipient=people.guardian()).count() == 2


def test_guardians_are_each_there_once_and_only_while_active() -> None:
    children = [people.student(), people.other_student()]
    for guardian in (people.guardian(), people.guardian_who_teaches()):
        for child in children:
            Guardianship.objects.create(guardian=guardian, student=child)
    User.objects.filter(pk=people.guardian_who_teaches().pk).update(is_active=False)
    assert list(notifications.guardians_of(children)) == [people.guardian()]
    assert notifications.with_guardians(people.student()) == [people.student(), people.guardian()]


def test_words_are_rendered_once_in_each_language() -> None:
    rendered: list[str] = []

    def title() -> str:
        rendered.append(translation.get_language())
        return str(gettext_lazy("Profile"))

    readers = [people.teacher(), people.other_teacher(), people.admin()]
    User.objects.filter(pk__in=[people.teacher().pk, people.admin().pk]).update(language="hi")
    tell(User.objects.filter(pk__in=[reader.pk for reader in readers]), title=title)
    assert sorted(rendered) == ["en", "hi"]
    assert unread_of(people.other_teacher()) == ["Profile"]
    assert re.search("[\u0900-\u097f]", unread_of(people.admin())[0])


def test_long_and_broken_titles_are_one_line_of_two_hundred_signs() -> None:
    tell([people.teacher()], title="Chemistry\r\nBcc: x@y.test\0 " + "long " * 100)
    [title] = unread_of(people.teacher())
    assert len(title) == 200
    assert title.startswith("Chemistry Bcc: x@y.test long")


@pytest.mark.parametrize("url", ["https://evil.test/", "//evil.test/", "/\\evil.test/", "javascript:alert(1)", "dfs/"])
def test_news_leads_nowhere_but_here(url: str) -> None:
    with pytest.raises(ValueError, match="cannot be told"):
        tell([people.teacher()], url=url)
    assert not Notification.objects.exists()


def test_a_kind_nobody_declared_cannot_be_told() -> None:
    with pytest.raises(ValueError, match="cannot be told"):
        tell([people.teacher()], kind="no.such")


def test_a_kind_is_declared_once() -> None:
    kinds.declare(TEST)
    with pytest.raises(ValueError, match="another kind"):
        kinds.declare(kinds.Kind(TEST.key, "Something else"))


def test_telling_many_asks_nothing_for_each_of_them(django_assert_max_num_queries: Any) -> None:
    User.objects.bulk_create(User(name=f"Student {n}", email=f"s{n}@pragati.test", password="!") for n in range(600))
    with django_assert_max_num_queries(40):  # SQLite takes 999 values in one statement
        assert tell(User.objects.filter(name__startswith="Student")) == 600
    assert Delivery.objects.count() == 600


# --- What accounts tells ----------------------------------------------------------------------------------------------


def sign_in(client: Client, who: User) -> None:
    client.post("/accounts/login/", {"login": who.identifier, "password": people.PASSWORD})


def test_a_first_sign_in_is_no_news_and_one_on_a_new_device_is() -> None:
    phone, desk = browser(), browser()
    sign_in(phone, people.teacher())
    assert unread_of(people.teacher()) == []
    sign_in(desk, people.teacher())
    deliveries.send_due(now=timezone.now())
    [letter] = mail.outbox
    assert letter.subject.startswith("New sign-in: ")
    assert "If it was not you" in letter.body
    assert reverse("session_list") in letter.body
    for known in (phone, desk):
        known.post("/accounts/logout/")
        sign_in(known, people.teacher())
    assert len(unread_of(people.teacher())) == 1


def test_who_accepts_an_invitation_is_told_of_the_next_device_and_not_of_this_one() -> None:
    invitation, path = invited()
    assert accept(opened(path)).status_code == 302
    person = User.objects.get(email=invitation.email)
    assert unread_of(person) == []
    person.set_password(people.PASSWORD)
    person.save()
    desk = browser()
    sign_in(desk, person)
    assert [title.split(":")[0] for title in unread_of(person)] == ["New sign-in"]


def test_one_sign_in_is_told_once_however_often_it_is_announced() -> None:
    sign_in(browser(), people.teacher())
    desk = browser()
    sign_in(desk, people.teacher())
    told = Notification.objects.get()
    request = RequestFactory().get("/")
    request.session_slot = SessionSlot.objects.latest("pk")  # type: ignore[attr-defined]
    news.of_new_device(None, request, people.teacher())
    assert list(Notification.objects.all()) == [told]
    assert (told.url, told.kind) == (reverse("session_list"), news.NEW_DEVICE)


def test_a_changed_password_is_told() -> None:
    client = browser()
    sign_in(client, people.teacher())
    fresh = "another-horse-battery-7"
    entry = {"oldpassword": people.PASSWORD, "password1": fresh, "password2": fresh}
    assert client.post("/accounts/password/change/", entry).status_code == 302
    deliveries.send_due(now=timezone.now())
    assert [letter.subject for letter in mail.outbox] == ["Your password was changed"]


def test_whoever_invited_is_told_once_a_day_who_came() -> None:
    farhan = Invitee(name="Farhan Ali", email="farhan@pragati.test", role=Role.TEACHER)
    made = invitations.invite(farhan, actor=people.admin())
    mark = hash_token(made.link.rstrip("/").rsplit("/", 1)[1])
    invitations.accept_with_password(mark, password="a-good-long-password-5", name="Farhan Ali")
    assert unread_of(people.admin()) == ["Farhan Ali accepted the invitation"]
    assert Delivery.objects.get().is_digest


def test_a_page_that_asks_by_itself_does_not_keep_a_session_alive(time_machine: Any) -> None:
    time_machine.move_to("2026-11-21 12:00+0530", tick=False)
    client = people.signed_in(people.teacher())
    time_machine.shift(600)
    assert client.get(reverse("notification_bell"), headers={"X-Live": "1"}).status_code == 200
    slot = SessionSlot.objects.get()
    assert (timezone.now() - slot.last_seen_at).total_seconds() == 600
    client.get(reverse("notification_bell"))
    slot.refresh_from_db()
    assert slot.last_seen_at == timezone.now()
    assert sessions.is_live(slot.pk, now=timezone.now())
