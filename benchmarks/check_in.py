"""Five hundred students check in at once, against as many bare upserts. `python -m benchmarks.check_in [--json]`.

The real server with two worker processes, on SQLite and on a PostgreSQL of its own. Each student has his own session
and his own position in the class; 24 connections send as fast as they are answered. The baseline is a page of the same
server that reads the JSON and upserts the row of the register, without session, rules, evidence and history. They take
turns; each round is another class. CPU time is that of the server's processes, so PostgreSQL's own is not in it.
"""

import argparse
import http.client
import json
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import measure
from benchmarks.pages import SERVERS, environment_in
from benchmarks.pages import _valkey as valkey_in
from tests.services.servers import throw_away_postgres

STUDENTS, CLIENTS, AIM_S = 500, 24, 60
ROUNDS = 3  # six check-ins a minute and student are taken
TOKEN = "a" * 32


@dataclass
class Burst:
    """What became of the requests of one round."""

    took_s: float = 0
    cpu_ms: float = 0
    waits_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.waits_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", action="store_true", help="fill the database this process was given")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    options = parser.parse_args()
    if options.seed:
        print(json.dumps(_seed()))
        return
    figures = {name: _measure(name) for name in ("sqlite", "postgresql") if options.only in {None, name}}
    if options.json:
        print(json.dumps({"students": STUDENTS, "aim_s": AIM_S, "figures": figures}, indent=1))
    else:
        _print(figures)
    errors = sum(one["errors"] for one in figures.values())
    if errors or any(one["took_s"] > AIM_S for one in figures.values()):
        raise SystemExit(f"{errors} errors; aim: none, and {STUDENTS} students within {AIM_S} s")


def _measure(database: str) -> dict[str, Any]:
    with ExitStack() as running:
        directory = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="classcrew-bench-")))
        environment = environment_in(directory)
        if database == "postgresql":
            place = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="classcrew-bench-pg-")))
            environment["DATABASE_URL"] = running.enter_context(throw_away_postgres(place))
        running.enter_context(valkey_in(environment, directory))
        command = [sys.executable, "-m", "benchmarks.check_in", "--seed"]
        seeded = json.loads(subprocess.check_output(command, env=environment, text=True).splitlines()[-1])
        server = running.enter_context(measure.serve(SERVERS["front"], environment, directory / "server.log"))
        _burst(server, [_bare(seeded, seeded["classes"][-1], one) for one in seeded["students"][:48]])  # warm
        ours, bare = [], []
        for number in range(ROUNDS):
            class_session = seeded["classes"][number]
            turns = [(ours, _check_in), (bare, _bare)]
            for found, request in turns if number % 2 else reversed(turns):
                found.append(_burst(server, [request(seeded, class_session, one) for one in seeded["students"]]))
        marked = _count(environment, [one["pk"] for one in seeded["classes"][:ROUNDS]])
    return _figures(ours, bare, marked)


def _figures(ours: list[Burst], bare: list[Burst], marked: int) -> dict[str, Any]:
    pairs = list(zip(ours, bare, strict=True))
    return {
        "errors": sum(len(one.errors) for one in [*ours, *bare]) + (marked != STUDENTS * ROUNDS),
        "said": sorted({text for one in [*ours, *bare] for text in one.errors})[:3],
        "took_s": round(max(one.took_s for one in ours), 2),
        "requests_s": round(statistics.median(STUDENTS / one.took_s for one in ours), 1),
        "bare_requests_s": round(statistics.median(STUDENTS / one.took_s for one in bare), 1),
        "p50_ms": round(statistics.median(one.percentile_ms(0.5) for one in ours)),
        "p95_ms": round(statistics.median(one.percentile_ms(0.95) for one in ours)),
        "bare_p95_ms": round(statistics.median(one.percentile_ms(0.95) for one in bare)),
        "cpu_ms": round(statistics.median(one.cpu_ms for one in ours), 2),
        "bare_cpu_ms": round(statistics.median(one.cpu_ms for one in bare), 2),
        "ratio_time": round(statistics.median(a.took_s / b.took_s for a, b in pairs), 2),
        "ratio_cpu": round(statistics.median(a.cpu_ms / b.cpu_ms for a, b in pairs), 2),
        "marked_once": marked,
    }


# --- Requests ---------------------------------------------------------------------------------------------------------


Request = tuple[str, dict[str, str], str]


def _check_in(seeded: dict[str, Any], class_session: dict[str, Any], student: dict[str, Any]) -> Request:
    headers = {
        "Cookie": f"{seeded['session_cookie']}={student['session']}; {seeded['csrf_cookie']}={TOKEN}",
        "X-CSRFToken": TOKEN,
        "Content-Type": "application/json",
        "User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile",
    }
    place = {"latitude": 20.0064 + student["n"] * 4e-7, "longitude": 73.7645, "accuracy": 8 + student["n"] % 20}
    body = {"client_uuid": f"00000000-0000-4000-8000-{class_session['pk']:06}{student['n']:06}", "fix_age_ms": 900}
    return class_session["path"], headers, json.dumps(body | place)


