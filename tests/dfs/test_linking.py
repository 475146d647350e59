"""Linking a Google Drive, from the button to the pool, against the emulator over HTTP."""

import base64
import json
import logging
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity
from dfs import consent, linking
from dfs.models import DriveAccount
from tests import people
from tests.accounts.google_visits import long_ago
from tests.dfs.linking_visits import BACK, LINK, at_google, confirmed, linked, to_google
from tests.dfs.test_my_drives import PAGE, words
from tests.emulators.google import GoogleEmulator

pytestmark = pytest.mark.django_db


@pytest.fixture
def google(settings: Any) -> Iterator[GoogleEmulator]:
    with GoogleEmulator(port=0) as emulator:
        for name, value in emulator.settings.items():
            setattr(settings, name, value)
        yield emulator


@pytest.fixture
def meera(google: GoogleEmulator) -> Client:
    google.account("meera.joshi@gmail.test", limit_bytes=15 * 10**9)
    return confirmed(people.teacher())


def refusal(client: Client, back: str, status: int = 409) -> str:
    response = client.get(back)
    assert f'href="{PAGE}"' in response.content.decode()
    assert response.status_code == status
    assert not DriveAccount.objects.exists()
    return str(response.content.decode())


def test_drive_is_linked_with_its_cap_its_owner_and_a_line_in_the_log(google: GoogleEmulator, meera: Client) -> None:
    drive = linked(meera)
    assert (drive.kind, drive.owner, drive.cap_bytes) == ("GOOGLE", people.teacher(), 5 * 1024**3)
    assert drive.state == DriveAccount.State.ACTIVE
    assert drive.owner_key == google.account("meera.joshi@gmail.test").permission_id
    line = Activity.objects.get(event="drive.add")
    assert (line.actor, line.extra["name"]) == (people.teacher(), "meera.joshi@gmail.test")
    assert "meera.joshi@gmail.test" in words(meera.get(PAGE))


def test_google_is_asked_for_what_is_needed_and_no_more(google: GoogleEmulator, meera: Client) -> None:
    place = urlsplit(to_google(meera))
    asked = {name: values[0] for name, values in parse_qs(place.query).items()}
    assert asked["scope"] == "openid email https://www.googleapis.com/auth/drive.appdata"
    assert (asked["access_type"], asked["response_type"]) == ("offline", "code")
    assert "consent" in asked["prompt"].split()
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/dfs/drives/callback/"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 32
    assert asked["nonce"]
    assert google.client_secret not in place.query


def test_only_the_link_page_may_lead_to_google(google: GoogleEmulator, meera: Client) -> None:
    def form_action(address: str) -> str:
        policy = meera.get(address).headers["Content-Security-Policy"]
        return next(part.strip() for part in policy.split(";") if part.strip().startswith("form-action"))

    assert form_action(LINK) == f"form-action 'self' {google.root}"
    assert form_action(PAGE) == "form-action 'self'"
    assert form_action("/dashboard/") == "form-action 'self'"


@pytest.mark.usefixtures("google")
def test_password_is_asked_before_a_drive_is_linked() -> None:
    client = people.signed_in(people.teacher())
    long_ago(client)
    answer = client.get(LINK)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert client.post(LINK, {"gigabytes": "5"}).headers["Location"] == LINK


def test_too_large_a_share_is_told_at_its_field(meera: Client) -> None:
    meera.get(LINK)
    response = meera.post(LINK, {"gigabytes": "0"})
    assert response.status_code == 200
    assert "between 0.1 and 10,000" in words(response)


def test_answer_is_refused_in_another_browser(meera: Client) -> None:
    back = at_google(to_google(meera), login="meera.joshi@gmail.test")
    other = confirmed(people.teacher())
    assert "does not belong to this browser window" in refusal(other, back)
    imran = confirmed(people.other_teacher())
    to_google(imran)
    refusal(imran, back)
    assert meera.get(back).status_code == 302
    assert DriveAccount.objects.get().owner == people.teacher()


