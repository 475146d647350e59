"""On how many devices one is signed in, what happens at the limit, and what ends a session."""

import json
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import sessions
from accounts.models import Activity, Role, SessionPolicy, SessionSlot, User
from accounts.services import change_person, set_password
from tests import people
from tests.accounts.browsers import browser, enter, is_in, live

pytestmark = pytest.mark.django_db
Reason = SessionSlot.EndReason


def policy(role: Role, **fields) -> SessionPolicy:
    made, _ = SessionPolicy.objects.update_or_create(role=role, defaults=fields)
    return made


def test_second_sign_in_of_a_student_ends_the_first_who_is_told_by_what():
    first = enter(people.student(), browser("safari on iphone"))
    second = enter(people.student(), browser("chrome on android"))
    assert is_in(second)
    answer = first.get("/accounts/profile/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")
    told = first.get(answer["Location"]).content.decode()
    assert "because you signed in on Chrome, Android at" in told
    assert "because you signed in" not in first.get("/accounts/login/").content.decode()


def test_program_of_a_replaced_session_gets_401_session_replaced():
    first = enter(people.student())
    enter(people.student())
    answer = first.get("/accounts/profile/", headers={"accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "session_replaced"
    never = Client().get("/accounts/profile/", headers={"accept": "application/json"})
    assert never.json()["error"]["code"] == "signed_out"


def test_teacher_keeps_three_devices_and_the_fourth_ends_the_oldest():
    first, *rest = [enter(people.teacher()) for _ in range(4)]
    assert not is_in(first)
    assert [is_in(one) for one in rest] == [True, True, True]
    assert live(people.teacher()) == 3


def test_signing_in_again_in_the_same_browser_replaces_its_own_session_only():
    other = enter(people.teacher())
    mine = enter(people.teacher())
    del mine.cookies["sessionid"]  # lost, say by an update
    for _ in range(4):
        enter(people.teacher(), mine)
    assert is_in(other)
    assert is_in(mine)
    assert live(people.teacher()) == 2


def test_device_cookie_of_another_person_ends_nothing_of_his():
    victim = enter(people.teacher())
    thief = browser()
    thief.cookies["device"] = victim.cookies["device"].value
    enter(people.other_teacher(), thief)
    assert is_in(victim)
    assert is_in(thief)


def test_refusing_policy_shows_the_devices_and_opens_no_session():
    policy(Role.TEACHER, max_sessions=1, on_limit="REFUSE")
    first = enter(people.teacher(), browser("edge on windows"))
    second = enter(people.teacher())
    answer = second.get("/accounts/sessions/choose/")
    assert answer.status_code == 403
    assert "Edge, Windows" in answer.content.decode()
    assert not is_in(second)
    slot = SessionSlot.objects.get(user=people.teacher())
    second.post("/accounts/sessions/choose/", {"session": slot.uuid})
    assert is_in(first)
    assert not is_in(second)


def test_asking_policy_ends_the_chosen_device_and_goes_on_to_where_one_was_going():
    policy(Role.TEACHER, max_sessions=2, on_limit="ASK")
    kept = enter(people.teacher(), browser("edge on windows"))
    given_up = enter(people.teacher(), browser("safari on iphone"))
    third = browser()
    entry = {"login": people.teacher().email, "password": people.PASSWORD, "next": "/accounts/activity/"}
    assert third.post("/accounts/login/", entry)["Location"] == "/accounts/sessions/choose/"
    assert not is_in(third)
    page = third.get("/accounts/sessions/choose/").content.decode()
    assert "Edge, Windows" in page
    assert "Safari, iPhone" in page
    assert third.post("/accounts/sessions/choose/", {"session": "nonsense"}).status_code == 200
    chosen = SessionSlot.objects.get(device="Safari, iPhone")
    answer = third.post("/accounts/sessions/choose/", {"session": chosen.uuid})
    assert answer["Location"] == "/accounts/activity/"
    assert [is_in(one) for one in (kept, given_up, third)] == [True, False, True]


def test_asking_page_of_another_browser_or_after_leaving_leads_to_the_sign_in():
    policy(Role.TEACHER, max_sessions=1, on_limit="ASK")
    first = enter(people.teacher())
    waiting = enter(people.teacher())
    slot = SessionSlot.objects.get(user=people.teacher())
    stranger = browser()
    assert stranger.post("/accounts/sessions/choose/", {"session": slot.uuid})["Location"] == "/accounts/login/"
    assert waiting.post("/accounts/sessions/choose/cancel/")["Location"] == "/accounts/login/"
    assert waiting.post("/accounts/sessions/choose/", {"session": slot.uuid})["Location"] == "/accounts/login/"
    assert is_in(first)


def test_somebody_elses_device_cannot_be_chosen():
    policy(Role.TEACHER, max_sessions=1, on_limit="ASK")
    enter(people.teacher())
    other = enter(people.other_teacher())
    waiting = enter(people.teacher())
    foreign = SessionSlot.objects.get(user=people.other_teacher())
    assert waiting.post("/accounts/sessions/choose/", {"session": foreign.uuid}).status_code == 200
    assert is_in(other)
    assert not is_in(waiting)


def test_sign_in_that_lost_the_race_after_the_page_was_shown_is_refused_and_opens_nothing():
    policy(Role.TEACHER, max_sessions=1, on_limit="ASK")
    client = browser()
    request = client.post("/accounts/login/", {"login": "x", "password": "y"}).wsgi_request
    enter(people.teacher())
    with pytest.raises(sessions.TooManySessions):
        sessions.make_room(people.teacher(), request=request)
    assert live(people.teacher()) == 1


def test_run_out_sessions_stand_in_nobodys_way():
    policy(Role.TEACHER, max_sessions=1, on_limit="REFUSE")
    enter(people.teacher())
    SessionSlot.objects.update(idle_until=timezone.now())
    assert is_in(enter(people.teacher()))


def test_d16_session_key_changes_at_sign_in_and_a_planted_cookie_is_not_adopted():
    planted = browser()
    planted.get("/accounts/login/")
    planted.cookies["sessionid"] = "a" * 32
    enter(people.teacher(), planted)
    key = planted.cookies["sessionid"].value
    assert key != "a" * 32
    assert is_in(planted)
    thief = browser()
    thief.cookies["sessionid"] = "a" * 32
    assert not is_in(thief)


def test_d17_signing_out_kills_the_session_on_the_server():
    client, thief = enter(people.teacher()), browser()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert is_in(thief)
    client.post("/accounts/logout/")
    assert not is_in(thief)
    assert SessionSlot.objects.get().end_reason == Reason.LOGOUT


@pytest.mark.parametrize(("field", "reason"), [("idle_until", Reason.IDLE), ("expires_at", Reason.ABSOLUTE)])
def test_d18_idle_and_absolute_time_outs_end_the_session(field, reason):
    client = enter(people.teacher())
    later = timezone.now() - timedelta(seconds=1)
    SessionSlot.objects.update(created_at=later - timedelta(days=1), **{field: later})
    assert not is_in(client)
    assert SessionSlot.objects.get().end_reason == reason
    assert Session.objects.filter(session_key=SessionSlot.objects.get().key_hash).count() == 0


def test_d18_use_puts_the_idle_end_off_and_never_the_absolute_one():
    client = enter(people.teacher())
    slot = SessionSlot.objects.get()
    earlier = timezone.now() - timedelta(hours=2)
    SessionSlot.objects.update(last_seen_at=earlier, idle_until=earlier + timedelta(hours=8))
    assert is_in(client)
    seen = SessionSlot.objects.get()
    assert seen.last_seen_at > earlier + timedelta(hours=1)
    assert seen.idle_until > earlier + timedelta(hours=9)
    assert seen.expires_at == slot.expires_at


def test_d18_lifetimes_are_the_roles():
    client = enter(people.cashier())
    slot = SessionSlot.objects.get()
    assert slot.expires_at - slot.created_at == timedelta(hours=24)
    assert slot.idle_until - slot.created_at == timedelta(hours=8)
    assert 23.9 * 3600 < int(client.cookies["sessionid"]["max-age"]) <= 24 * 3600


def test_d19_deactivation_role_and_password_end_every_session_at_once():
    changes = {
        Reason.DEACTIVATED: {"is_active": False},
        Reason.ROLE_CHANGE: {"role": Role.STAFF},
    }
    for reason, fields in changes.items():
        person = User.objects.create_user(f"{reason}@pragati.test", people.PASSWORD, name="X", role=Role.TEACHER)
        clients = [enter(person), enter(person)]
        for name, value in fields.items():
            setattr(person, name, value)
        change_person(person, changed=list(fields), actor=people.admin())
        assert [is_in(one) for one in clients] == [False, False]
        assert set(SessionSlot.objects.filter(user=person).values_list("end_reason", flat=True)) == {reason}
    clients = [enter(people.teacher()), enter(people.teacher())]
    set_password(people.teacher(), "another-horse-battery-7")
    assert [is_in(one) for one in clients] == [False, False]


def test_d19_own_password_change_keeps_this_session_and_ends_the_others():
    here, there = enter(people.teacher()), enter(people.teacher())
    words = {"oldpassword": people.PASSWORD, "password1": "new-horse-battery-11", "password2": "new-horse-battery-11"}
    assert here.post("/accounts/password/change/", words).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert SessionSlot.objects.get(end_reason=Reason.PASSWORD)


def test_d19_nothing_ends_when_the_change_does_not_happen():
    client = enter(people.teacher())

    def change_and_fail() -> None:
        with transaction.atomic():
            person = User.objects.get(pk=people.teacher().pk)
            person.is_active = False
            change_person(person, changed=["is_active"])
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert is_in(client)
    assert live(people.teacher()) == 1


def test_role_change_in_the_django_admin_ends_the_sessions():
    teacher, admin = enter(people.teacher()), people.signed_in(people.admin())
    url = f"/admin/accounts/user/{people.teacher().pk}/change/"
    form = admin.get(url).context["adminform"].form
    fields = {name: value if value is not None else "" for name, value in form.initial.items()}
    answer = admin.post(url, fields | {"role": Role.STAFF, "is_active": "on"} | _no_inlines(admin, url))
    assert answer.status_code == 302, answer.context["errors"]
    assert not is_in(teacher)


def _no_inlines(admin: Client, url: str) -> dict[str, str]:
    """What the management forms of inlines want back."""
    sets = admin.get(url).context["inline_admin_formsets"]
    return {
        f"{one.formset.prefix}-{name}": value
        for one in sets
        for name, value in one.formset.management_form.initial.items()
    }


def test_d20_person_ends_one_of_his_own_sessions_and_all_the_others():
    here, second, third = (enter(people.teacher()) for _ in range(3))
    oldest_other = SessionSlot.objects.order_by("created_at")[1]
    assert here.post(f"/accounts/sessions/{oldest_other.uuid}/end/").status_code == 302
    assert [is_in(one) for one in (here, second, third)] == [True, False, True]
    here.post("/accounts/sessions/end-others/")
    assert [is_in(one) for one in (here, third)] == [True, False]


def test_d20_somebody_elses_session_is_not_there():
    enter(people.teacher())
    other = enter(people.other_teacher())
    slot = SessionSlot.objects.get(user=people.teacher())
    assert other.post(f"/accounts/sessions/{slot.uuid}/end/").status_code == 404
    assert live(people.teacher()) == 1


def test_d20_ending_asks_again_who_one_is_when_the_sign_in_is_old():
    here, there = enter(people.teacher()), enter(people.teacher())
    _age(here, minutes=11)
    slot = SessionSlot.objects.order_by("created_at").last()
    answer = here.post(f"/accounts/sessions/{slot.uuid}/end/")
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert is_in(there)
    here.post(answer["Location"], {"password": people.PASSWORD})
    assert not is_in(there)


def _age(client: Client, *, minutes: int) -> None:
    """As if the browser had signed in that long ago."""
    session, by = client.session, timedelta(minutes=minutes)
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [one | {"at": one["at"] - by.total_seconds()} for one in records]
    session.save()
    key_hash = sessions.hash_key(session.session_key)
    slot = SessionSlot.objects.get(key_hash=key_hash)
    SessionSlot.objects.filter(pk=slot.pk).update(created_at=slot.created_at - by)


def test_d20_admin_ends_one_or_all_sessions_of_anybody_and_it_is_logged():
    clients = [enter(people.teacher()) for _ in range(3)]
    admin = people.signed_in(people.admin())
    url = f"/accounts/people/{people.teacher().uuid}/sessions/"
    oldest = SessionSlot.objects.of(people.teacher()).first()
    admin.post(f"{url}end/", {"session": oldest.uuid})
    assert [is_in(one) for one in clients] == [False, True, True]
    assert admin.post(f"{url}end/", {"session": "nonsense"}).status_code == 404
    admin.post(f"{url}end/")
    assert [is_in(one) for one in clients] == [False, False, False]
    lines = Activity.objects.filter(event="session.ended", actor=people.admin(), subject=people.teacher())
    assert lines.count() == 3
    assert "Ended by an admin" in admin.get(url).content.decode()


def test_stricter_policy_ends_the_oldest_at_once_and_wrong_numbers_change_nothing():
    clients = [enter(people.teacher()) for _ in range(3)]
    admin = people.signed_in(people.admin())
    page = admin.get("/accounts/sessions/policies/")
    words = {form.add_prefix(name): form.initial[name] for form in page.context["forms"] for name in form.fields}
    refused = admin.post("/accounts/sessions/policies/", words | {"teacher-max_sessions": "0"})
    assert refused.status_code == 200
    assert SessionPolicy.objects.count() == 0
    assert admin.post("/accounts/sessions/policies/", words | {"teacher-max_sessions": "2"}).status_code == 302
    assert [is_in(one) for one in clients] == [False, True, True]
    assert SessionPolicy.objects.get().role == Role.TEACHER
    assert Activity.objects.get(event="session_policy.changed").extra["devices"] == 2


def test_database_holds_no_key_that_lets_anybody_in():
    client = enter(people.teacher())
    key = client.cookies["sessionid"].value
    dump = json.dumps([list(Session.objects.values()), list(SessionSlot.objects.values())], default=str)
    assert key not in dump
    thief = browser()
    thief.cookies["sessionid"] = SessionSlot.objects.get().key_hash
    assert not is_in(thief)


def test_session_without_a_slot_lets_nobody_in():
    client = enter(people.teacher())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM session_slots")
    assert not is_in(client)
    assert "_auth_user_id" not in client.session


def test_session_opened_by_a_program_counts_and_ends_nobodys():
    first = people.signed_in(people.student())
    second = people.signed_in(people.student())
    assert is_in(first)
    assert is_in(second)
    third = enter(people.student())
    assert [is_in(one) for one in (first, second, third)] == [False, False, True]


def test_my_devices_costs_the_same_with_many_ended_sessions(same_queries):
    client = enter(people.teacher())
    now = timezone.now()

    def add(count: int) -> None:
        SessionSlot.objects.bulk_create(
            SessionSlot(
                user=people.teacher(),
                key_hash=f"{SessionSlot.objects.count() + n:040}",
                idle_until=now,
                expires_at=now + timedelta(days=1),
                ended_at=now,
                end_reason=Reason.LOGOUT,
            )
            for n in range(count)
        )

    same_queries(lambda: client.get("/accounts/sessions/"), add=add)
