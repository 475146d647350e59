"""A whole institute writes a test at once. `python -m benchmarks.exam_at_once [--json] [--students N] [--only …]`.

The real server with two worker processes. Students who wait with the sealed paper fetch its key within 10 s, save five
answers every 10 s for a minute, and hand in over the last minute; with `--kill` a worker process is killed in between.
A busy server answers 503 with Retry-After, and the phone repeats. Afterwards all that was acknowledged must be in the
database. Then saves take turns with the autosave of a plain Django application (`bare_autosave`, gunicorn's threads,
two processes) on the same database, over as many connections; CPU is that of each server's processes, PostgreSQL's own
is not in it.
"""

import argparse
import asyncio
import http.client
import json
import os
import queue
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks import exam_devices, measure
from benchmarks.exam_devices import TOKEN, Hall
from benchmarks.pages import _GUNICORN, SERVERS, environment_in
from benchmarks.pages import _valkey as valkey_in
from tests.services.servers import throw_away_postgres

STUDENTS = {"postgresql": 1000, "sqlite": 200}
START_S, EVERY_S, SAVE_S, FINISH_S = 10, 10, 60, 60
QUESTIONS, SPARE, CLIENTS, ROUNDS, SAVES = 90, 16, 8, 3, 400
BARE = [*_GUNICORN, "-k", "gthread", "--threads", "4", "benchmarks.bare_wsgi:application"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--students", type=int)
    parser.add_argument("--only", choices=list(STUDENTS))
    parser.add_argument("--kill", action="store_true", help="kill a worker process while all save")
    parser.add_argument("--seed", type=int, help="fill the database this process was given")
    parser.add_argument("--check", type=Path, help="compare the database of this process with what was acknowledged")
    options = parser.parse_args()
    if options.seed or options.check:
        from benchmarks import exam_hall_rows

        rows = exam_hall_rows.seed(options.seed) if options.seed else exam_hall_rows.check(options.check)
        print(json.dumps(rows))
        return
    names = [name for name in STUDENTS if options.only in {None, name}]
    figures = {name: _measure(name, options.students or STUDENTS[name], options.kill) for name in names}
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        print(f"load {os.getloadavg()[0]:.1f}")
        for row in next(iter(figures.values())):
            print(f"{row:22}" + "".join(f"{one[row]!s:>26}" for one in figures.values()))
    if any(one["lost"] or one["not_handed_in"] for one in figures.values()):
        raise SystemExit("something acknowledged was lost")


def _measure(database: str, students: int, is_killed: bool) -> dict[str, Any]:
    with ExitStack() as running:
        directory = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="classcrew-bench-")))
        environment = environment_in(directory)
        if database == "postgresql":
            place = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="classcrew-bench-pg-")))
            environment["DATABASE_URL"] = running.enter_context(throw_away_postgres(place))
        running.enter_context(valkey_in(environment, directory))
        seeded = _own("--seed", str(students), environment=environment)
        server = running.enter_context(measure.serve(SERVERS["front"], environment, directory / "server.log"))
        _warm(server)
        written = _write(server, seeded, is_killed)
        acknowledged = directory / "acknowledged.json"
        acknowledged.write_text(json.dumps(written.pop("acknowledged")))
        found = _own("--check", str(acknowledged), environment=environment)
        bare = running.enter_context(measure.serve(BARE, environment, directory / "bare.log"))
        return {"students": students} | written | found | _beside(server, bare, seeded)


