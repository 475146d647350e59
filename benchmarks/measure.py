"""What the benchmarks share: CPU time of a process and its children, servers on a free port, a small load generator."""

import http.client
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def seconds_of(work: Callable[[], object]) -> float:
    """How long it took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def tree(pid: int) -> list[int]:
    """The process and everything below it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [below for child in task.read_text().split() for below in tree(int(child))]
        except FileNotFoundError:
            continue
    return found


def cpu_s(pid: int) -> float:
    """CPU seconds, user and system, that the process tree has used, ended children included."""
    ticks = 0
    for one in tree(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / _TICKS_PER_S


def memory_bytes(pid: int) -> int:
    """Proportional set size of the process tree."""
    total_kib = 0
    for one in tree(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, PermissionError):
            continue
        total_kib += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total_kib * 1024


@dataclass
class Server:
    """A running server and the port it answers on."""

    port: int
    pid: int


@contextmanager
def serve(command: Sequence[str], environment: dict[str, str], log: Path) -> Iterator[Server]:
    """Run `command`, in which `{fd}` is a socket that already listens; the server ends with the block."""
    with socket.socket() as listener, log.open("ab") as out:
        listener.bind(("127.0.0.1", 0))
        listener.listen(256)
        listener.set_inheritable(True)
        fd = listener.fileno()
        filled = [part.replace("{fd}", str(fd)) for part in command]
        process = subprocess.Popen(filled, env=environment, stdout=out, stderr=out, pass_fds=[fd])
        port = listener.getsockname()[1]
        listener.close()  # only the server's copy stays: when it dies, connecting fails instead of hanging
        try:
            yield Server(port, process.pid)
        finally:
            process.terminate()
            process.wait(30)


@dataclass
class Load:
    """What a burst of requests cost: CPU-ms of the server per request, and the clients' waiting times in ms, sorted."""

    cpu_ms: float
    waits_ms: list[float]

    def percentile_ms(self, share: float) -> float:
        return self.waits_ms[min(len(self.waits_ms) - 1, int(len(self.waits_ms) * share))]


def load(server: Server, path: str, *, requests: int, clients: int = 8, cookie: str = "", status: int = 200) -> Load:
    """Send `requests` GETs over `clients` kept connections. Raises: AssertionError on any other status."""
    waits: list[float] = []
    errors: list[BaseException] = []
    share = -(-requests // clients)
    before = cpu_s(server.pid)
    threads = [
        threading.Thread(target=_client, args=(server.port, path, cookie, status, share, waits, errors))
        for _ in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return Load((cpu_s(server.pid) - before) * 1000 / len(waits), sorted(waits))


def _client(port: int, path: str, cookie: str, status: int, count: int, waits: list, errors: list) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": cookie} if cookie else {}
    try:
        for _ in range(count):
            began = time.perf_counter()
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            body = response.read()
            assert response.status == status, f"{path} answered {response.status}: {body[:300]!r}"
            waits.append((time.perf_counter() - began) * 1000)
    except Exception as error:
        errors.append(error)
    finally:
        connection.close()
