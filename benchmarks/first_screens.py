"""CPU of each role's first screen against two bare pages. `python -m benchmarks.first_screens [--json]`.

The demo institute with 5,000 students more (`--people`), each with a session of today, ten news and a mail that went
out. The bare dashboard is what a plain Django application shows of the same rows (`bare_dashboard`); More is signed in
and in the same frame as the page, without anything of its own. One process, SQLite, no network; page and baselines take
turns, and the figures are medians of the rounds' ratios.
"""

import argparse
import io
import json
import os
import random
import statistics
import tempfile
import time
from datetime import timedelta
from typing import Any

PEOPLE = 5_000
NEWS = 10
VISITS = 10
MORE = "/more/"
DASHBOARD = "/dashboard/"
PAGES = {
    "admin": ("rajendra", "/dashboard/"),
    "teacher": ("meera", "/dashboard/"),
    "teacher with a child": ("subramaniam", "/dashboard/"),
    "student": ("ananya", "/dashboard/"),
    "guardian": ("sunil", "/dashboard/"),
    "to do (admin)": ("rajendra", "/todo/"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--people", type=int, default=PEOPLE)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="classcrew-bench-") as directory:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "coaching.settings", "DEMO": "1", "DATA_DIR": directory}
        os.environ |= {"EMAIL_URL": "dummymail://", "LOG_LEVEL": "ERROR", "ALLOWED_HOSTS": "testserver"}
        for scaled in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(scaled, None)
        figures = _measure(options.rounds, options.people)
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    print(f"{'page':22}{'CPU ms':>8}{'dashboard':>11}{'ratio':>7}{'more':>6}{'ratio':>7}{'queries':>9}{'KB':>4}")
    for name, one in figures.items():
        bare, more = (f"{one[key]:.1f}" for key in ("bare_ms", "more_ms"))
        ratios = f"{bare:>11}{one['of_bare']:7.2f}{more:>6}{one['of_more']:7.2f}"
        print(f"{name:22}{one['cpu_ms']:8.1f}{ratios}{one['queries']:9}{one['kb']:4}")


def _measure(rounds: int, people: int) -> dict[str, dict[str, Any]]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    call_command("demo", stdout=io.StringIO())
    from benchmarks import bare_dashboard

    browsers = {key: Client() for key, _path in PAGES.values()}
    for key, browser in browsers.items():
        browser.force_login(_person(key))
    _fill(people)
    bare = {key: bare_dashboard.signed_in(_person(key)) for key in browsers}
    return {name: _compare(browsers[key], path, bare[key], rounds) for name, (key, path) in PAGES.items()}


def _person(key: str) -> Any:
    from accounts.demo import PEOPLE as DEMO
    from accounts.models import User

    one = next(person for person in DEMO if person.key == key)
    return User.objects.known_as(one.email or one.admission_number).get()


def _fill(count: int) -> None:
    """Rows as an institute of this size has them after a while."""
    from django.utils import timezone

    from accounts.models import Delivery, Notification, SessionSlot, User

    now = timezone.now()
    far = now + timedelta(days=1)
    User.objects.bulk_create(User(name=f"Student {n}", admission_number=f"B-{n}", password="!") for n in range(count))
    people = list(User.objects.filter(admission_number__startswith="B-"))
    SessionSlot.objects.bulk_create(
        SessionSlot(user=one, key_hash=f"{one.pk:040}", idle_until=far, expires_at=far) for one in people
    )
    everybody = [*people, *(_person(key) for key in {key for key, _path in PAGES.values()})]
    Notification.objects.bulk_create(
        (
            Notification(recipient=one, event_key=f"b:{n}", kind="b", title=f"News {n}")
            for one in everybody
            for n in range(NEWS)
        ),
        batch_size=5_000,
    )
    told = Notification.objects.filter(event_key="b:0")
    Delivery.objects.bulk_create(
        Delivery(notification=row, channel="EMAIL", state="SENT", sent_at=now) for row in told.iterator()
    )


def _compare(browser: Any, path: str, plain: Any, rounds: int) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    visits = {"cpu": (browser, path), "bare": (plain, DASHBOARD), "more": (browser, MORE)}
    taken: dict[str, list[float]] = {what: [] for what in visits}
    for number in range(rounds + 1):
        for what in random.sample(list(visits), len(visits)):
            cpu_ms = _cpu_ms(*visits[what])
            if number:  # the first round only warms up
                taken[what].append(cpu_ms)
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(path)
    medians = {f"{what}_ms": round(statistics.median(times), 1) for what, times in taken.items()}
    return medians | {
        "of_bare": _ratio(taken["cpu"], taken["bare"]),
        "of_more": _ratio(taken["cpu"], taken["more"]),
        "queries": len(queries),
        "kb": len(answer.content) // 1000,
    }


def _ratio(times: list[float], others: list[float]) -> float:
    return round(statistics.median(a / b for a, b in zip(times, others, strict=True)), 2)


def _cpu_ms(browser: Any, url: str) -> float:
    began = time.process_time()
    for _ in range(VISITS):
        assert browser.get(url).status_code == 200, url
    return (time.process_time() - began) * 1000 / VISITS


if __name__ == "__main__":
    main()