def _own(*words: str, environment: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.exam_at_once", *words]
    return dict(json.loads(subprocess.check_output(command, env=environment, text=True).splitlines()[-1]))


def _warm(server: measure.Server) -> None:
    measure.load(server, "/healthz", requests=16)


def _write(server: measure.Server, seeded: dict[str, Any], is_killed: bool) -> dict[str, Any]:
    questions = [uuid for _pk, uuid in seeded["questions"]]
    hall = Hall(server.port, tuple(seeded["cookies"]), questions, START_S, EVERY_S, SAVE_S, FINISH_S)
    cpu: list[float] = []

    async def meanwhile(began: float) -> None:
        """CPU while all only save, and the death of a worker process in the middle of it."""
        await asyncio.sleep(began + START_S + EVERY_S - time.monotonic())
        count, before = len(hall.told["save"].waits_ms), measure.cpu_s(server.pid)
        await asyncio.sleep(began + START_S + SAVE_S / 2 - time.monotonic())
        cpu.append((measure.cpu_s(server.pid) - before) * 1000 / max(1, len(hall.told["save"].waits_ms) - count))
        if is_killed:
            os.kill(measure.tree(server.pid)[1], signal.SIGKILL)

    began = time.monotonic()
    devices = asyncio.run(exam_devices.write(hall, seeded["writers"], meanwhile=meanwhile))
    told, took_s = hall.told, time.monotonic() - began
    figures: dict[str, Any] = {
        "took_s": round(took_s, 1),
        "saves": told["save"].statuses[200],
        "saves_s": round(told["save"].statuses[200] / (told["save"].last_at - began - START_S), 1),
        "cpu_ms_a_save": round(cpu[0], 2),
        "busy_answers": sum(one.statuses[503] for one in told.values()),
        "broken_connections": sum(hall.repeats.values()),
    }
    for kind, one in told.items():
        figures |= {f"{kind}_p50_ms": round(one.percentile_ms(0.5)), f"{kind}_p95_ms": round(one.percentile_ms(0.95))}
    return figures | {"acknowledged": {one.writer["uuid"]: one.acknowledged for one in devices}}


# --- Beside the bare autosave -----------------------------------------------------------------------------------------


def _beside(server: measure.Server, bare: measure.Server, seeded: dict[str, Any]) -> dict[str, Any]:
    turns: dict[str, list[tuple[float, float]]] = {"ours": [], "bare": []}
    seq = 10_000
    for number in range(ROUNDS + 1):
        for name in ("ours", "bare") if number % 2 else ("bare", "ours"):
            requests = [_request(seeded, turn, seq + turn, name) for turn in range(SAVES if number else 64)]
            taken = _burst(server if name == "ours" else bare, requests)
            if number:
                turns[name].append(taken)
            seq += 10_000
    pairs = list(zip(turns["ours"], turns["bare"], strict=True))
    return {
        "cpu_ms": round(statistics.median(cpu for cpu, _rate in turns["ours"]), 2),
        "bare_cpu_ms": round(statistics.median(cpu for cpu, _rate in turns["bare"]), 2),
        "ratio_cpu": round(statistics.median(a[0] / b[0] for a, b in pairs), 2),
        "most_saves_s": round(statistics.median(rate for _cpu, rate in turns["ours"])),
        "bare_most_saves_s": round(statistics.median(rate for _cpu, rate in turns["bare"])),
    }


def _request(seeded: dict[str, Any], turn: int, seq: int, name: str) -> tuple[str, str, bytes]:
    writer = seeded["spare"][turn % SPARE]
    chosen = [seeded["questions"][(turn * 5 + n) % QUESTIONS] for n in range(5)]
    rows = [
        {"question": uuid, "number": pk, "seq": 10 * seq + n, "answer": "abcd"[turn % 4], "marked": False}
        for n, (pk, uuid) in enumerate(chosen)
    ]
    if name == "ours":
        return writer["save"], writer["session"], json.dumps({"epoch": 1, "responses": rows}).encode()
    body = json.dumps({"attempt": writer["attempt"], "responses": rows}).encode()
    return "/bench/autosave/", writer["bare_session"], body


def _burst(server: measure.Server, requests: list[tuple[str, str, bytes]]) -> tuple[float, float]:
    """CPU ms of each, and how many a second, over CLIENTS connections as fast as they are answered."""
    waiting: queue.SimpleQueue[tuple[str, str, bytes]] = queue.SimpleQueue()
    errors: list[str] = []
    for request in requests:
        waiting.put(request)
    before, began = measure.cpu_s(server.pid), time.perf_counter()
    threads = [threading.Thread(target=_client, args=(server.port, waiting, errors)) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took_s = time.perf_counter() - began
    if errors:
        raise AssertionError(errors[0])
    return (measure.cpu_s(server.pid) - before) * 1000 / len(requests), len(requests) / took_s


def _client(port: int, waiting: "queue.SimpleQueue[tuple[str, str, bytes]]", errors: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    while not errors:
        try:
            path, cookie, body = waiting.get_nowait()
        except queue.Empty:
            break
        headers = {"Content-Type": "application/json", "X-CSRFToken": TOKEN, "Cookie": f"{cookie}; csrftoken={TOKEN}"}
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            answer = response.read()
        except OSError as error:
            errors.append(repr(error))
            break
        if response.status != 200:
            errors.append(f"{path}: {response.status} {answer[:300]!r}")
    connection.close()


if __name__ == "__main__":
    main()
