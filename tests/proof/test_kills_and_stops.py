"""kill -9 of the worker, Ctrl-C, kill -9 of a web worker: nothing is lost and nothing wrong is sent."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.proof.conftest import Note
from tests.proof.material import Material, digest_of
from tests.proof.running import BLOCK_BYTES, Admin, ProofSite, admin_of

pytestmark = [pytest.mark.proof, pytest.mark.timeout(3_600)]


def wait_until_under_way(site: ProofSite, admin: Admin, file: str, percent: int) -> int:
    """Until that share of the objects is stored; the share then."""
    site.wait_until(lambda: admin.state(file)["percent"] >= percent, within_s=600)
    found = admin.state(file)
    assert found["job_state"] != "COMPLETE", "it was stored before anything could be killed"
    return int(found["percent"])


def test_worker_killed_halfway_is_restarted_and_the_file_is_whole(
    site: ProofSite, admin: Admin, big_file: Material, note: Note
) -> None:
    file = admin.upload(big_file.path)
    killed_at = wait_until_under_way(site, admin, file, 45)
    before = site.celery_pids()
    assert len(before) >= 3
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    killed = time.monotonic()
    back_s = site.wait_until(lambda: len(set(site.celery_pids()) - set(before)) >= 3)
    site.wait_until(lambda: admin.state(file)["percent"] > killed_at or admin.is_stored(file), within_s=300)
    onward_s = time.monotonic() - killed
    site.wait_until(lambda: admin.is_stored(file), within_s=900)
    note(killed_at_percent=killed_at, worker_back_s=back_s, goes_on_s=onward_s, stored_s=time.monotonic() - killed)
    assert digest_of(admin.blocks(f"/dfs/files/{file}/")) == big_file.digest
    figures = site.dfs("status", file)
    assert (figures["policy"], figures["spare"], figures["reduced"]) == ("3+2", 2, False)
    assert site.dfs("verify")["is_clean"]
    assert list((site.home / "spool").iterdir()) == []


def test_ctrl_c_during_upload_and_during_distribution_loses_nothing(
    site: ProofSite, big_file: Material, note: Note
) -> None:
    with admin_of(site) as admin:
        upload = admin.create(big_file.path.name, big_file.size).headers["Location"]
        sent = send_until_stopped(site, admin, upload, big_file)
    site.begin()
    with admin_of(site) as admin:
        kept = admin.offset(upload)
        assert 0 < kept <= sent
        note(sent_mib=sent / 1024**2, kept_mib=kept / 1024**2)
        file = admin.send(big_file.path, upload, kept)
        stopped_at = wait_until_under_way(site, admin, file, 20)
        stop_s = site.end()
        assert stop_s < 15
    site.begin()
    with admin_of(site) as admin:
        began = time.monotonic()
        site.wait_until(lambda: admin.is_stored(file), within_s=900)
        note(stopped_at_percent=stopped_at, stop_s=stop_s, stored_after_start_s=time.monotonic() - began)
        assert digest_of(admin.blocks(f"/dfs/files/{file}/")) == big_file.digest
        assert site.dfs("verify")["is_clean"]


def send_until_stopped(site: ProofSite, admin: Admin, upload: str, source: Material) -> int:
    """Send half of it, then Ctrl-C while one long request is under way; how many bytes had gone out by then."""
    assert site.process is not None
    half, sent = source.size // 2, 0
    ending: list[float] = []

    def body() -> Iterator[bytes]:
        nonlocal sent
        assert site.process is not None
        with source.path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                yield block
                sent += len(block)
                if sent >= half and not ending:
                    ending.append(time.monotonic())
                    site.process.send_signal(signal.SIGINT)
                if ending:  # slowly from now on: the server must not get all of it while it stops
                    with suppress(subprocess.TimeoutExpired):
                        site.process.wait(0.2)

    raw_patch(admin, upload, body(), source.size)
    assert ending
    assert site.process.wait(40) == 0
    assert time.monotonic() - ending[0] < 15
    assert site.is_gone()
    return sent


def raw_patch(admin: Admin, upload: str, body: Iterator[bytes], length: int) -> None:
    """One PATCH for everything, over a plain socket: it is expected to break."""
    headers = {
        "Host": f"127.0.0.1:{admin.site.port}", "Cookie": admin.cookie, "X-CSRFToken": admin.token,
        "Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(length),
    }  # fmt: skip
    lines = [f"PATCH {upload} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    with socket.create_connection(("127.0.0.1", admin.site.port), timeout=60) as connection:
        connection.sendall("\r\n".join(lines).encode())
        try:
            for block in body:
                connection.sendall(block)
        except OSError:
            return


def test_web_worker_killed_during_a_download_gives_a_short_body_and_never_wrong_bytes(
    site: ProofSite, admin: Admin, big_file: Material, note: Note
) -> None:
    file = admin.upload(big_file.path)
    site.wait_until(lambda: admin.is_stored(file), within_s=900)
    for killed_after in (0, big_file.size // 3, big_file.size // 2):
        got, announced = download_while_killing(site, admin, file, killed_after, big_file)
        note(killed_after_mib=killed_after / 1024**2, got_mib=got / 1024**2)
        assert announced == big_file.size
        assert killed_after <= got < big_file.size
        back_s = site.wait_until(site.answers)
        note(answers_again_s=back_s)
    assert digest_of(admin.blocks(f"/dfs/files/{file}/")) == big_file.digest


def download_while_killing(
    site: ProofSite, admin: Admin, file: str, killed_after: int, source: Material
) -> tuple[int, int]:
    """Read the file and kill the worker that sends it; bytes that came, all of them right, and those announced."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=60) as connection, source.path.open("rb") as truth:
        lines = [f"GET /dfs/files/{file}/ HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {admin.cookie}", "", ""]
        connection.sendall("\r\n".join(lines).encode())
        stream = connection.makefile("rb")
        assert b" 200 " in stream.readline()
        announced = 0
        while (line := stream.readline().strip()) != b"":
            if line.lower().startswith(b"content-length:"):
                announced = int(line.partition(b":")[2])
        got, is_killed = 0, False
        try:
            while block := stream.read1(BLOCK_BYTES):
                assert block == truth.read(len(block)), f"wrong bytes near {got}"
                got += len(block)
                if got >= killed_after and not is_killed:
                    is_killed = True
                    os.kill(sender(site, connection), signal.SIGKILL)
        except ConnectionError:
            pass
        stream.close()
    assert is_killed
    return got, announced


def sender(site: ProofSite, connection: socket.socket) -> int:
    """The process at the other end of the connection."""
    ours, theirs = connection.getsockname()[1], connection.getpeername()[1]
    inode = ""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        ends = [int(fields[at].rpartition(":")[2], 16) for at in (1, 2)]
        if ends == [theirs, ours]:
            inode = fields[9]
    for pid in site.web_pids():
        found = subprocess.run(["ls", "-l", f"/proc/{pid}/fd"], capture_output=True, text=True, check=True).stdout
        if f"socket:[{inode}]" in found:
            return pid
    raise AssertionError("nobody holds the other end")
