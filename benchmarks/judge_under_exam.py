"""What programs being judged do to those who write. `python -m benchmarks.judge_under_exam [--json] [--rounds N] …`.

The real server with two worker processes, a worker with the scheduler, and a judge that gives way (`--nice 10`), as
`manage.py up` starts them. All students save five answers every 10 s. In turns nobody submits, or `--programs` of them
submit a program (every fourth in C++) within `--within` seconds and look how it stands as often as the page does. The
figure is the ratio of the p95 of saving, median of the rounds; aim: at most 1.5. Between two turns the queue is judged
to its end. With `--within 3` it is a burst: for as long as it lasts taking the programs is work for both cores.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks import measure
from benchmarks.exam_devices import TOKEN, Device, Hall
from benchmarks.pages import SERVERS, environment_in
from benchmarks.pages import _valkey as valkey_in
from tests.services.servers import throw_away_postgres

AIM = 1.5
EVERY_S, LOOK_S, PATIENCE_S = 10.0, 3.0, 900.0
PYTHON = "# {mark}\na, b = map(int, input().split())\nprint(a + b)\n"
CPP = "// {mark}\n#include <iostream>\nint main() {{ long a, b; std::cin >> a >> b; std::cout << a + b << '\\n'; }}\n"
MANAGE = [sys.executable, "manage.py", "worker"]
WORKER = [*MANAGE, "--scheduler", "--queues", "dfs,default"]
JUDGE = [*MANAGE, "--queues", "judge", "--nice", "10"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--programs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=40, help="of each turn")
    parser.add_argument("--within", type=float, default=20, help="seconds in which all programs are submitted")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, help="fill the database this process was given")
    parser.add_argument("--count", action="store_true", help="count what is judged in it")
    options = parser.parse_args()
    if options.seed or options.count:
        from benchmarks import judge_hall_rows

        print(json.dumps(judge_hall_rows.seed(options.seed) if options.seed else judge_hall_rows.count()))
        return
    figures = _measure(options)
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        for name, value in figures.items():
            print(f"{name:22}{value!s:>26}")


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    with _site(options.database) as (environment, directory, running):
        seeded = _own("--seed", str(options.students), environment=environment)
        server = running.enter_context(measure.serve(SERVERS["front"], environment, directory / "server.log"))
        for name, command in (("worker", WORKER), ("judge", JUDGE)):
            running.enter_context(_worker(command, environment, directory / f"{name}.log"))
        measure.load(server, "/healthz", requests=16)
        _wait(environment, lambda found: bool(found["is_on"]))
        turns: dict[str, list[Hall]] = {"quiet": [], "judged": []}
        asyncio.run(_turn(server.port, seeded, 15, programs=min(4, options.programs), mark="warm"))
        for number in range(options.rounds):
            for name in ("quiet", "judged") if number % 2 else ("judged", "quiet"):
                _wait(environment, lambda found: not {"PENDING", "RUNNING"} & set(found["states"]))
                programs = options.programs if name == "judged" else 0
                given = {"programs": programs, "mark": f"{number}", "within_s": options.within}
                hall = asyncio.run(_turn(server.port, seeded, options.seconds, **given))
                turns[name].append(hall)
        found = _wait(environment, lambda found: not {"PENDING", "RUNNING"} & set(found["states"]))
    return _figures(turns, options, found)


def _figures(turns: dict[str, list[Hall]], options: argparse.Namespace, found: dict[str, Any]) -> dict[str, Any]:
    quiet, judged = (
        [[one.told["save"].percentile_ms(share) for one in turns[name]] for share in (0.5, 0.95)]
        for name in ("quiet", "judged")
    )
    submits = [wait for one in turns["judged"] for wait in one.told["submit"].waits_ms]
    return {
        "aim": AIM,
        "load": round(os.getloadavg()[0], 1),
        "students": options.students,
        "programs": options.programs,
        "within_s": options.within,
        "saves": sum(one.told["save"].statuses[200] for halls in turns.values() for one in halls),
        "busy_answers": sum(one.told["save"].statuses[503] for halls in turns.values() for one in halls),
        "quiet_p50_p95_ms": [round(statistics.median(one), 1) for one in quiet],
        "judged_p50_p95_ms": [round(statistics.median(one), 1) for one in judged],
        "ratio_p50": round(statistics.median(b / a for a, b in zip(quiet[0], judged[0], strict=True)), 2),
        "ratio_p95": round(statistics.median(b / a for a, b in zip(quiet[1], judged[1], strict=True)), 2),
        "submit_p95_ms": round(sorted(submits)[int(len(submits) * 0.95)], 1) if submits else 0,
        "judged_within": [one.told["look"].statuses["judged"] for one in turns["judged"]],
        "states": found["states"],
        "tried_again": found["tried_again"],
    }


# --- The site ---------------------------------------------------------------------------------------------------------


@contextmanager
def _site(database: str) -> Iterator[tuple[dict[str, str], Path, ExitStack]]:
    with ExitStack() as running:
        directory = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="classcrew-bench-")))
        environment = environment_in(directory)
        if database == "postgresql":
            place = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="classcrew-bench-pg-")))
            environment["DATABASE_URL"] = running.enter_context(throw_away_postgres(place))
        running.enter_context(valkey_in(environment, directory))
        yield environment, directory, running


@contextmanager
def _worker(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    """Killed with its processes at the end: a program in hand need not be judged any more."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _own(*words: str, environment: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.judge_under_exam", *words]
    return dict(json.loads(subprocess.check_output(command, env=environment, text=True).splitlines()[-1]))


