"""What is due goes out: once, by whom it was claimed, tried again, given up, skipped, after quiet hours, once a day."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts import deliveries, senders
from accounts.models import Delivery, Institute, NotificationChoice, QuietHours, User
from accounts.quiet import end_of_quiet, next_digest
from tests import people
from tests.accounts.telling import DAILY, KOLKATA, TEST, URGENT, at, tell
from tests.emulators.smtp import MailServer

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def only() -> Delivery:
    return Delivery.objects.select_related("notification__recipient").get()


def choose(person: User, when: str, kind: str = TEST.key) -> None:
    NotificationChoice.objects.create(user=person, kind=kind, channel="EMAIL", when=when)


# --- Once -------------------------------------------------------------------------------------------------------------


def test_what_is_due_goes_out_once() -> None:
    tell([people.teacher()], now=at("10:00"), body="Go to room 4.", url="/accounts/profile/")
    assert deliveries.send_due(now=at("10:00")) == 1
    assert deliveries.send_due(now=at("10:01")) == 0
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (["meera@pragati.test"], "Room 3 is closed")
    assert "Go to room 4.\n\nhttp://127.0.0.1:8000/accounts/profile/\n" in letter.body
    row = only()
    assert (row.state, row.sent_at, row.claimed_until, row.tries) == (State.SENT, at("10:00"), None, 1)


def test_a_mail_says_where_one_chooses_and_that_no_person_wrote_it() -> None:
    tell([people.teacher()], now=at("10:00"))
    deliveries.send_due(now=at("10:00"))
    headers = mail.outbox[0].message()
    assert headers["List-Unsubscribe"] == "<http://127.0.0.1:8000/accounts/notifications/choices/>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"] == f"<news-{only().pk}@127.0.0.1>"
    assert [part.get_content_type() for part in headers.walk()][1:] == ["text/plain", "text/html"]


def test_words_of_people_are_no_markup_and_no_header() -> None:
    tell(
        [people.teacher()], title="<b>x</b>\r\nBcc: all@pragati.test", body="<script>alert(1)</script>", now=at("10:00")
    )
    deliveries.send_due(now=at("10:00"))
    message = mail.outbox[0].message()
    assert message["Subject"] == "<b>x</b> Bcc: all@pragati.test"
    assert message["Bcc"] is None
    [html] = [part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "text/html"]
    assert b"&lt;script" in html
    assert b"<script" not in html
    assert b"<b>x" not in html


def test_a_header_holds_one_line_whatever_the_row_holds() -> None:
    tell([people.teacher()], now=at("10:00"))
    only().notification.__class__.objects.update(title="a\r\nBcc: x@y.test\x0b\u2028b")
    deliveries.send_due(now=at("10:00"))
    assert mail.outbox[0].message()["Subject"] == "a Bcc: x@y.test b"


# --- Again, and given up ----------------------------------------------------------------------------------------------


def test_it_is_tried_again_after_longer_and_longer_and_then_given_up(mail_server: MailServer) -> None:
    mail_server.replies["RCPT"] = "451 mailbox busy"
    tell([people.teacher()], now=at("10:00"))
    now, waits = at("10:00"), []
    while True:
        assert deliveries.send_due(now=now) == 0
        row = only()
        if row.state != State.PENDING:
            break
        assert deliveries.send_due(now=row.due_at - timedelta(seconds=1)) == 0
        waits.append((row.due_at - now).total_seconds() / 60)
        now = row.due_at
    assert waits == [1, 5, 30, 120, 480]
    assert (row.state, row.tries, row.error) == (State.FAILED, 6, "451 mailbox busy")
    assert deliveries.send_due(now=now + timedelta(days=2)) == 0
    mail_server.replies.clear()
    assert deliveries.try_again([row.pk], now=now) == 1
    assert deliveries.send_due(now=now) == 1
    assert len(mail_server.mails) == 1


def test_a_final_refusal_is_not_tried_again(mail_server: MailServer) -> None:
    mail_server.replies["RCPT"] = "550 no such mailbox"
    tell([people.teacher()], now=at("10:00"))
    deliveries.send_due(now=at("10:00"))
    assert (only().state, only().error, only().tries) == (State.FAILED, "550 no such mailbox", 1)


def test_a_refused_address_keeps_nobody_else_from_his_mail(mail_server: MailServer) -> None:
    mail_server.replies["RCPT"] = "550 no such mailbox"
    tell([people.teacher()], now=at("10:00"))
    deliveries.send_due(now=at("10:00"))
    mail_server.replies.clear()
    tell([people.teacher(), people.admin(), people.other_teacher()], event_key="next", now=at("10:01"))
    before = mail_server.connections
    assert deliveries.send_due(now=at("10:01")) == 3
    assert mail_server.connections == before + 1


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "DATA", "."])
def test_a_server_that_hangs_up_is_asked_later_and_the_others_keep_their_tries(
    mail_server: MailServer, step: str
) -> None:
    mail_server.replies |= {step: "hang up", "HELO": "hang up" if step == "EHLO" else "250 fine"}
    tell([people.teacher(), people.other_teacher()], now=at("10:00"))
    assert deliveries.send_due(now=at("10:00")) == 0
    assert sorted(Delivery.objects.values_list("tries", flat=True)) == [0, 1]
    mail_server.replies.clear()
    assert deliveries.send_due(now=at("10:01")) == 2
    assert len(mail_server.mails) == 2


def test_no_server_at_all_is_no_reason_to_give_up(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    tell([people.teacher()], now=at("10:00"))
    assert deliveries.send_due(now=at("10:00")) == 0
    assert (only().state, only().error) == (State.PENDING, "The mail server does not answer (ConnectionRefusedError).")


def test_a_worker_killed_between_sending_and_noting_it_costs_one_second_mail_with_the_same_id(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell([people.teacher()], now=at("10:00"))
    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "_mark", _dies)
        with pytest.raises(KeyboardInterrupt):
            deliveries.send_due(now=at("10:00"))
    assert deliveries.send_due(now=at("10:09")) == 0
    assert deliveries.send_due(now=at("10:10")) == 1
    assert deliveries.send_due(now=at("10:30")) == 0
    first, second = mail_server.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_a_worker_that_dies_every_time_gives_up_at_last(mail_server: MailServer) -> None:
    tell([people.teacher()], now=at("10:00"))
    Delivery.objects.update(tries=deliveries.TRIES)
    assert deliveries.send_due(now=at("10:00")) == 0
    assert (only().state, deliveries.reason_text(only().error)[:16]) == (State.FAILED, "The worker ended")
    assert mail_server.mails == []


def _dies(*args: object, **kwargs: object) -> None:
    raise KeyboardInterrupt


# --- Not sent ---------------------------------------------------------------------------------------------------------


def test_whoever_has_no_address_or_left_is_told_in_the_list_only() -> None:
    User.objects.filter(pk=people.other_teacher().pk).update(is_active=False)
    readers = User.objects.filter(pk__in=[people.student().pk, people.other_teacher().pk])
    assert tell(readers, now=at("10:00")) == 2
    assert deliveries.send_due(now=at("10:00")) == 0
    rows = Delivery.objects.values_list("notification__recipient__name", "state", "error")
    assert set(rows) == {
        (people.student().name, State.SKIPPED, "no_address"),
        (people.other_teacher().name, State.SKIPPED, "inactive"),
    }


def test_whoever_left_meanwhile_gets_nothing() -> None:
    tell([people.teacher()], now=at("10:00"))
    User.objects.filter(pk=people.teacher().pk).update(is_active=False)
    assert deliveries.send_due(now=at("10:00")) == 0
    assert only().state == State.SKIPPED


def test_what_nobody_wants_is_no_delivery() -> None:
    choose(people.teacher(), "NEVER")
    tell([people.teacher()], now=at("10:00"))
    assert not Delivery.objects.exists()


def test_a_channel_without_a_provider_is_not_offered_and_nothing_is_called_sent(settings: Any) -> None:
    assert senders.channels() == [Delivery.Channel.EMAIL]
    settings.NOTIFICATION_SENDERS = {**settings.NOTIFICATION_SENDERS, "SMS": "accounts.senders.ConsoleSender"}
    assert senders.channels() == [Delivery.Channel.EMAIL, Delivery.Channel.SMS]
    User.objects.filter(pk=people.student().pk).update(phone="9890100000")
    NotificationChoice.objects.create(user=people.student(), kind=TEST.key, channel="SMS", when="AT_ONCE")
    tell([User.objects.get(pk=people.student().pk)], now=at("10:00"))
    assert deliveries.send_due(now=at("10:00")) == 0
    assert Delivery.objects.get(channel="SMS").state == State.FAILED  # the console reaches nobody
    Delivery.objects.filter(channel="SMS").update(state=State.PENDING)
    settings.NOTIFICATION_SENDERS = {"EMAIL": "accounts.senders.EmailSender"}
    deliveries.send_due(now=at("10:00"))
    assert Delivery.objects.get(channel="SMS").error == "no_sender"


# --- Quiet hours ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "begins", "ends", "until"),
    [
        (at("22:15"), time(22), time(6, 30), at("6:30", day=22)),
        (at("6:29"), time(22), time(6, 30), at("6:30")),
        (at("6:30"), time(22), time(6, 30), at("6:30")),
        (at("21:59"), time(22), time(6, 30), at("21:59")),
        (at("0:00"), time(22), time(6, 30), at("6:30")),
        (at("13:30"), time(13), time(15), at("15:00")),
        (at("15:00"), time(13), time(15), at("15:00")),
        (at("12:59"), time(13), time(15), at("12:59")),
    ],
)
def test_quiet_hours_end_by_the_institutes_clock(now: datetime, begins: time, ends: time, until: datetime) -> None:
    assert end_of_quiet(now, begins=begins, ends=ends, zone=KOLKATA) == until


def test_news_of_the_night_waits_for_the_morning_and_a_moved_class_does_not() -> None:
    QuietHours.objects.create(user=people.teacher(), begins=time(22), ends=time(6, 30))
    tell([people.teacher()], now=at("23:00"))
    tell([people.teacher()], kind=URGENT.key, event_key="moved", now=at("23:00"))
    assert deliveries.send_due(now=at("23:00")) == 1
    assert deliveries.send_due(now=at("6:29", day=22)) == 0
    assert deliveries.send_due(now=at("6:30", day=22)) == 1


def test_what_comes_out_late_waits_too() -> None:
    QuietHours.objects.create(user=people.teacher(), begins=time(22), ends=time(6, 30))
    tell([people.teacher()], now=at("21:50"))
    assert deliveries.send_due(now=at("22:10")) == 0
    assert (only().due_at, only().tries) == (at("6:30", day=22), 0)


def test_the_institutes_own_zone_counts() -> None:
    Institute.objects.create(pk=1, name="Pragati", time_zone="Asia/Dubai")
    QuietHours.objects.create(user=people.teacher(), begins=time(22), ends=time(6, 30))
    tell([people.teacher()], now=at("22:30"))  # 9 pm in Dubai
    assert deliveries.send_due(now=at("22:30")) == 1
    Institute.objects.all().delete()
    Institute.forget()


# --- Once a day -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "due"), [("6:59", at("7:00")), ("7:00", at("7:00", day=22)), ("23:0", at("7:00", day=22))]
)
def test_digests_go_out_at_seven(now: str, due: datetime) -> None:
    assert next_digest(at(now), zone=KOLKATA) == due


def test_a_day_is_one_mail_grouped_by_kind_and_without_news_there_is_none() -> None:
    choose(people.teacher(), "DIGEST")
    people.other_teacher()
    for number in (1, 2):
        tell([people.teacher()], event_key=f"room:{number}", title=f"Room {number} is closed", now=at("11:00"))
    tell([people.teacher()], kind=DAILY.key, event_key="note", title="A note on optics", now=at("12:00"))
    assert deliveries.send_due(now=at("23:00")) == 0
    assert deliveries.send_due(now=at("7:00", day=22)) == 1
    [letter] = mail.outbox
    assert letter.subject == "ClassCrew: 3 pieces of news"
    body = letter.body
    assert body.index("Notes\n") < body.index("A note on optics") < body.index("Rooms\n") < body.index("Room 1 is")
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}
    assert letter.extra_headers["Message-ID"].startswith("<digest-")


def test_a_digest_that_could_not_be_sent_comes_whole(mail_server: MailServer) -> None:
    mail_server.replies["RCPT"] = "451 later"
    for number in (1, 2):
        tell([people.teacher()], kind=DAILY.key, event_key=f"note:{number}", now=at("11:00"))
    deliveries.send_due(now=at("7:00", day=22))
    assert list(Delivery.objects.values_list("tries", flat=True)) == [1, 1]
    mail_server.replies.clear()
    assert deliveries.send_due(now=at("7:01", day=22)) == 1
    assert len(mail_server.mails) == 1


def test_a_round_wakes_the_next_one_when_there_is_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "AT_ONCE", 2)
    for number in range(3):
        tell([people.teacher()], event_key=f"{number}", now=at("10:00"))
    assert [deliveries.send_due(now=timezone.now() + timedelta(days=999)) for _n in range(3)] == [2, 1, 0]
