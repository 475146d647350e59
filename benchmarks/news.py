"""Telling 5,000 people at once, against writing as many bare rows. `python -m benchmarks.news [--json] [--rounds N]`.

A database of its own (SQLite); baseline and candidate take turns. Also what sending one mail costs without a network,
and forgetting 100,000 old news, in whose baseline two statements empty the two tables of them.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from datetime import datetime, timedelta

from benchmarks.measure import seconds_of

PEOPLE = 5_000
MAILS = 500
AIM_S = 2.0
OLD = 100_000
FORGETTINGS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="classcrew-bench-") as directory:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "coaching.settings", "DEMO": "1", "DATA_DIR": directory}
        os.environ |= {"EMAIL_URL": "dummymail://", "LOG_LEVEL": "ERROR"}
        for scaled in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(scaled, None)
        figures = _measure(options.rounds)
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        print(f"telling {PEOPLE} people: {figures['tell_s']:.2f} s (aim: under {AIM_S:.0f} s)")
        print(f"as many bare rows in both tables: {figures['bare_s']:.2f} s, ratio {figures['ratio']:.2f}")
        print(f"sending one mail, without a network: {figures['mail_cpu_ms']:.1f} ms of CPU")
        print(f"forgetting {OLD} old news among as many young ones: {figures['forget_s']:.1f} s")
        print(f"as many in two bare statements: {figures['bare_forget_s']:.1f} s, ratio {figures['forget_ratio']:.2f}")
        print(f"a round in which nothing is old: {figures['idle_s'] * 1000:.0f} ms")


def _measure(rounds: int) -> dict[str, float]:
    import django

    django.setup()
    from django.core.management import call_command

    from accounts.models import User
    from accounts.notifications import Kind, declare

    call_command("migrate", verbosity=0)
    declare(Kind("bench", "Benchmark"))
    languages = ("", "hi", "en")
    User.objects.bulk_create(
        User(name=f"S {n}", email=f"s{n}@bench.test", language=languages[n % 3], password="!") for n in range(PEOPLE)
    )
    told, bare = [], []
    for number in range(rounds):
        told.append(seconds_of(lambda number=number: _tell(number)))  # type: ignore[misc]
        bare.append(seconds_of(lambda number=number: _write(number)))  # type: ignore[misc]
    ratio = statistics.median(one / other for one, other in zip(told, bare, strict=True))
    figures = {"tell_s": statistics.median(told), "bare_s": statistics.median(bare), "ratio": ratio}
    return figures | {"mail_cpu_ms": _mail_cpu_ms()} | _forgetting()


def _tell(number: int) -> None:
    from accounts import notifications
    from accounts.models import User

    told = notifications.tell(
        User.objects.all(),
        kind="bench",
        event_key=f"bench:{number}",
        title="Room 3 is closed",
        body="Class JEE 2027 A meets in room 4. " * 8,
        url="/dashboard/",
    )
    assert told == PEOPLE


def _write(number: int) -> None:
    """The rows alone, from people already at hand: what nothing that keeps a row each can undercut."""
    from django.db import transaction

    from accounts.models import Delivery, Notification, User

    body = "Class JEE 2027 A meets in room 4. " * 8
    fields = {"event_key": f"bare:{number}", "kind": "bench", "title": "Room 3 is closed", "body": body}
    with transaction.atomic():
        rows = [Notification(recipient_id=pk, **fields) for pk in User.objects.values_list("pk", flat=True)]
        made = Notification.objects.bulk_create(rows)
        sent = Delivery.State.SENT
        Delivery.objects.bulk_create(Delivery(notification=row, channel="EMAIL", state=sent) for row in made)


def _mail_cpu_ms() -> float:
    from django.utils import timezone

    from accounts import deliveries

    began, sent = time.process_time(), 0
    while sent < MAILS:
        sent += deliveries.send_due(now=timezone.now())
    return (time.process_time() - began) * 1000 / sent


def _forgetting() -> dict[str, float]:
    """Young ones a year less a day old and mailed, which each round has to look at and must keep."""
    from django.utils import timezone

    from accounts import old_news
    from accounts.models import Delivery, Notification

    now = timezone.now()
    Notification.objects.all().delete()
    _age(now - old_news.KEPT + timedelta(days=1), now)
    idle_s = seconds_of(lambda: old_news.forget(now=now))
    taken: list[float] = []
    bare: list[float] = []
    old = Notification.objects.filter(created_at__lt=now - old_news.KEPT)

    def forget() -> None:
        while old_news.forget(now=now):
            pass

    def delete() -> None:
        Delivery.objects.filter(notification__in=old.order_by())._raw_delete("default")
        old.order_by()._raw_delete("default")

    for _ in range(FORGETTINGS):
        for work, seconds in ((forget, taken), (delete, bare)):
            _age(now - old_news.KEPT - timedelta(days=1), now)
            seconds.append(seconds_of(work))
            assert Notification.objects.count() == Delivery.objects.count() == OLD
    ratio = statistics.median(one / other for one, other in zip(taken, bare, strict=True))
    figures = {"forget_s": statistics.median(taken), "bare_forget_s": statistics.median(bare), "forget_ratio": ratio}
    return figures | {"idle_s": idle_s}


def _age(at: datetime, read_at: datetime) -> None:
    """OLD news told at that time, each read and mailed."""
    from accounts.models import Delivery, Notification, User

    people = list(User.objects.values_list("pk", flat=True))
    fields = {
        "kind": "bench",
        "title": "Room 3 is closed",
        "body": "It is. " * 20,
        "created_at": at,
        "read_at": read_at,
    }
    rows = [
        Notification(recipient_id=people[n % len(people)], event_key=f"age:{at:%Y%m%d}:{n}", **fields)
        for n in range(OLD)
    ]
    made = Notification.objects.bulk_create(rows, batch_size=5_000)
    Delivery.objects.bulk_create(
        (Delivery(notification=row, channel="EMAIL", state="SENT", due_at=at, sent_at=at) for row in made),
        batch_size=5_000,
    )


if __name__ == "__main__":
    main()
