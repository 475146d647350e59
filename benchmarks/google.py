"""Storing on Google Drives, against the emulator: `python -m benchmarks.google [--mib 192] [--rounds 3] [--json]`.

The emulator is a process of its own and waits before every answer. Two questions, each in turns of one run: how much
faster five Drives take a file than one, and how much longer the whole pipeline takes than a bare `AuthorizedSession`
that sends as many objects of the same sizes to the same Drives: one at once for each Drive (`loop`), and two
(`pairs`), which is what the pipeline sends. The loop has its bytes ready; the pipeline seals them, adds parity,
hashes, commits rows before and after, and keeps budgets in the cache.

Our own pacing (25 objects in ten seconds and Drive) is part of the product but not of this comparison: `paced_*` is
measured with it, everything else without.
"""

import argparse
import io
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measure import cpu_s
from tests.services.servers import throw_away_valkey

MIB = 1024 * 1024
CHUNK = 8 * MIB
DRIVES = 5
TURN = ("five", "loop", "pairs", "one")


@contextmanager
def emulator(drives: int, latency_ms: float) -> Iterator[tuple[dict[str, Any], int]]:
    """What it told of itself, and its process."""
    command = [sys.executable, "-m", "tests.emulators.google", "--json", "--until-eof", "--latency-ms", str(latency_ms)]
    accounts = [part for number in range(drives) for part in ("--account", f"owner{number}@example.org")]
    process = subprocess.Popen([*command, *accounts], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        try:
            yield json.loads(process.stdout.readline()), process.pid
        finally:
            process.stdin.close()


def pipeline(told: dict[str, Any], *, is_paced: bool) -> dict[str, float]:
    """One file through the real store; a stripe before it, so that tokens, ids and libraries are there."""
    from dfs import pool, store, work
    from dfs.drives.google.budgets import Budgets
    from dfs.models import StoredFile

    for email, token in told["refresh_tokens"].items():
        pool.add_google(email, token, cap_bytes=1 << 40)
    if not is_paced:
        Budgets.write = lambda _budgets: None  # type: ignore[method-assign]
    idle_kib = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024
    warm = store.put(io.BytesIO(os.urandom(2 * CHUNK + 1)), name="warm", purpose="console", owner=None)
    work.perform(warm.jobs.get().pk)
    with Path(os.environ["BENCH_SOURCE"]).open("rb") as stream:
        file = store.put(stream, name="lecture.mp4", purpose="console", owner=None)
    cpu, began = time.process_time(), time.perf_counter()
    while work.perform(file.jobs.get().pk) == "PENDING":
        pass
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    file = StoredFile.objects.get(pk=file.pk)
    assert file.state == StoredFile.State.STORED, file.state
    rise_mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle_kib) / 1024
    objects = file.chunks.content().live().count()
    return {"wall_s": wall, "cpu_s": cpu, "rise_mib": rise_mib, "objects": objects, "k": file.k, "p": file.p}