def test_answer_counts_once(meera: Client) -> None:
    back = at_google(to_google(meera), login="meera.joshi@gmail.test")
    assert meera.get(back).status_code == 302
    assert meera.get(back).status_code == 409
    assert DriveAccount.objects.count() == 1


@pytest.mark.usefixtures("google")
def test_attempt_is_claimed_once_even_from_two_copies_of_the_session() -> None:
    now = timezone.now()
    _address, kept = linking.begin(actor=people.teacher(), cap_bytes=1, drive=None, now=now)
    linking.claim(dict(kept), actor=people.teacher(), now=now)
    with pytest.raises(consent.LinkRefused, match="used already"):
        linking.claim(dict(kept), actor=people.teacher(), now=now)


def test_answer_after_ten_minutes_is_refused(meera: Client) -> None:
    back = at_google(to_google(meera), login="meera.joshi@gmail.test")
    session = meera.session
    session["drive_link"] |= {"begun_s": time.time() - 601}
    session.save()
    assert "longer than ten minutes" in refusal(meera, back)


@pytest.mark.parametrize("change", [{"state": "x" * 43}, {"state": ""}])
def test_wrong_state_is_refused_and_the_way_stays_open(meera: Client, change: dict[str, str]) -> None:
    back = urlsplit(at_google(to_google(meera), login="meera.joshi@gmail.test"))
    query = {name: values[0] for name, values in parse_qs(back.query).items()}
    refusal(meera, f"{BACK}?{urlencode(query | change)}")
    assert meera.get(f"{BACK}?{urlencode(query)}").status_code == 302
    assert DriveAccount.objects.count() == 1


def test_stopping_at_google_is_no_failure(meera: Client) -> None:
    answer = meera.get(at_google(to_google(meera), deny=1), follow=True)
    assert answer.status_code == 200
    assert "You stopped at Google, so nothing was linked." in answer.content.decode()
    assert not DriveAccount.objects.exists()


def test_box_that_was_not_ticked_is_told(google: GoogleEmulator, meera: Client) -> None:
    back = at_google(to_google(meera), login="meera.joshi@gmail.test", ticked=1)
    assert "leave that box ticked" in refusal(meera, back)
    assert not [one for one in google.requests if one.path == "/revoke"]


def test_forged_code_is_refused(meera: Client) -> None:
    back = urlsplit(at_google(to_google(meera), login="meera.joshi@gmail.test"))
    query = {name: values[0] for name, values in parse_qs(back.query).items()}
    assert "used or too old" in refusal(meera, f"{BACK}?{urlencode(query | {'code': '4/forged'})}")


def test_wrong_client_secret_is_the_offices_matter(meera: Client, settings: Any) -> None:
    back = at_google(to_google(meera), login="meera.joshi@gmail.test")
    settings.GOOGLE_CLIENT_SECRET = "not this one"
    assert "Tell the office" in refusal(meera, back)


def test_silent_google_is_told_as_such(meera: Client, settings: Any) -> None:
    back = at_google(to_google(meera), login="meera.joshi@gmail.test")
    settings.GOOGLE_TOKEN_URL = "http://127.0.0.1:9/token"
    assert "Google does not answer now" in refusal(meera, back, 503)


def id_token(**claims: Any) -> str:
    def part(content: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'RS256'})}.{part(claims)}.c2lnbmF0dXJl"


GOOD = {"iss": "https://accounts.google.com", "aud": "institute", "nonce": "n", "sub": "1", "email": "a@gmail.test"}


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.test"},
        {"aud": "another-client"},
        {"aud": ["institute"]},
        {"exp": 1_000_000_000},
        {"exp": True},
        {"exp": "4000000000"},
        {"iat": 4_000_000_000},
        {"nonce": "m"},
        {"nonce": None},
        {"sub": ""},
        {"email": None},
    ],
)
def test_claims_that_are_not_for_this_request_are_refused(settings: Any, change: dict[str, Any]) -> None:
    settings.GOOGLE_CLIENT_ID = "institute"
    claims = GOOD | {"exp": time.time() + 3600, "iat": time.time()}
    assert consent._checked_claims(id_token(**claims), "n")["sub"] == "1"
    with pytest.raises(consent.LinkRefused):
        consent._checked_claims(id_token(**claims | change), "n")


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "a.!!.c", "a.bm90IGpzb24.c", "a.W10.c", "." * 9])
def test_what_is_no_id_token_is_refused(text: str) -> None:
    with pytest.raises(consent.LinkRefused):
        consent._checked_claims(text, "n")


