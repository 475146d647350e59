"""What the file store costs: `python -m benchmarks.store [--mib 1024] [--json]`.

Every figure is a ratio to a baseline of the same run: `openssl speed` for sealing, `rclone` crypt for the whole way
(where it is installed), a plain write for small files. CPU is user + system of the process and its threads.
"""

import argparse
import asyncio
import json
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MIB = 1024 * 1024
SEGMENT = 256 * 1024


@contextmanager
def cpu() -> Iterator[dict[str, float]]:
    """CPU seconds of this process, wall seconds, and how far the peak of its memory rose."""
    spent: dict[str, float] = {}
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    yield spent
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent["cpu_s"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    spent["wall_s"] = time.perf_counter() - began
    spent["peak_rise_mib"] = (after.ru_maxrss - before.ru_maxrss) / 1024


def cpu_of(command: list[str], **more: Any) -> float:
    """CPU seconds of a child process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def openssl_mib_s() -> float:
    """AES-256-GCM of 256 KiB blocks on one core, by openssl's own account."""
    command = ["openssl", "speed", "-mr", "-evp", "aes-256-gcm", "-bytes", str(SEGMENT), "-seconds", "2"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(re.findall(r"\+F:\d+:[^:]+:([\d.]+)", out)[-1]) / MIB


def sealing() -> dict[str, float]:
    """Our seal and open of whole chunks, against openssl, alternating."""
    import uuid

    from dfs.layout import Layout
    from dfs.sealing import FileSeal

    layout = Layout(8 * MIB, 8 * MIB)
    seal, plain = FileSeal(os.urandom(32), uuid.uuid4(), 1, layout), memoryview(os.urandom(8 * MIB))
    into = memoryview(bytearray(layout.payload_length(0)))
    rounds = []
    for _round in range(5):
        base = openssl_mib_s()
        rounds.append(
            (_mib_s(lambda: seal.seal_chunk(0, plain, into)) / base, _mib_s(lambda: seal.open_chunk(0, into)) / base)
        )
    return {
        "seal_vs_openssl": statistics.median(sealed for sealed, _opened in rounds),
        "open_vs_openssl": statistics.median(opened for _sealed, opened in rounds),
    }


def _mib_s(work: Callable[[], Any], times: int = 40) -> float:
    began = time.process_time()
    for _time in range(times):
        work()
    return 8 * times / (time.process_time() - began)


def store_side(mib: int, policy: str) -> dict[str, float]:
    """One file through the whole store, in this process: spool, seal, parity, five folders, registry; and back."""
    from dfs import pool, store, work
    from dfs.models import StoredFile

    for number in range(5):
        pool.add_local(f"d{number}", cap_bytes=1 << 44)
    with Path(__file__).open("rb") as stream:
        warm = store.put(stream, name="warm", purpose="console", owner=None)
    work.perform(warm.jobs.get().pk)
    source = Path(os.environ["BENCH_SOURCE"])
    with cpu() as taken, source.open("rb") as stream:
        file = store.put(stream, name="lecture.mp4", purpose="console", owner=None)
    with cpu() as stored:
        while work.perform(file.jobs.get().pk) == "PENDING":
            pass
    file = StoredFile.objects.get(pk=file.pk)
    assert f"{file.k}+{file.p}" == policy, f"{file.k}+{file.p}"
    target = Path(os.environ["BENCH_DIR"]) / "back"
    with cpu() as back, target.open("wb") as out:
        for block in store.read(file):
            out.write(block)
    subprocess.run(["cmp", str(source), str(target)], check=True)
    gib = mib / 1024
    return {
        "take_cpu_s_per_gib": taken["cpu_s"] / gib,
        "store_cpu_s_per_gib": stored["cpu_s"] / gib,
        "read_cpu_s_per_gib": back["cpu_s"] / gib,
        "store_mib_per_s": mib / stored["wall_s"],
        "worker_peak_rise_mib": stored["peak_rise_mib"],
        "reader_peak_rise_mib": back["peak_rise_mib"],
    }


def objects_only(mib: int) -> dict[str, float]:
    """The same file cut, sealed, hashed and written as objects of one folder, synced: no spool, parity or registry."""
    import hashlib
    import uuid

    from dfs.drives import local
    from dfs.layout import Layout
    from dfs.sealing import FileSeal
    from dfs.storing import SpoolSource

    folder, account = Path(os.environ["BENCH_DIR"]) / "plain", uuid.uuid4()
    local.prepare(folder, account)
    drive = local.LocalDrive(folder, account)
    layout = Layout(mib * MIB, 8 * MIB)
    source = SpoolSource(Path(os.environ["BENCH_SOURCE"]), FileSeal(os.urandom(32), uuid.uuid4(), 1, layout))
    with cpu() as spent:
        for index in range(layout.chunks):
            sealed = source.objects(range(index, index + 1))[0]
            md5 = hashlib.md5(sealed, usedforsecurity=False).hexdigest()
            drive.put(drive.reserve_ids(1)[0], "object", [sealed], md5)
            source.take_back([sealed])
    return {"objects_only_cpu_s_per_gib": spent["cpu_s"] / (mib / 1024)}


def rclone_side(mib: int, folder: Path, source: Path) -> dict[str, float]:
    """The same file through rclone's crypt onto one folder, and back."""
    obscured = subprocess.run(["rclone", "obscure", "benchmark"], check=True, capture_output=True, text=True)
    environment = dict(os.environ, RCLONE_CONFIG="/dev/null", RCLONE_CONFIG_C_TYPE="crypt")
    environment |= {
        "RCLONE_CONFIG_C_REMOTE": str(folder / "crypt"),
        "RCLONE_CONFIG_C_PASSWORD": obscured.stdout.strip(),
    }
    up = cpu_of(["rclone", "copyto", str(source), "c:lecture.mp4"], env=environment)
    down = cpu_of(["rclone", "copyto", "c:lecture.mp4", str(folder / "rclone-back")], env=environment)
    gib = mib / 1024
    return {"up_cpu_s_per_gib": up / gib, "down_cpu_s_per_gib": down / gib}


def ranges() -> dict[str, float]:
    """First byte of 200 random 64 KiB ranges of a 256 MiB file, cold and warm, and 60 viewers of one file."""
    from dfs import pool, reassembly, store, streaming, work
    from dfs.cache import object_cache
    from dfs.drives.local import LocalDrive
    from dfs.models import StoredFile

    for number in range(5):
        pool.add_local(f"d{number}", cap_bytes=1 << 44)
    source = Path(os.environ["BENCH_SOURCE"])
    with source.open("rb") as source_bytes:
        file = store.put(source_bytes, name="lecture.mp4", purpose="console", owner=None)
    work.perform(file.jobs.get().pk)
    opened = reassembly.open_file(StoredFile.objects.get(pk=file.pk))
    size, rng = file.size_bytes, random.Random(1)
    starts = [rng.randrange(size - 64 * 1024) for _range in range(200)]

    async def first_byte_ms(start: int) -> float:
        began = time.perf_counter()
        stream = streaming.stream(opened, start, start + 64 * 1024)
        await anext(stream)
        spent = (time.perf_counter() - began) * 1000
        await stream.aclose()
        return spent

    async def timed() -> list[float]:
        return sorted([await first_byte_ms(start) for start in starts])

    cold = asyncio.run(timed())
    for index in range(opened.layout.chunks):
        opened.keep(index)
    warm = asyncio.run(timed())
    shutil.rmtree(object_cache().folder)
    fetched, get = [], LocalDrive.get
    LocalDrive.get = lambda drive, *args: (fetched.append(args[0]), get(drive, *args))[1]  # type: ignore[method-assign,assignment]

    async def view() -> None:
        async for _block in streaming.stream(opened, 0, size):
            pass

    async def viewers() -> None:
        await asyncio.gather(*(view() for _viewer in range(60)))

    with cpu() as sixty:
        asyncio.run(viewers())
    return {
        "range_cold_p50_ms": cold[100], "range_cold_p95_ms": cold[190],
        "range_warm_p50_ms": warm[100], "range_warm_p95_ms": warm[190],
        "viewers_60_fetches_per_object": len(fetched) / opened.layout.chunks,
        "viewers_60_peak_rise_mib": sixty["peak_rise_mib"],
        "viewers_60_cpu_s_per_gib_served": sixty["cpu_s"] / (60 * size / 1024**3),
    }  # fmt: skip


def small_files(count: int = 1_000) -> dict[str, float]:
    """Files of 100 kB: the whole way each, against writing three synced copies and a row."""
    import io
    import sqlite3

    from dfs import pool, store, work

    folder = Path(os.environ["BENCH_DIR"])
    for number in range(5):
        pool.add_local(f"d{number}", cap_bytes=1 << 44)
    data = os.urandom(100_000)
    with cpu() as ours:
        for number in range(count):
            file = store.put(io.BytesIO(data), name=f"{number}.pdf", purpose="console", owner=None)
            work.perform(file.jobs.get().pk)
    rows = sqlite3.connect(folder / "plain.sqlite3")
    rows.execute("create table files (name text)")
    with cpu() as plain:
        for number in range(count):
            for copy in range(3):
                with (folder / f"plain-{number}-{copy}").open("wb") as out:
                    out.write(data)
                    out.flush()
                    os.fsync(out.fileno())
            rows.execute("insert into files values (?)", (str(number),))
            rows.commit()
    return {
        "small_files_per_s": count / ours["wall_s"],
        "small_cpu_ms_each": 1000 * ours["cpu_s"] / count,
        "small_wall_vs_three_synced_copies": ours["wall_s"] / plain["wall_s"],
    }


def child(part: str, mib: int, policy: str = "3+2") -> dict[str, float]:
    """Run one part in a process of its own with an empty store."""
    with tempfile.TemporaryDirectory(prefix="classcrew-bench-") as name:
        source = Path(name) / "source"
        with source.open("wb") as out:
            for _block in range(mib):
                out.write(os.urandom(MIB))
        environment = dict(os.environ, DATA_DIR=f"{name}/data", DEBUG="", DEMO="1", LOG_LEVEL="ERROR", DATABASE_URL="")
        environment |= {"BENCH_SOURCE": str(source), "BENCH_DIR": name, "DFS_REDUNDANCY": policy}
        if part == "rclone":
            return rclone_side(mib, Path(name), source)
        command = [sys.executable, "-m", "benchmarks.store", "--part", part, "--mib", str(mib), "--policy", policy]
        out = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout
        return dict(json.loads(out.splitlines()[-1]))


def run_part(part: str, mib: int, policy: str) -> dict[str, float]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coaching.settings")
    import django
    from django.core.management import call_command

    django.setup()
    from dfs import jobs

    jobs.wake = lambda _job: False  # type: ignore[assignment]  # no broker here: this process is the worker
    call_command("migrate", verbosity=0)
    if part == "store":
        return store_side(mib, policy)
    if part == "objects":
        return objects_only(mib)
    return {"ranges": ranges, "small": small_files, "sealing": sealing}[part]()


def everything(mib: int) -> dict[str, float]:
    figures = child("sealing", 1)
    full, copies = child("store", mib, "3+2"), child("store", mib, "1+1")
    figures |= full | {f"copies_{name}": value for name, value in copies.items() if name.startswith("store")}
    figures |= child("objects", mib)
    if shutil.which("rclone"):
        peer = child("rclone", mib)
        ours = full["take_cpu_s_per_gib"] + full["store_cpu_s_per_gib"]
        figures |= {f"rclone_{name}": value for name, value in peer.items()}
        figures["objects_only_vs_rclone"] = figures["objects_only_cpu_s_per_gib"] / peer["up_cpu_s_per_gib"]
        figures["up_vs_rclone"] = ours / peer["up_cpu_s_per_gib"]
        figures["up_per_stored_byte_vs_rclone"] = ours / (5 / 3) / peer["up_cpu_s_per_gib"]
        figures["down_vs_rclone"] = full["read_cpu_s_per_gib"] / peer["down_cpu_s_per_gib"]
    return figures | child("ranges", 256) | child("small", 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--policy", default="3+2")
    parser.add_argument("--part", choices=["store", "objects", "ranges", "small", "sealing"])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.part:
        print(json.dumps(run_part(options.part, options.mib, options.policy)))
        return
    figures = everything(options.mib)
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        for name, value in figures.items():
            print(f"{name:40} {value:10.2f}")


if __name__ == "__main__":
    main()