def loop(told: dict[str, Any], mib: int, *, at_once: int) -> dict[str, float]:
    """As many objects as a 3+2 file has, each by a POST for a session and one PUT; `at_once` for each Drive."""
    from google.auth.transport.requests import AuthorizedSession
    from google.oauth2.credentials import Credentials

    settings = told["settings"]
    url = f"{settings['GOOGLE_API_ROOT']}upload/drive/v3/files?uploadType=resumable&fields=id,size,md5Checksum"
    sessions = []
    for token in list(told["refresh_tokens"].values()) * at_once:
        credentials = Credentials(  # type: ignore[no-untyped-call]
            None,
            refresh_token=token,
            token_uri=settings["GOOGLE_TOKEN_URL"],
            client_id=settings["GOOGLE_CLIENT_ID"],
            client_secret=settings["GOOGLE_CLIENT_SECRET"],
        )
        sessions.append(AuthorizedSession(credentials))  # type: ignore[no-untyped-call]
    body = os.urandom(CHUNK + 96 + 16 * (CHUNK // (256 * 1024)))
    metadata = json.dumps({"name": "piece", "parents": ["appDataFolder"]})
    headers = {"X-Upload-Content-Length": str(len(body)), "Content-Type": "application/json; charset=UTF-8"}

    def send(session: AuthorizedSession, content: bytes, length: str) -> None:
        opened = session.post(url, data=metadata, headers=headers | {"X-Upload-Content-Length": length})
        sent = session.put(opened.headers["Location"], data=content)
        assert int(sent.json()["size"]) == len(content)

    def share(session: AuthorizedSession, count: int) -> None:
        for _object in range(count):
            send(session, body, str(len(body)))

    chunks = mib * MIB // CHUNK
    objects = chunks + 2 * -(-chunks // 3)
    counts = [objects // len(sessions) + (number < objects % len(sessions)) for number in range(len(sessions))]
    with ThreadPoolExecutor(len(sessions)) as threads:
        list(threads.map(lambda session: send(session, b"x", "1"), sessions))
        cpu, began = time.process_time(), time.perf_counter()
        list(threads.map(share, sessions, counts))
    return {"wall_s": time.perf_counter() - began, "cpu_s": time.process_time() - cpu, "objects": objects}


def child(part: str, mib: int, latency_ms: float, valkey: str) -> dict[str, float]:
    """Run one part in a process of its own, with an empty store and an emulator that has nothing yet."""
    drives = 1 if part.endswith("one") else DRIVES
    with tempfile.TemporaryDirectory(prefix="classcrew-bench-") as name, emulator(drives, latency_ms) as (told, pid):
        source = Path(name) / "source"
        with source.open("wb") as out:
            for _block in range(mib):
                out.write(os.urandom(MIB))
        environment = dict(os.environ, DATA_DIR=f"{name}/data", DEBUG="", DEMO="1", LOG_LEVEL="ERROR", DATABASE_URL="")
        environment |= {"BENCH_SOURCE": str(source), "BENCH_TOLD": json.dumps(told), "REDIS_URL": valkey}
        environment |= {"DFS_CHUNK_BYTES": str(CHUNK), "DFS_REDUNDANCY": "auto", **told["settings"]}
        command = [sys.executable, "-m", "benchmarks.google", "--part", part, "--mib", str(mib)]
        out_text = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout
        return dict(json.loads(out_text.splitlines()[-1])) | {"google_cpu_s": cpu_s(pid)}


def run_part(part: str, mib: int) -> dict[str, float]:
    told = json.loads(os.environ["BENCH_TOLD"])
    if part in ("loop", "pairs"):
        return loop(told, mib, at_once=1 if part == "loop" else 2)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coaching.settings")
    import django
    from django.core.management import call_command

    django.setup()
    from dfs import jobs

    jobs.wake = lambda _job: False  # type: ignore[assignment]  # no worker here: this process is the worker
    call_command("migrate", verbosity=0)
    return pipeline(told, is_paced=part.startswith("paced"))


def everything(mib: int, rounds: int, latency_ms: float) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="classcrew-bench-") as name, throw_away_valkey(Path(name)) as valkey:
        turns = [
            {part: child(part, mib, latency_ms, f"{valkey}/{number % 16}") for part in random.sample(TURN, len(TURN))}
            for number in range(rounds)
        ]
        paced = {part: child(part, mib, latency_ms, f"{valkey}/15") for part in ("paced-five", "paced-one")}
    figures = {
        "five_vs_one": _median(turns, "one", "five"),
        "pipeline_vs_bare_loop": _median(turns, "five", "loop"),
        "pipeline_vs_bare_pairs": _median(turns, "five", "pairs"),
        "pipeline_rise_mib": max(turn["five"]["rise_mib"] for turn in turns),
    }
    for number, turn in enumerate(turns):
        figures[f"round_{number + 1}_pipeline_vs_bare_loop"] = turn["five"]["wall_s"] / turn["loop"]["wall_s"]
        figures[f"round_{number + 1}_pipeline_vs_bare_pairs"] = turn["five"]["wall_s"] / turn["pairs"]["wall_s"]
        figures[f"round_{number + 1}_five_vs_one"] = turn["one"]["wall_s"] / turn["five"]["wall_s"]
    for part in TURN:
        figures[f"{part}_wall_s"] = statistics.median(turn[part]["wall_s"] for turn in turns)
        figures[f"{part}_cpu_s"] = statistics.median(turn[part]["cpu_s"] for turn in turns)
        figures[f"{part}_google_cpu_s"] = statistics.median(turn[part]["google_cpu_s"] for turn in turns)
        figures[f"{part}_objects"] = turns[0][part]["objects"]
    figures["paced_five_vs_one"] = paced["paced-one"]["wall_s"] / paced["paced-five"]["wall_s"]
    return figures | {f"{part}_mib_per_s": mib / found["wall_s"] for part, found in paced.items()}


def _median(turns: list[dict[str, dict[str, float]]], above: str, below: str) -> float:
    return statistics.median(turn[above]["wall_s"] / turn[below]["wall_s"] for turn in turns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=192)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency-ms", type=float, default=50.0)
    parser.add_argument("--part", choices=[*TURN, "paced-five", "paced-one"])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.part:
        print(json.dumps(run_part(options.part, options.mib)))
        return
    figures = everything(options.mib, options.rounds, options.latency_ms)
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        for name, value in figures.items():
            print(f"{name:40} {value:10.2f}")


if __name__ == "__main__":
    main()