def _bare(_seeded: dict[str, Any], class_session: dict[str, Any], student: dict[str, Any]) -> Request:
    body = json.dumps({"class_session": class_session["bare_pk"], "student": student["pk"]})
    return "/bench/upsert/", {"Content-Type": "application/json"}, body


def _burst(server: measure.Server, requests: list[Request]) -> Burst:
    """All of them, over as many connections as there are clients."""
    waiting: queue.SimpleQueue[Request] = queue.SimpleQueue()
    for request in requests:
        waiting.put(request)
    burst, before, began = Burst(), measure.cpu_s(server.pid), time.perf_counter()
    threads = [threading.Thread(target=_client, args=(server.port, waiting, burst)) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    burst.took_s = time.perf_counter() - began
    burst.cpu_ms = (measure.cpu_s(server.pid) - before) * 1000 / len(requests)
    return burst


def _client(port: int, waiting: "queue.SimpleQueue[Request]", burst: Burst) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    while True:
        try:
            path, headers, body = waiting.get_nowait()
        except queue.Empty:
            break
        began = time.perf_counter()
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            answer = response.read()
        except OSError as error:
            burst.errors.append(repr(error))
            connection.close()
            continue
        burst.waits_ms.append((time.perf_counter() - began) * 1000)
        if response.status != 200 or b"PRESENT" not in answer:
            burst.errors.append(f"{response.status}: {answer[:200]!r}")
    connection.close()


# --- The institute ----------------------------------------------------------------------------------------------------


def _seed() -> dict[str, Any]:
    """A batch of five hundred with a session each, a class for each round, and one for each round of the baseline."""
    import django

    django.setup(set_prefix=False)
    from datetime import timedelta

    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from accounts.models import Role, User
    from attendance import rules
    from batches.models import Batch, ClassSession, Enrolment, Venue

    call_command("migrate", verbosity=0)
    now = timezone.now()
    venue = Venue.objects.create(name="College Road", latitude="20.006400", longitude="73.764500")
    days = {"starts_on": now.date() - timedelta(days=30), "ends_on": now.date() + timedelta(days=300)}
    batch = Batch.objects.create(name="Bench", venue=venue, **days)
    User.objects.bulk_create(
        User(name=f"Student {n}", role=Role.STUDENT, admission_number=f"B-{n:04}", password="!")
        for n in range(STUDENTS)
    )
    students = list(User.objects.filter(admission_number__startswith="B-").order_by("admission_number"))
    joined = now - timedelta(days=20)
    Enrolment.objects.bulk_create(Enrolment(batch=batch, student=one, joined_at=joined) for one in students)

    def held(number: int) -> ClassSession:
        begins = now - timedelta(minutes=1, seconds=number)
        row = ClassSession.objects.create(batch=batch, starts_at=begins, ends_at=begins + timedelta(hours=3))
        rules.open_register(row, now=now)
        return row

    classes = [(held(number), held(100 + number)) for number in range(ROUNDS + 1)]
    sessions = []
    for number, one in enumerate(students):
        browser = Client()
        browser.force_login(one)
        cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
        sessions.append({"n": number, "pk": one.pk, "session": cookie})
    return {
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "students": sessions,
        "classes": [{"pk": a.pk, "path": reverse("check_in", args=[a.uuid]), "bare_pk": b.pk} for a, b in classes],
    }


def _count(environment: dict[str, str], classes: list[int]) -> int:
    """How many are present in these classes, each with one check-in and one line of history."""
    code = f"""
from attendance.models import CheckInAttempt, Record, RecordChange
rows = Record.objects.filter(class_session__in={classes}, status="P", version=1)
tries = CheckInAttempt.objects.filter(register__in={classes}, decision="INSIDE").count()
changes = RecordChange.objects.filter(record__class_session__in={classes}).count()
print(min(rows.count(), tries, changes) if tries == changes else -1)
"""
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
    return int(subprocess.check_output(command, env=environment, text=True).splitlines()[-1])


def _print(figures: dict[str, dict[str, Any]]) -> None:
    print(f"load {os.getloadavg()[0]:.1f}; {STUDENTS} students over {CLIENTS} connections, {ROUNDS} rounds")
    names = list(next(iter(figures.values())))
    print(f"{'':26}" + "".join(f"{database:>14}" for database in figures))
    for name in names:
        print(f"{name:26}" + "".join(f"{one[name]!s:>14}" for one in figures.values()))


if __name__ == "__main__":
    main()
