"""The activity log: append-only in the database itself, kept a year, readable by admins."""

from datetime import timedelta

import pytest
from django.core import checks
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.activity import client_ip, record
from accounts.events import describe
from accounts.models import Activity, User
from coaching.lib import triggers
from tests import factories, people

pytestmark = pytest.mark.django_db


def refused():
    """A statement the database refuses, without spoiling the test's transaction."""
    return pytest.raises(IntegrityError, match="append-only")


def test_line_cannot_be_changed():
    record("sign_out", actor=people.teacher())
    with refused(), transaction.atomic():
        Activity.objects.update(event="nothing.happened")
    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE activity_log SET actor_id = NULL")
    assert Activity.objects.get().event == "sign_out"


def test_line_cannot_be_replaced_by_its_number():
    line = record("sign_out")
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    statement = (
        f"{verb} INTO activity_log (id, at, event, object_type, object_id, agent_hash, request_id, extra) "
        "VALUES (%s, %s, 'x', '', '', '', '', '{}')"
    )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [line.pk, timezone.now()])
    assert Activity.objects.get().event == "sign_out"


def test_line_goes_only_after_a_year():
    now = timezone.now()
    young = Activity.objects.create(event="young", at=now - timedelta(days=364))
    old = Activity.objects.create(event="old", at=now - timedelta(days=366))
    with refused(), transaction.atomic():
        young.delete()
    old.delete()
    assert list(Activity.objects.values_list("event", flat=True)) == ["young"]


def test_person_with_history_cannot_be_deleted():
    who = people.teacher()
    record("sign_out", actor=who)
    with pytest.raises(IntegrityError, match=r"(?i)protected|restrict|append-only"), transaction.atomic():
        who.delete()


def test_check_notices_a_lost_guard_and_the_next_migrate_puts_it_back():
    assert triggers.missing(connection) == []
    on_table = "" if connection.vendor == "sqlite" else " ON activity_log"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER activity_log_no_update{on_table}")
    found = checks.run_checks(databases=["default"], tags=[checks.Tags.database])
    assert [message.id for message in found] == ["accounts.W001"]
    assert "activity_log_no_update" in found[0].msg
    triggers.install(connection)
    assert checks.run_checks(databases=["default"], tags=[checks.Tags.database]) == []


def test_check_notices_a_weakened_guard():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER activity_log_no_update")
            cursor.execute("CREATE TRIGGER activity_log_no_update BEFORE UPDATE ON activity_log BEGIN SELECT 1; END")
        else:
            cursor.execute("ALTER TABLE activity_log DISABLE TRIGGER activity_log_no_update")
    assert triggers.missing(connection) == ["activity_log_no_update"]


@pytest.mark.django_db(transaction=True)
def test_flush_of_a_test_passes_the_guards_and_they_stand_afterwards():
    record("sign_out")
    assert triggers.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_guards_stand_after_a_flush():
    assert not Activity.objects.exists()
    assert triggers.missing(connection) == []
    record("sign_out")
    with refused(), transaction.atomic():
        Activity.objects.all().delete()


def test_admin_finds_lines_by_event_and_by_person():
    teacher, student = people.teacher(), people.student()
    record("sign_in.succeeded", actor=teacher, subject=teacher)
    record("sign_in.failed", subject=student)
    client = people.signed_in(people.admin())
    url = reverse("activity")

    def words(**asked):
        return [line.words for line in client.get(url, asked).context["lines"]]

    assert words(event="sign_in.failed") == [describe("sign_in.failed")]
    assert words(person="joshi MEERA") == [describe("sign_in.succeeded")]
    assert words(person="2026-0188") == [describe("sign_in.failed")]
    assert words(person="nobody at all") == []
    assert len(words(event="no such event")) == 3
    assert "Ananya Kulkarni" in client.get(url).content.decode()


def test_log_is_paged_and_costs_the_same_at_3_and_300_lines():
    client = people.signed_in(people.admin())

    def queries():
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("activity")).context["page"]
        return len(captured), page

    factories.activity_lines(factories.students(3))
    queries()  # fills what is kept for all pages
    few, page = queries()
    assert page.paginator.num_pages == 1
    factories.activity_lines(list(User.objects.all()) * 80)
    many, page = queries()
    assert page.paginator.num_pages > 3
    assert few == many
    assert client.get(reverse("activity"), {"page": "9999"}).context["page"].number == page.paginator.num_pages
    assert client.get(reverse("activity"), {"page": "x"}).context["page"].number == 1


def test_name_with_markup_is_shown_as_text():
    client = people.signed_in(people.admin())
    record("sign_in.failed", name="<script>alert(1)</script>")
    page = client.get(reverse("activity")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_are_refused(day):
    answer = people.signed_in(people.admin()).get(reverse("activity"), {"since": day, "until": day})
    assert (answer.status_code, set(answer.context["form"].errors)) == (200, {"since", "until"})


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("fe80::7%eth0", "fe80::7"),
        ("unix:", None),
    ],
)
def test_d34_address_is_the_clients_however_a_proxy_writes_it(rf, said, kept):
    assert client_ip(rf.get("/", REMOTE_ADDR=said)) == kept
