"""`manage.py up`: everything one machine needs, in the foreground, under one supervisor."""

import argparse
import contextlib
import fcntl
import http.client
import json
import os
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from accounts.keys import mark_master_keys, verify_master_keys
from coaching import valkey
from coaching.supervisor import Program, Supervisor

NEEDED_BYTES = 200 * 1024 * 1024
LEFTOVER_S = 15.0


class Command(BaseCommand):
    """Lock, check, migrate, seed, then run web, worker, scheduler and judge until Ctrl-C."""

    help = "Start the site with its worker, scheduler and (unless REDIS_URL is set) Valkey, in the foreground."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000", help="the port on 127.0.0.1 (8000)")

    def handle(self, **options: Any) -> None:
        try:
            with lock(settings.DATA_DIR) as held, listen(options["port"]) as listener:
                check_room(settings.DATA_DIR)
                self._run(Supervisor(self._print, held=(held,)), listener)
        except (valkey.ValkeyError, OSError, DatabaseError) as error:
            raise CommandError(f"ClassCrew cannot start: {' '.join(str(error).split())}", returncode=2) from error

    def _print(self, line: str) -> None:
        with contextlib.suppress(OSError):  # the terminal may be gone; the children are ended all the same
            self.stdout.write(line)
            self.stdout.flush()

    def _run(self, supervisor: Supervisor, listener: socket.socket) -> None:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        os.environ["BASE_URL"] = os.environ.get("BASE_URL") or address
        supervisor.listen_for_signals()
        try:
            if settings.IS_VALKEY_EMBEDDED:
                start_valkey(supervisor)
            elif not valkey.answers(settings.REDIS_URL):
                raise valkey.ValkeyError("no Redis answers at REDIS_URL.")
            sign_ins = self._prepare()
            for program in programs(listener.fileno()):
                if not supervisor.is_asked_to_stop:
                    supervisor.start(program)
            threading.Thread(target=self._announce, args=(supervisor, address, sign_ins), daemon=True).start()
            supervisor.wait()
            self._print("Stopping.")
        finally:
            supervisor.stop()

    def _prepare(self) -> list[dict[str, str]]:
        """Bring the database up to date and seed the demo institute once; the sign-ins to print."""
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        verify_master_keys()
        mark_master_keys()
        sign_ins: list[dict[str, str]] = []
        if settings.DEMO:
            answer = StringIO()
            call_command("demo", "--json", stdout=answer)
            sign_ins = json.loads(answer.getvalue())["sign_ins"]
        connections.close_all()
        return sign_ins

    def _announce(self, supervisor: Supervisor, address: str, sign_ins: list[dict[str, str]]) -> None:
        """Print the address when the first page answers, with who can sign in."""
        while not page_answers(address):
            if supervisor.is_asked_to_stop:
                return
            time.sleep(0.3)
        lines = ["", f"ClassCrew is ready: {address}", "", *sign_in_lines(sign_ins), "", "Ctrl-C stops everything.", ""]
        self._print("\n".join(lines))


def sign_in_lines(sign_ins: list[dict[str, str]]) -> list[str]:
    """Who can sign in and how, the first person of each role."""
    first = {person["role"]: person for person in reversed(sign_ins)}
    people = [person for person in sign_ins if first[person["role"]] is person]
    lines = []
    for person in people:
        name = person.get("email") or person.get("admission_number") or ""
        lines.append(f"  {person['role'].lower():<9} {name:<36} {person['password']}")
    others = len(sign_ins) - len(people)
    return [*lines, f"  {others} more: make sign-ins"] if others else lines


@contextlib.contextmanager
def lock(data_dir: Path) -> Iterator[int]:
    """Hold DATA_DIR for this start; the descriptor, to be kept open by whoever must be gone before the next start.

    A start that was killed may still be ending its children: then this waits up to `LEFTOVER_S` seconds.
    Raises: CommandError when another start runs, OSError when the directory cannot be used.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data_dir / "up.lock").open("a+", encoding="utf-8") as file:
        ends = time.monotonic() + LEFTOVER_S
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                file.seek(0)
                owner = file.read().strip()
                if (owner.isdigit() and is_running(int(owner))) or time.monotonic() > ends:
                    message = f"ClassCrew already runs on {data_dir} (process {owner or 'unknown'})."
                    raise CommandError(message, returncode=2) from None
                time.sleep(0.2)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield file.fileno()


def is_running(pid: int) -> bool:
    """Whether a process with this number exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


@contextlib.contextmanager
def listen(port: str) -> Iterator[socket.socket]:
    """The listening socket of the site. Held here, so that a restarted web process loses no connection.

    Raises: CommandError when the port is taken, not allowed or no port at all.
    """
    if not port.isdigit() or int(port) > 65535:
        raise CommandError(f"PORT must be a number from 1 to 65535, not {port!r}.", returncode=2)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", int(port)))
            listener.listen(1024)
        except OSError as error:
            message = f"Port {port} cannot be used ({error.strerror}). Start on another one: make run PORT=8001"
            raise CommandError(message, returncode=2) from error
        yield listener


def check_room(data_dir: Path) -> None:
    """Refuse a start that would fail at its first write.

    Raises: CommandError when DATA_DIR is nearly full, OSError when it cannot be written.
    """
    probe = data_dir / f".room.{os.getpid()}"
    try:
        with probe.open("wb") as file:
            file.write(b"\0" * 65536)
            file.flush()
            os.fsync(file.fileno())
    finally:
        probe.unlink(missing_ok=True)
    free = shutil.disk_usage(data_dir).free
    if free < NEEDED_BYTES:
        needed = NEEDED_BYTES // 1024**2
        message = (
            f"Only {free // 1024**2} MB are free for {data_dir}; {needed} MB are needed. Free some or move DATA_DIR."
        )
        raise CommandError(message, returncode=2)


def start_valkey(supervisor: Supervisor) -> None:
    """Start the embedded Valkey and wait until it answers. Raises: valkey.ValkeyError."""
    valkey.stop_leftover(settings.REDIS_URL)
    command = valkey.command(settings.DATA_DIR, settings.VALKEY_SOCKET)
    supervisor.start(Program("valkey", command, stop_s=3.0, is_needed_by_others=True))
    valkey.wait_until_ready(settings.REDIS_URL)


def programs(listening_fd: int) -> list[Program]:
    """The site, its worker with the scheduler, and unless it is off the judge, which gives way to both."""
    here = str(settings.BASE_DIR)
    config = str(settings.BASE_DIR / "gunicorn.conf.py")
    web = [sys.executable, "-m", "gunicorn", "--config", config, "--chdir", here, "--bind", f"fd://{listening_fd}"]
    start = [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"]
    worker = Program("worker", [*start, "--scheduler", "--queues", "dfs,default"])
    judge = Program("judge", [*start, "--queues", "judge", "--nice", "10"], stop_s=4.0)  # what is cut is judged again
    # Blocks of many readers pass through many threads; with an arena for each, glibc keeps twice the memory.
    thrifty = {"MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2")}
    web_program = Program("web", web, fds=(listening_fd,), environment=thrifty)
    return [web_program, worker] if settings.JUDGE_RUNNER == "off" else [web_program, worker, judge]


def page_answers(address: str) -> bool:
    """Whether the site answers anything at all."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
