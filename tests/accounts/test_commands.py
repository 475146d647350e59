"""`create_admin` and `demo`, as an operator types them."""

import io
import json
import stat
import time

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import demo
from accounts.demo import PEOPLE
from accounts.models import Activity, Grant, GuardianPass, Guardianship, Invitation, Role, User
from tests import people

pytestmark = pytest.mark.django_db
NEW = "a-brand-new-pass-77"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def typed(monkeypatch):
    """Runs a command with this on standard input (None: a terminal) and gives back what it printed."""

    def run(command, *arguments, stdin=None, **options):
        monkeypatch.setattr("sys.stdin", Terminal() if stdin is None else io.StringIO(stdin))
        out = io.StringIO()
        call_command(command, *arguments, stdout=out, **options)
        return out.getvalue()

    return run


def path_in(printed):
    return printed.split("http://127.0.0.1:8000", 1)[1].split()[0]


def set_password_at(path):
    """Open the link in a new browser and type a password twice."""
    browser = Client()
    form = browser.get(path, follow=True)
    if not form.redirect_chain:
        return form
    return browser.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW}, follow=True)


def test_admin_with_a_password_on_standard_input_signs_in(typed, client):
    assert "signs in" in typed("create_admin", "Owner@Pragati.test", stdin=f"{NEW}\n")
    person = User.objects.get()
    assert (person.email, person.role) == ("owner@pragati.test", Role.ADMIN)
    assert client.post("/accounts/login/", {"login": person.email, "password": NEW}).status_code == 302
    assert client.get(reverse("admin:index")).headers["Location"] == reverse("second_step")


def test_weak_password_makes_nobody(typed):
    with pytest.raises(CommandError, match="at least 12") as refused:
        typed("create_admin", "owner@pragati.test", stdin="short\n")
    assert refused.value.returncode == 2
    assert not User.objects.exists()
    with pytest.raises(CommandError, match="a name that others know"):
        typed("create_admin", "owner@pragati.test", name="Rajendra Bhosale", stdin="rajendra bhosale\n")
    with pytest.raises(CommandError, match="no e-mail address"):
        typed("create_admin", "no address")
    assert not User.objects.exists()


def test_link_lets_the_admin_set_a_password_once(typed, client):
    path = path_in(typed("create_admin", "owner@pragati.test", name="Rajendra Bhosale"))
    set_password_at(path)
    assert client.post("/accounts/login/", {"login": "owner@pragati.test", "password": NEW}).status_code == 302
    assert not set_password_at(path).redirect_chain
    events = set(Activity.objects.values_list("event", flat=True))
    assert {"person.created", "person.password_link_made", "person.password_changed"} <= events


@pytest.mark.parametrize("stdin", [None, f"{NEW}\n"])
def test_where_there_are_no_passwords_the_command_says_how_an_admin_comes_in(typed, settings, stdin):
    people.admin()
    before = people.admin().password
    settings.AUTH_LOCAL = False
    for email in ("owner@pragati.test", "rajendra@pragati.test"):
        with pytest.raises(CommandError, match="AUTH_LOCAL=on, make the admin, let him connect Google") as refused:
            typed("create_admin", email, stdin=stdin)
        assert refused.value.returncode == 2
    assert User.objects.get().password == before
    settings.AUTH_LOCAL = True
    typed("create_admin", "owner@pragati.test", stdin=stdin)
    assert User.objects.filter(email="owner@pragati.test").exists()


def test_link_dies_within_an_hour(typed):
    path = path_in(typed("create_admin", "owner@pragati.test"))
    with time_machine.travel(time.time() + 61 * 60):  # a plain instant: the token counts in local time
        assert not set_password_at(path).redirect_chain
    assert not User.objects.get().has_usable_password()


def test_admin_who_lost_his_password_gets_a_new_link(typed):
    people.admin()
    set_password_at(path_in(typed("create_admin", "rajendra@pragati.test")))
    assert User.objects.get().check_password(NEW)


def test_teacher_is_not_made_an_admin_in_passing(typed):
    people.teacher()
    with pytest.raises(CommandError, match="not an active admin"):
        typed("create_admin", "meera@pragati.test")
    assert User.objects.get().role == Role.TEACHER


@pytest.fixture
def demo_mode(settings, tmp_path, cheap_hashes):
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    return tmp_path


