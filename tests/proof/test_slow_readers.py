"""Sixty phones on one video at 100 kB/s, and the dashboard meanwhile."""

import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

import pytest

from tests.proof.conftest import Note
from tests.proof.inotify import Opens
from tests.proof.material import Material
from tests.proof.running import ROOT, Admin, ProofSite, memory_mib

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.timeout(3_600)]
READERS = 60
BYTES_PER_S = 100_000
ROUNDS = 8
PAGES = 120
CLIENTS = 2


def test_sixty_slow_readers_leave_the_pages_as_quick_as_before(
    site: ProofSite, admin: Admin, video: Material, note: Note
) -> None:
    file = admin.upload(video.path)
    site.wait_until(lambda: admin.is_stored(file), within_s=900)
    pages(site, admin)
    idle = memory_mib(site.web_pids()), memory_mib(site.celery_pids())
    shutil.rmtree(site.home / "cache", ignore_errors=True)
    opens = Opens(shelf for folder in site.drive_folders() for shelf in folder.iterdir() if shelf.is_dir())
    alone: list[list[float]] = []
    beside: list[list[float]] = []
    peak = 0.0
    for number in range(ROUNDS):
        if number % 2:
            alone.append(pages(site, admin))
        with readers(site, admin, file, video.size):
            beside.append(pages(site, admin))
            peak = max(peak, memory_mib(site.web_pids()))
        note(web_after_round_mib=memory_mib(site.web_pids()))
        if not number % 2:
            alone.append(pages(site, admin))
    counts = opens.counts()
    opens.close()
    ratio = tell(note, alone, beside)
    note(objects_fetched=len(counts), opened_most=max(counts.values()), chunks=-(-video.size // (8 * 1024 * 1024)))
    note(web_idle_mib=idle[0], web_peak_mib=peak, worker_idle_mib=idle[1],
         worker_after_mib=memory_mib(site.celery_pids()))  # fmt: skip
    assert max(counts.values()) == 1
    assert peak - idle[0] < 300  # a block for each reader, and eight objects on their way in each worker
    assert ratio <= 1.2


def tell(note: Note, alone: list[list[float]], beside: list[list[float]]) -> float:
    """The median of the rounds' ratios of p95: a round is short, so what else the machine does weighs on both sides."""
    ratios = sorted(p95(with_them) / p95(without) for with_them, without in zip(beside, alone, strict=True))
    without, with_them = [*chain(*alone)], [*chain(*beside)]
    note(
        median_alone_ms=statistics.median(without), median_beside_ms=statistics.median(with_them),
        p95_alone_ms=p95(without), p95_beside_ms=p95(with_them), p95_ratio=p95(with_them) / p95(without),
        rounds_ratio_median=statistics.median(ratios), rounds_ratio_worst=ratios[-1], rounds_ratio_best=ratios[0],
    )  # fmt: skip
    return statistics.median(ratios)


def p95(waits: list[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.95)]


def pages(site: ProofSite, admin: Admin) -> list[float]:
    """Milliseconds of `PAGES` dashboards over `CLIENTS` kept connections, one after the other."""
    waits: list[float] = []
    wrong: list[int] = []
    cookie = admin.cookie

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        for _page in range(PAGES // CLIENTS):
            began = time.perf_counter()
            connection.request("GET", "/dashboard/", headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            waits.append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                wrong.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=ask) for _client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    return waits


@contextmanager
def readers(site: ProofSite, admin: Admin, file: str, size: int) -> Iterator[None]:
    """Sixty readers in a process of their own; entered when each has its first bytes, left when each has kept pace."""
    words = [str(site.port), f"/dfs/files/{file}/", str(READERS), str(BYTES_PER_S), str(size)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.proof.slow_readers", *words],
        cwd=ROOT, env=os.environ | {"READER_COOKIE": admin.cookie}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline().strip() == "reading"
        yield
        told, _none = process.communicate("stop\n", timeout=60)
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
    figures = json.loads(told)
    assert figures["ended"] == 0
    assert figures["slowest_bytes_per_s"] > 0.8 * BYTES_PER_S, figures
