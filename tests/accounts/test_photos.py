"""Photos: made small and anonymous, sealed, shown only to those who may see the person."""

import base64
import contextlib
import io
import json
import os
import subprocess
import sys
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts import consents, photos
from accounts.models import PHOTO_MAX_BYTES, Activity, Consent, Guardianship, Photo, User
from coaching.lib.sealing import SealBroken
from tests import people
from tests.racing import at_once

pytestmark = pytest.mark.django_db
PAGE = "/accounts/photo/"
OWN = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
NEW = "n2:" + base64.b64encode(b"another master key of 32 bytes !").decode()


def encoded(picture: Image.Image, kind: str = "PNG", **more: Any) -> bytes:
    made = io.BytesIO()
    picture.save(made, kind, **more)
    return made.getvalue()


def portrait(size: tuple[int, int] = (640, 480), colour: str = "teal") -> bytes:
    return encoded(Image.new("RGB", size, colour), "JPEG")


def send(client: Client, content: bytes, name: str = "me.jpg") -> Any:
    file = io.BytesIO(content)
    file.name = name
    return client.post(PAGE, {"picture": file})


def address(person: User, tag: str = "") -> str:
    return reverse("person_photo", args=[person.uuid]) + (f"?v={tag}" if tag else "")


def make_minor(person: User) -> User:
    person.date_of_birth = date(2012, 5, 1)
    person.save()
    return person


def test_a_photo_becomes_a_small_square_and_is_sealed() -> None:
    browser, person = people.signed_in(people.teacher()), people.teacher()
    assert send(browser, portrait((1200, 700))).status_code == 302
    photo = Photo.objects.select_related("user").get()
    assert b"WEBP" not in bytes(photo.sealed)
    webp = photos.opened(photo)
    assert len(webp) <= PHOTO_MAX_BYTES
    assert Image.open(io.BytesIO(webp)).size == (photos.SIDE, photos.SIDE)
    with pytest.raises(SealBroken):  # not even under another person of the same table
        photos.opened(Photo(user=people.student(), sealed=photo.sealed))
    assert Activity.objects.filter(event="person.photo_put", subject=person, actor=person).count() == 1


def test_a_photo_of_six_megabytes_arrives_whole() -> None:
    browser = people.signed_in(people.teacher())
    content = encoded(Image.effect_noise((1500, 1400), 90).convert("RGB"), compress_level=0)
    assert 6_000_000 < len(content) < photos.UPLOAD_BYTES
    assert send(browser, content, "me.png").status_code == 302


def test_another_photo_takes_the_place_of_the_first_and_none_takes_it_away() -> None:
    browser = people.signed_in(people.teacher())
    send(browser, portrait(colour="teal"))
    first = Photo.objects.get().etag
    send(browser, portrait(colour="maroon"))
    assert Photo.objects.get().etag != first
    assert first not in browser.get("/accounts/profile/").content.decode()
    assert browser.post(PAGE, {"remove": "1"}).status_code == 302
    assert not Photo.objects.exists()
    assert browser.post(PAGE, {"remove": "1"}).status_code == 302
    assert Activity.objects.filter(event="person.photo_removed").count() == 1


def test_what_the_picture_told_of_its_taker_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Home of the Joshis"
    sent = encoded(Image.new("RGB", (300, 300)), "JPEG", exif=exif, comment=b"secret", icc_profile=b"x" * 300)
    send(people.signed_in(people.teacher()), sent)
    kept = photos.opened(Photo.objects.select_related("user").get())
    assert not any(word in kept for word in (b"Joshis", b"secret", b"EXIF", b"ICCP"))


# --- What is no picture -----------------------------------------------------------------------------------------------


def gif_of_many_frames() -> bytes:
    frames = [Image.new("P", (64, 64), number % 256) for number in range(500)]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])


NOT_PICTURES = {
    "a GIF of 500 frames": (gif_of_many_frames, "me.gif", 400),
    "an SVG under another name": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "me.png", 400),
    "a picture cut off": (lambda: portrait()[:900], "me.jpg", 400),
    "100 megapixels in 40 kB": (lambda: encoded(Image.new("1", (10_000, 10_000))), "me.png", 400),
    "nothing": (lambda: b"", "me.jpg", 400),
    "10.1 MB": (lambda: portrait() + b"x" * 10_100_000, "me.jpg", 413),
    "12 MB": (lambda: portrait() + b"x" * 12_000_000, "me.jpg", 413),
}


@pytest.mark.parametrize("what", NOT_PICTURES)
def test_what_is_no_picture_is_refused_with_words(what: str) -> None:
    make, name, status = NOT_PICTURES[what]
    browser = people.signed_in(people.teacher())
    answer = send(browser, make(), name)
    assert answer.status_code == status
    assert any(word in answer.content.decode() for word in ("picture", "larger", "over the limit"))
    assert not Photo.objects.exists()


def test_a_form_without_a_file_says_so() -> None:
    answer = people.signed_in(people.teacher()).post(PAGE, {"other": "x"})
    assert answer.status_code == 400
    assert "Choose a picture first." in answer.content.decode()


def test_every_kind_of_picture_a_phone_or_scanner_makes_is_taken() -> None:
    browser = people.signed_in(people.teacher())
    for mode, kind in (
        ("CMYK", "JPEG"),
        ("L", "JPEG"),
        ("P", "PNG"),
        ("RGBA", "PNG"),
        ("I;16", "PNG"),
        ("RGB", "WEBP"),
    ):
        assert send(browser, encoded(Image.new(mode, (400, 300)), kind)).status_code == 302, (mode, kind)