def _wait(environment: dict[str, str], is_so: Any) -> dict[str, Any]:
    ends = time.monotonic() + PATIENCE_S
    while True:
        found = _own("--count", environment=environment)
        if is_so(found):
            return found
        if time.monotonic() > ends:
            raise SystemExit(f"the judge does not get there: {found}")
        time.sleep(1)


# --- Those who write --------------------------------------------------------------------------------------------------


class Writer(Device):
    """Saves on a beat; who has a program submits it and looks how it stands, over a connection of its own."""

    async def save(self, lasts_s: float) -> None:
        beat = random.uniform(0, EVERY_S)
        while beat < lasts_s:
            await self._until(beat)
            self._answer()
            self._acknowledge(await self._insist("save", self._batch))
            beat += EVERY_S
        self._hang_up()

    async def submit(self, source: str, language: str, lasts_s: float, *, within_s: float) -> None:
        await self._until(random.uniform(0, within_s))
        sent = {"epoch": self.epoch, "language": language, "source": source}
        began = time.monotonic()
        status, _after, answer = await self._ask(self.writer["submit"], json.dumps(sent).encode())
        if status != 202:
            raise AssertionError(f"submit: {status} {answer[:300]!r}")
        self.hall.told["submit"].waits_ms.append((time.monotonic() - began) * 1000)
        url, look_s = json.loads(answer)["url"], LOOK_S
        while time.monotonic() < self.began + lasts_s:
            await asyncio.sleep(look_s)
            found = await self._look(url)
            look_s = max(LOOK_S, min((found["wait_s"] or 0) / 4, 15))
            if found["state"] == "COMPLETE":
                self.hall.told["look"].statuses["judged"] += 1
                break
        self._hang_up()

    async def _look(self, path: str) -> dict[str, Any]:
        if self._streams and self._streams[0].at_eof():  # the server has closed what was idle for long
            self._hang_up()
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.hall.port)
        reader, writer = self._streams
        session, csrf = self.hall.cookies
        cookie = f"{session}={self.writer['session']}; {csrf}={TOKEN}"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        answer = await reader.readexactly(int(fields.get("content-length", "0")))
        if fields.get("connection") == "close":
            self._hang_up()
        return dict(json.loads(answer))


async def _turn(
    port: int, seeded: dict[str, Any], lasts_s: float, *, programs: int, mark: str, within_s: float = 3
) -> Hall:
    """All save for so long, the first ones of them submit a program, too."""
    hall = Hall(port, tuple(seeded["cookies"]), seeded["questions"], 0, EVERY_S, lasts_s, 0)
    hall.told |= {name: type(hall.told["save"])() for name in ("submit", "look")}
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for place, one in enumerate(seeded["writers"]):
            writer = Writer(hall, one, began)
            writer.seq = int(time.time() * 1000)  # above all of the turns before
            group.create_task(writer.save(lasts_s))
            if place < programs:
                language = "py" if place % 4 else "cpp"
                source = (PYTHON if place % 4 else CPP).format(mark=f"{mark} {place}")
                group.create_task(Writer(hall, one, began).submit(source, language, lasts_s, within_s=within_s))
    return hall


if __name__ == "__main__":
    main()
