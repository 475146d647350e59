"""The institute's settings: one page, used everywhere, logged."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Activity, Institute
from tests import people

pytestmark = pytest.mark.django_db
PAGE = "/accounts/institute/"
FILLED = {
    "name": "Pragati Study Circle",
    "short_name": "Pragati",
    "address": "12 Laxmi Road\nPune 411030",
    "state": "Maharashtra",
    "phone": "+91 20 2445 1188",
    "email": "office@pragati.test",
    "website": "pragati.test",
    "time_zone": "Asia/Kolkata",
    "language": "hi",
    "academic_year_month": "6",
    "minor_location": "CONSENT",
    "leaderboards": "on",
    "privacy_notice": "",
}


def save(**changes):
    return people.signed_in(people.admin()).post(PAGE, {**FILLED, **changes})


def kept_logo():
    """The bytes in the row."""
    logo = Institute.objects.get().logo
    assert logo is not None
    return bytes(logo)


def a_picture(kind="PNG", size=(900, 300)):
    image = pytest.importorskip("PIL.Image")
    made = BytesIO()
    image.new("RGB", size, "#334455").save(made, kind)
    return SimpleUploadedFile(f"logo.{kind.lower()}", made.getvalue(), content_type=f"image/{kind.lower()}")


def test_until_it_is_saved_the_settings_name_stands(settings):
    settings.INSTITUTE_NAME = "Saraswati Classes"
    page = people.signed_in(people.admin()).get(PAGE).content.decode()
    assert 'value="Saraswati Classes"' in page
    assert not Institute.objects.exists()


def test_saved_settings_are_used_on_every_page_at_once():
    assert save().status_code == 302
    row = Institute.objects.get()
    assert (row.pk, row.state, row.language, row.academic_year_month) == (1, "Maharashtra", "hi", 6)
    assert row.website == "https://pragati.test"
    home = people.signed_in(people.student()).get("/dashboard/").content.decode()
    assert "Pragati Study Circle</title>" in home
    assert "Pragati</a>" in home  # the phone's bar
    line = Activity.objects.get(event="institute.changed")
    assert "time_zone" in line.extra["fields"]
    assert "email" in line.extra["fields"]


def test_only_what_changed_is_logged_and_nothing_when_nothing_did():
    save()
    save(phone="+91 20 2445 1199")
    save(phone="+91 20 2445 1199")
    lines = Activity.objects.filter(event="institute.changed").order_by("pk")
    assert [line.extra["fields"] for line in lines][1:] == [["phone"]]


def test_name_without_a_row_is_kept_when_saved_as_it_is(settings):
    settings.INSTITUTE_NAME = FILLED["name"]
    save()
    assert Institute.objects.get().name == FILLED["name"]


def test_another_notice_is_another_version_and_the_same_is_not():
    save()
    assert Institute.objects.get().notice_version == 1
    save(privacy_notice="We keep marks for five years.")
    save(privacy_notice="We keep marks for five years.", phone="")
    assert Institute.objects.get().notice_version == 2
    save(privacy_notice="We keep marks for two years.")
    assert Institute.objects.get().notice_version == 3


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("time_zone", "Asia/Pune"),
        ("time_zone", "../../etc/passwd"),
        ("state", "Bombay Presidency"),
        ("phone", "call me"),
        ("email", "office"),
        ("website", "javascript:alert(1)"),
        ("language", "xx"),
        ("academic_year_month", "13"),
        ("minor_location", "PERHAPS"),
        ("privacy_notice", "x" * 20_001),
    ],
)
def test_wrong_values_are_refused_at_their_field_and_nothing_is_kept(field, typed):
    answer = save(**{field: typed})
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {field}
    assert not Institute.objects.exists()


def test_logo_is_made_small_and_served_to_everybody_for_good(client):
    save(picture=a_picture())
    row = Institute.objects.get()
    assert len(kept_logo()) <= 40 * 1024
    assert "logo" in Activity.objects.get(event="institute.changed").extra["fields"]
    address = f"/accounts/institute/logo?v={row.logo_etag}"
    assert address in client.get("/accounts/login/").content.decode()
    answer = client.get(address)
    assert answer.content == kept_logo()
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "max-age=300" in client.get("/accounts/institute/logo").headers["Cache-Control"]


def test_new_logo_has_a_new_address_and_the_logo_can_go(client):
    save(picture=a_picture())
    first = Institute.objects.get().logo_etag
    save(picture=a_picture(size=(300, 900)))
    assert Institute.objects.get().logo_etag not in {"", first}
    save(remove_logo="on")
    assert Institute.objects.get().logo is None
    assert client.get("/accounts/institute/logo").status_code == 404


def test_saving_without_a_picture_keeps_the_logo():
    save(picture=a_picture())
    before = kept_logo()
    save(phone="")
    assert kept_logo() == before


@pytest.mark.parametrize(
    "content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"not a picture", b"GIF89a" + b"x" * 99]
)
def test_what_is_no_picture_is_refused_at_the_field(content):
    pytest.importorskip("PIL")
    answer = save(picture=SimpleUploadedFile("logo.png", content, content_type="image/png"))
    assert answer.context["form"].errors.keys() == {"picture"}
    assert not Institute.objects.exists()


def test_large_picture_arrives_whole_and_one_over_5_mb_is_refused():
    padded = a_picture("JPEG")
    padded = SimpleUploadedFile("logo.jpg", padded.read().ljust(4_900_000, b"\0"), content_type="image/jpeg")
    assert save(picture=padded).status_code == 302
    assert Institute.objects.get().logo
    over = SimpleUploadedFile("logo.jpg", b"\0" * 5_050_000, content_type="image/jpeg")
    assert "larger than 5 MB" in save(picture=over).content.decode()
    assert save(picture=SimpleUploadedFile("logo.jpg", b"\0" * 6_000_000)).status_code == 413


def test_two_first_saves_leave_one_row():
    save()
    save(name="Pragati Coaching")
    assert [row.name for row in Institute.objects.all()] == ["Pragati Coaching"]