def test_a_form_without_the_token_changes_nothing() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.teacher())
    assert send(browser, portrait()).status_code == 403
    assert not Photo.objects.exists()


def test_the_largest_pictures_stay_within_a_gigabyte_however_many_come_at_once() -> None:
    """In a process of its own: what one has once used is never given back to the measure."""
    program = """
import io, resource, threading
import django
django.setup()
from PIL import Image
from coaching.lib.pictures import NotAPicture, small_webp
def send(content):
    assert len(small_webp(content, side=256, at_most=40960, is_square=True)) <= 40960
made = io.BytesIO()
Image.new("RGB", (8000, 5000), "teal").save(made, "PNG", compress_level=1)
content = made.getvalue()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
threads = [threading.Thread(target=send, args=[content]) for _ in range(6)]
[one.start() for one in threads]
[one.join() for one in threads]
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=OWN)
    assert int(done.stdout) < 600 * 1024, f"{done.stdout} kB"


# --- Who sees it ------------------------------------------------------------------------------------------------------


def put(person: User) -> Photo:
    return photos.put_photo(person, portrait(), actor=person)


def test_the_person_his_guardian_and_admins_see_it_and_others_do_not() -> None:
    student = people.student()
    Guardianship.objects.create(guardian=people.guardian(), student=student)
    put(student)
    seen = {kind: people.signed_in(make()).get(address(student)).status_code for kind, make in people.EVERYBODY.items()}
    may = {kind for kind, status in seen.items() if status == 200}
    assert may == {"student", "guardian", "admin"}
    assert set(seen.values()) == {200, 404}
    assert Client().get(address(student)).status_code == 302


def test_browsers_keep_it_for_its_owner_and_ask_with_its_tag() -> None:
    photo = put(people.teacher())
    browser = people.signed_in(people.teacher())
    answer = browser.get(address(people.teacher()))
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["ETag"] == f'"{photo.etag}"'
    again = browser.get(address(people.teacher()), headers={"if-none-match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert browser.get(address(people.teacher(), photo.etag)).headers["Cache-Control"] == "private, max-age=3600"


def test_a_minor_needs_a_guardians_yes_and_a_no_takes_the_photo_away() -> None:
    child = make_minor(people.student())
    Guardianship.objects.create(guardian=people.guardian(), student=child)
    browser = people.signed_in(child)
    refused = send(browser, portrait())
    assert refused.status_code == 403
    assert "a guardian must allow a photo first" in refused.content.decode()
    said: dict[str, Any] = {"purpose": Consent.Purpose.PHOTO, "actor": people.guardian(), "now": timezone.now()}
    consents.give(child, **said)
    assert send(browser, portrait()).status_code == 302
    consents.withdraw(child, **said)
    assert not Photo.objects.exists()


def test_a_photo_of_somebody_who_turns_out_to_be_a_minor_is_shown_to_nobody_else() -> None:
    put(people.student())
    child = make_minor(people.student())
    assert people.signed_in(people.admin()).get(address(child)).status_code == 404
    assert photos.with_tags([child])[0].photo_tag == ""
    assert people.signed_in(child).get(address(child)).status_code == 200


def test_pages_show_the_photo_and_initials_without_one() -> None:
    browser = people.signed_in(people.teacher())
    page = browser.get("/accounts/profile/").content.decode()
    assert "/photo?v=" not in page
    assert ">MJ</span>" in page
    photo = put(people.teacher())
    assert f"{address(people.teacher())}?v={photo.etag}" in browser.get("/dashboard/").content.decode()


def test_a_list_of_people_asks_twice_however_long_it_is(django_assert_num_queries: Any) -> None:
    everybody = [make() for make in people.EVERYBODY.values()]
    for one in everybody[:5]:
        put(one)
    with django_assert_num_queries(2):
        tagged = photos.with_tags(everybody)
    assert [bool(one.photo_tag) for one in tagged] == [True] * 5 + [False] * 3


# --- Keys and races ---------------------------------------------------------------------------------------------------


def test_keys_rotate_seals_photos_anew(settings: Any) -> None:
    webp = photos.opened(put(people.teacher()))
    settings.MASTER_KEYS = f"{NEW},{settings.MASTER_KEYS}"
    told = io.StringIO()
    call_command("keys", "rotate", "--json", stdout=told)
    assert json.loads(told.getvalue())["changed"]["photos"] == 1
    settings.MASTER_KEYS = NEW
    assert photos.opened(Photo.objects.select_related("user").get()) == webp


def test_keys_verify_names_a_photo_that_does_not_open() -> None:
    put(people.teacher())
    put(people.student())
    swapped = list(Photo.objects.order_by("pk").values_list("sealed", flat=True))
    Photo.objects.filter(user=people.teacher()).update(sealed=bytes(swapped[1]))
    told = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("keys", "verify", "--json", stdout=told)
    assert json.loads(told.getvalue())["photos"]["failed"]


@pytest.mark.django_db(transaction=True)
def test_a_photo_put_while_the_consent_is_withdrawn_does_not_stay() -> None:
    child = make_minor(people.student())
    Guardianship.objects.create(guardian=people.guardian(), student=child)
    said: dict[str, Any] = {"purpose": Consent.Purpose.PHOTO, "actor": people.guardian()}

    def put_anyway() -> None:
        with contextlib.suppress(photos.ConsentMissing):
            put(child)

    for _time in range(3):
        consents.give(child, now=timezone.now(), **said)
        at_once([put_anyway, lambda: consents.withdraw(child, now=timezone.now(), **said)])
        assert not Photo.objects.exists()
