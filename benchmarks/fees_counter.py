"""What recording money costs, against its bare rows. `python -m benchmarks.fees_counter [--json] [--only …]`.

On SQLite and on a PostgreSQL of its own, beside a Valkey for the news, in one process. *record* is cash for three dues:
payment, allocations, bills, receipt, ledger, activity and news in one transaction; *with invoices* is the same of a
registered institute, *bare* the payment, its allocations and their entries without any rule. CPU figures are medians
of rounds in which the acts take turns; *a second* is how many eight threads record at once, and *check* proves the
books of all of it.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.in_process import ratio, take_turns
from tests.services.servers import throw_away_postgres, throw_away_valkey

AIM, MOST_QUERIES = 8, 30
ROUNDS, TIMES, THREADS, AT_ONCE = 7, 8, 8, 80


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--here", action="store_true", help="measure on the database this process was given")
    options = parser.parse_args()
    if options.here:
        print(json.dumps(_measure()))
        return
    figures = {name: _on(name) for name in ("sqlite", "postgresql") if options.only in {None, name}}
    if options.json:
        print(json.dumps({"aim": AIM, "most_queries": MOST_QUERIES, "figures": figures}, indent=1))
    else:
        print(f"load {os.getloadavg()[0]:.1f}; aims: at most {AIM} x the bare rows, at most {MOST_QUERIES} queries")
        print(f"{'':22}" + "".join(f"{database:>14}" for database in figures))
        for name in next(iter(figures.values())):
            print(f"{name:22}" + "".join(f"{one[name]!s:>14}" for one in figures.values()))
    if any(one["ratio"] > AIM or one["queries"] > MOST_QUERIES for one in figures.values()):
        raise SystemExit("an aim is missed")


def _on(database: str) -> dict[str, Any]:
    """In a process of its own, whose database and Valkey go with it."""
    with ExitStack() as running:
        places = [Path(running.enter_context(tempfile.TemporaryDirectory(prefix="classcrew-bench-"))) for _ in "123"]
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment |= {"DJANGO_SETTINGS_MODULE": "coaching.settings", "DEMO": "1", "DATA_DIR": str(places[0])}
        environment |= {"EMAIL_URL": "dummymail://", "LOG_LEVEL": "ERROR"}
        environment["REDIS_URL"] = running.enter_context(throw_away_valkey(places[1]))
        if database == "postgresql":
            environment["DATABASE_URL"] = running.enter_context(throw_away_postgres(places[2]))
        command = [sys.executable, "-m", "benchmarks.fees_counter", "--here"]
        told = subprocess.check_output(command, env=environment, text=True)
    return dict(json.loads(told.splitlines()[-1]))


def _measure() -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from fees import proving
    from tests.fees import made

    cashier, numbers = made.the_cashier(), itertools.count(1)
    bare = _owing(numbers, (ROUNDS + 1) * TIMES)
    plain = _owing(numbers, (ROUNDS + 1) * TIMES + 1)
    crowd = _owing(numbers, AT_ONCE)
    made.registered()
    taxed = _owing(numbers, (ROUNDS + 1) * TIMES + 1)

    def of(mode: str, accounts: Any) -> Any:
        def act() -> None:
            made.registered() if mode == "REGULAR" else made.registered(gst_mode=mode, gstin="")
            _record(next(accounts), cashier)

        return act

    acts = {
        "bare": lambda: _bare(next(bare)),
        "record": of("UNREGISTERED", plain),
        "with invoices": of("REGULAR", taxed),
        "settings": lambda: made.registered(),
    }
    taken = take_turns(acts, rounds=ROUNDS, times=dict.fromkeys(acts, TIMES))
    less = statistics.median(taken["settings"])
    cpu = {name: statistics.median(found) - (0 if name == "bare" else less) for name, found in taken.items()}
    figures: dict[str, Any] = {f"{name}, CPU ms": round(cpu[name], 1) for name in ("bare", "record", "with invoices")}
    figures["ratio"] = round(ratio([one - less for one in taken["record"]], taken["bare"]), 2)
    made.registered(gst_mode="UNREGISTERED", gstin="")
    figures["queries"] = _queries(next(plain), cashier)
    figures["a second"] = _a_second(list(crowd), cashier)
    made.registered()
    figures["queries, invoices"] = _queries(next(taxed), cashier)
    began = time.perf_counter()
    assert proving.broken() == []
    figures["check, s"] = round(time.perf_counter() - began, 2)
    figures["of payments"] = proving.counted()["payments"]
    return figures


def _owing(numbers: "itertools.count[int]", count: int) -> Any:
    """Accounts of students who owe three charges each."""
    from datetime import timedelta

    from django.utils import timezone

    from accounts.models import Role
    from fees import issuing
    from fees.models import FeeSettings
    from tests import people
    from tests.fees import made

    found, head, today, booking = [], made.head(), timezone.localdate(), made.booking()
    for number in itertools.islice(numbers, count):
        account = made.account(people.person(f"Student {number}", Role.STUDENT, admission_number=f"F-{number}"))
        line = issuing.line(head, 10000, issuing.regime(FeeSettings.current(), account, None))
        drafts = [issuing.Draft(today - timedelta(days=30 * part), [line], kind="OTHER") for part in range(3)]
        issuing.issue(account, drafts, booking=booking, supply_state="27", after=0)
        found.append(account)
    return iter(found)


def _record(account: Any, cashier: Any) -> None:
    from uuid import uuid4

    from django.utils import timezone

    from fees import payments

    payments.record(account, mode="CASH", amount_paise=30000, actor=cashier, now=timezone.now(), form_token=uuid4())


def _bare(account: Any) -> None:
    """The rows and nothing else; left unsettled, so that the books stay right: it is rolled back."""
    from django.db import transaction

    from fees.models import Due
    from tests.fees import made

    with transaction.atomic():
        made.payment(30000, *[(due, 10000) for due in Due.objects.filter(account=account)])
        transaction.set_rollback(True)


def _queries(account: Any, cashier: Any) -> int:
    """Those that ask or write something: without BEGIN, COMMIT and savepoints."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        _record(account, cashier)
    return sum(one["sql"].startswith(("SELECT", "INSERT", "UPDATE")) for one in captured.captured_queries)


def _a_second(accounts: list[Any], cashier: Any) -> int:
    """Recorded by several threads at once."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    def work(some: list[Any]) -> None:
        for one in some:
            _record(one, cashier)
        connections.close_all()

    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, [accounts[place::THREADS] for place in range(THREADS)]))
    return round(len(accounts) / (time.perf_counter() - began))


if __name__ == "__main__":
    main()
