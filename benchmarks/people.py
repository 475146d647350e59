"""The list of 5,000 people, against the same list of 50; and an import of 1,000 rows, against as many bare rows.

`python -m benchmarks.people [--json] [--rounds N]`, on SQLite and on a PostgreSQL of its own. Waiting times are of the
whole page in this process, without a network; the figure is the median of the rounds.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks.measure import seconds_of
from tests.services.servers import throw_away_postgres

PEOPLE, FEW, ROWS = 5_000, 50, 1_000
AIM_MS, AIM_S = 100, 30
SEARCHES = {
    "all": "",
    "name": "?q=student+4321",
    "hindi": "?q=विजयलक्ष्मी",
    "phone": "?q=98230+04321",
    "nobody": "?q=nobody+at+all",
    "not seen for 7 days": "?seen=week",
    "by last seen": "?sort=seen",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--here", action="store_true", help="measure with the database this process was given")
    options = parser.parse_args()
    if options.here:
        print(json.dumps(_measure(options.rounds)))
        return
    with tempfile.TemporaryDirectory(prefix="classcrew-bench-") as directory:
        figures = {"sqlite": _child(Path(directory, "sqlite"), "", options.rounds)}
    with ExitStack() as running:
        directory = running.enter_context(tempfile.TemporaryDirectory(prefix="classcrew-bench-"))
        url = running.enter_context(throw_away_postgres(Path(directory)))
        figures["postgresql"] = _child(Path(directory, "data-dir"), url, options.rounds)
    if options.json:
        print(json.dumps({"people": PEOPLE, "few": FEW, "aim_ms": AIM_MS, "figures": figures}, indent=1))
    else:
        _print(figures)


def _child(directory: Path, url: str, rounds: int) -> dict:
    names = ("DATABASE_URL", "REDIS_URL")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    environment |= {"DJANGO_SETTINGS_MODULE": "coaching.settings", "DEMO": "1", "DATA_DIR": str(directory)}
    environment |= {"EMAIL_URL": "dummymail://", "LOG_LEVEL": "ERROR"} | ({"DATABASE_URL": url} if url else {})
    command = [sys.executable, "-m", "benchmarks.people", "--here", "--rounds", str(rounds)]
    answer = subprocess.check_output(command, env=environment, text=True)
    found: dict = json.loads(answer.splitlines()[-1])
    return found


def _measure(rounds: int) -> dict:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    few = _pages(FEW, rounds)
    many = _pages(PEOPLE - FEW, rounds)
    pages = {name: {"few": few[name], "many": many[name], "ratio": many[name] / few[name]} for name in SEARCHES}
    return {"pages": pages, "import": _imports()}


def _pages(more: int, rounds: int) -> dict[str, float]:
    """Milliseconds for each search, after `more` people were made."""
    from django.test import Client

    from accounts.models import Role, User

    _make(more)
    admin = User.objects.get_or_create(email="a@bench.test", defaults={"name": "A", "role": Role.ADMIN})[0]
    browser = Client(headers={"host": "localhost"})
    browser.force_login(admin)

    def visit(asked: str) -> None:
        answer = browser.get(f"/accounts/people/{asked}")
        assert answer.status_code == 200, answer.status_code

    waits: dict[str, list[float]] = {name: [] for name in SEARCHES}
    for turn in range(rounds + 1):
        for name, asked in SEARCHES.items():
            wait = seconds_of(partial(visit, asked))
            if turn:
                waits[name].append(1000 * wait)
    return {name: statistics.median(found) for name, found in waits.items()}


def _make(count: int) -> None:
    """Students, every third with a Hindi name, every second with a session of some day."""
    import uuid
    from datetime import timedelta

    from django.utils import timezone

    from accounts.models import SessionSlot, User

    first, now = User.objects.count(), timezone.now()
    made = User.objects.bulk_create(
        User(
            name=f"विजयलक्ष्मी {n}" if n % 30 == 3 else f"Student {n:04} Kulkarni",
            admission_number=f"2026-{n:05}",
            phone=f"98230 {n:05}",
            password="!",
        )
        for n in range(first, first + count)
    )
    later = now + timedelta(days=1)
    SessionSlot.objects.bulk_create(
        SessionSlot(
            user=one,
            key_hash=uuid.uuid4().hex,
            created_at=now - timedelta(days=40),
            last_seen_at=now - timedelta(days=one.pk % 40),
            idle_until=later,
            expires_at=later,
        )
        for one in made[::2]
    )


def _imports() -> dict[str, float]:
    """Seconds to plan and carry out a file of ROWS students with their guardians, and to write as many bare rows."""
    from django.db import transaction
    from django.utils import timezone

    from accounts.import_plans import Source, plan_import
    from accounts.imports import apply_import
    from accounts.models import User

    head = "Name,Roll no,Phone,DOB,Guardian name,Guardian email\n"
    lines = (f"Pupil {n},I-{n},98230 {n:05},12/03/2010,Elder {n // 2},e{n // 2}@bench.test\n" for n in range(ROWS))
    content = (head + "".join(lines)).encode()

    def carry_out() -> None:
        done = apply_import(plan_import(Source(content, "bench.csv"), today=timezone.localdate()), actor=None)
        assert done.added == ROWS + ROWS // 2

    def bare() -> None:
        with transaction.atomic():
            User.objects.bulk_create(User(name="B", email=f"b{n}@bench.test", password="!") for n in range(ROWS))

    took_s, bare_s = seconds_of(carry_out), seconds_of(bare)
    return {"took_s": took_s, "bare_s": bare_s, "ratio": took_s / bare_s}


def _print(figures: dict) -> None:
    for database, found in figures.items():
        print(
            f"{database:12}{'search':22}{f'{FEW} people':>12}{f'{PEOPLE} people':>14}{'ratio':>8}   (aim: {AIM_MS} ms)"
        )
        for name, one in found["pages"].items():
            print(f"{'':12}{name:22}{one['few']:9.1f} ms{one['many']:11.1f} ms{one['ratio']:8.2f}")
        one = found["import"]
        words = f"{ROWS} rows and {ROWS // 2} guardians {one['took_s']:.2f} s (aim: {AIM_S} s)"
        print(f"{'':12}import: {words}, {ROWS} bare rows {one['bare_s']:.2f} s, ratio {one['ratio']:.1f}")


if __name__ == "__main__":
    main()