def test_same_google_account_counts_as_one_owner(google: GoogleEmulator, meera: Client) -> None:
    drive = linked(meera)
    imran = confirmed(people.other_teacher())
    answer = imran.get(at_google(to_google(imran), login="meera.joshi@gmail.test"))
    assert answer.status_code == 409
    assert "is linked already" in answer.content.decode()
    assert "Meera Joshi" not in answer.content.decode()
    office = confirmed(people.admin())
    told = office.get(at_google(to_google(office), login="meera.joshi@gmail.test"))
    assert "by Meera Joshi" in told.content.decode()
    assert list(DriveAccount.objects.all()) == [drive]
    drive.refresh_from_db()
    assert drive.owner == people.teacher()
    assert not [one for one in google.requests if one.path == "/revoke"]


@pytest.fixture
def signed_out(google: GoogleEmulator, meera: Client) -> DriveAccount:
    """A Drive whose owner took the permission away."""
    from dfs import repair

    drive = linked(meera)
    google.account("meera.joshi@gmail.test").revoke()
    assert repair.check_drive(drive).state == DriveAccount.State.NEEDS_REAUTH
    return drive


def test_signing_in_again_brings_the_same_drive_back(meera: Client, signed_out: DriveAccount) -> None:
    again = f"{LINK}?drive={signed_out.uuid}"
    assert "meera.joshi@gmail.test" in words(meera.get(again))
    assert "login_hint=meera.joshi%40gmail.test" in to_google(meera, again)
    drive = linked(meera, address=again)
    assert drive.pk == signed_out.pk
    assert drive.state == DriveAccount.State.ACTIVE
    assert Activity.objects.filter(event="drive.relink", object_id=str(drive.uuid)).count() == 1


def test_signing_in_again_with_another_account_links_nothing(
    google: GoogleEmulator, meera: Client, signed_out: DriveAccount
) -> None:
    google.account("meera.old@gmail.test", limit_bytes=10**9)
    back = at_google(to_google(meera, f"{LINK}?drive={signed_out.uuid}"), login="meera.old@gmail.test")
    answer = meera.get(back)
    assert answer.status_code == 409
    assert "You chose meera.old@gmail.test at Google" in answer.content.decode()
    assert DriveAccount.objects.count() == 1


def test_only_ones_own_google_drive_is_signed_in_for_again(meera: Client, signed_out: DriveAccount) -> None:
    imran = confirmed(people.other_teacher())
    assert imran.get(f"{LINK}?drive={signed_out.uuid}").status_code == 404
    assert meera.get(f"{LINK}?drive=nonsense").status_code == 404
    DriveAccount.objects.filter(pk=signed_out.pk).update(kind="LOCAL")
    assert meera.get(f"{LINK}?drive={signed_out.uuid}").status_code == 404


def test_no_secret_stands_in_the_log_the_pages_or_the_row(
    google: GoogleEmulator, meera: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    back = at_google(to_google(meera), login="meera.joshi@gmail.test")
    code = parse_qs(urlsplit(back).query)["code"][0]
    answers = [meera.get(back), meera.get(PAGE), meera.get(back)]
    drive = DriveAccount.objects.get()
    from dfs.drives.google.sign_in import sign_in_of

    token = sign_in_of(drive)
    assert token
    assert token.encode() not in bytes(drive.credentials)
    shown = "".join(answer.content.decode() for answer in answers)
    for secret in (token, google.client_secret):
        assert secret not in caplog.text
        assert secret not in shown
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("dfs", "coaching"))]
    assert not [text for text in ours if code in text]
    assert not [row.extra for row in Activity.objects.all() if token in json.dumps(row.extra)]