def test_demo_prints_sign_ins_that_work_and_repeated_changes_nothing(typed, client, demo_mode):
    printed = typed("demo", "--json")
    shown = json.loads(printed)
    assert shown["address"] == "http://127.0.0.1:8000"
    assert {one["role"] for one in shown["sign_ins"]} == set(Role.values)
    assert len({one["password"] for one in shown["sign_ins"]}) == len(PEOPLE)
    for one in (shown["sign_ins"][0], next(one for one in shown["sign_ins"] if one["admission_number"])):
        login = one["email"] or one["admission_number"]
        assert client.post("/accounts/login/", {"login": login, "password": one["password"]}).status_code == 302
        client.logout()
    before = list(User.objects.order_by("pk").values_list("pk", "name", "password"))
    assert typed("demo", "--json") == printed
    assert list(User.objects.order_by("pk").values_list("pk", "name", "password")) == before


def test_demo_people_are_the_same_everywhere_but_for_their_passwords(demo_mode, settings):
    first = demo.seed()
    assert max(len(person.name) for person in first.values()) == 200
    kept = demo_mode / "secrets" / "demo_passwords.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    words = demo.passwords()
    assert words == demo.passwords()
    for rows in (Invitation, Grant, User):
        rows.objects.all().delete()
    settings.DATA_DIR = demo_mode / "another"
    second = demo.seed()
    assert {key: (one.uuid, one.name) for key, one in first.items()} == {
        key: (one.uuid, one.name) for key, one in second.items()
    }
    assert not set(words.values()) & set(demo.passwords().values())


def test_demo_person_who_is_missing_or_changed_his_password_is_put_right(demo_mode):
    people_before = demo.seed()
    people_before["sunil"].delete()
    people_before["lata"].set_password(NEW)
    people_before["lata"].save()
    people_after = demo.seed()
    assert people_after["sunil"].uuid == people_before["sunil"].uuid
    assert people_after["lata"].check_password(demo.passwords()["lata"])


def test_demo_has_rights_guardians_and_invitations_once(demo_mode):
    for _ in range(2):
        named = demo.seed()
    assert named["lata"].may(Grant.Kind.CASHIER)
    assert {(link.guardian, link.student) for link in Guardianship.objects.all()} == {
        (named["sunil"], named["ananya"]),
        (named["sunil"], named["aarav"]),
        (named["sunita"], named["ritika"]),
        (named["subramaniam"], named["kavya"]),
    }
    now = timezone.now()
    states = {one.name: one.state(now) for one in Invitation.objects.all()}
    assert states == {
        "Meera Joshi": Invitation.State.USED,
        "Nandini Rao": Invitation.State.EXPIRED,
        "Farida Merchant": Invitation.State.OPEN,
        "तन्वी चव्हाण": Invitation.State.OPEN,
    }


def test_demo_has_one_guardian_link_which_the_next_run_opens_again(typed, client, demo_mode):
    shown = json.loads(typed("demo", "--json"))["guardian_link"]
    assert stat.S_IMODE((demo_mode / "secrets" / "demo_guardian_link.json").stat().st_mode) == 0o600
    GuardianPass.objects.update(revoked_at=timezone.now(), wrong_pins=5)
    assert json.loads(typed("demo", "--json"))["guardian_link"] == shown
    path = shown["link"].removeprefix("http://127.0.0.1:8000")
    assert "Ananya Kulkarni" in client.post(path, {"pin": shown["pin"]}, follow=True).content.decode()
    assert GuardianPass.objects.count() == 1


def test_demo_takes_one_password_for_all(demo_mode, settings):
    settings.DEMO_PASSWORD = NEW
    assert demo.seed()["meera"].check_password(NEW)
    assert set(demo.passwords().values()) == {NEW}
    assert not (demo_mode / "secrets").exists()


def test_demo_stays_out_of_production(typed, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with pytest.raises(CommandError) as refused:
        typed("demo")
    assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="only with DEMO=1 or DEBUG=1"):
        typed("demo", "--reset", "--yes")
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_demo_reset_starts_over(typed, demo_mode, settings):
    typed("demo")
    people.person("Visitor", Role.TEACHER, email="visitor@pragati.test")
    typed("demo", "--reset")
    assert User.objects.count() == len(PEOPLE)
    settings.DEMO = False
    assert "Rajendra Bhosale" in typed("demo", "--yes")
