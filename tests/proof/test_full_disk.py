"""A disk that is full: what comes is refused with a reason, nothing is half there, and room makes it work again."""

import errno
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof import material
from tests.proof.conftest import Note
from tests.proof.material import MIB, Material, digest_of
from tests.proof.running import PIECE_BYTES, Admin, ProofSite, admin_of

pytestmark = [pytest.mark.proof, pytest.mark.timeout(1_200)]
DISK_MIB = 480
FILE_MIB = 60


@pytest.fixture
def small_site(folder: Path) -> Iterator[ProofSite]:
    """A site whose whole data directory lies on a disk of `DISK_MIB`."""
    home = folder / f"data-{folder.name}"
    home.mkdir(mode=0o700)
    options = f"size={DISK_MIB}m,mode=700"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", home], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk needs the right to mount one")
    site = ProofSite(home)
    try:
        site.begin()
        yield site
    finally:
        site.clean_up()
        subprocess.run(["umount", "-l", home], check=True)


def fill(site: ProofSite, leave_bytes: int) -> Path:
    """A file that takes all room but `leave_bytes`."""
    filler = site.home / "filler"
    with filler.open("ab", buffering=0) as out:
        try:
            while (free := room(site) - leave_bytes) > 0:
                out.write(bytes(min(free, MIB)))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
    return filler


def room(site: ProofSite) -> int:
    disk = os.statvfs(site.home)
    return disk.f_bavail * disk.f_frsize


def answers(admin: Admin) -> None:
    for page in ("/dashboard/", "/dfs/", "/dfs/files/", "/healthz"):
        answer = admin.ask("GET", page)
        assert answer.status_code == 200, (page, answer.text[:2000])


def test_full_disk_is_said_and_room_makes_it_work(small_site: ProofSite, folder: Path, note: Note) -> None:
    source = material.noise(folder / "notes.bin", FILE_MIB * MIB)
    with admin_of(small_site) as admin:
        files = {one["uuid"] for one in small_site.dfs("ls")}
        refused_at_the_start(small_site, admin, source)
        upload = refused_halfway(small_site, admin, source)
        assert {one["uuid"] for one in small_site.dfs("ls")} == files
        file = distribution_waits(small_site, admin, upload, source)
        (small_site.home / "filler").unlink()
        began = time.monotonic()
        small_site.wait_until(lambda: admin.is_stored(file), within_s=180)
        note(stored_after_room_s=time.monotonic() - began)
        assert digest_of(admin.blocks(f"/dfs/files/{file}/")) == source.digest
        assert small_site.dfs("verify")["is_clean"]
        assert list((small_site.home / "spool").iterdir()) == []


def refused_at_the_start(site: ProofSite, admin: Admin, source: Material) -> None:
    filler = fill(site, source.size // 2)
    refused = admin.create("notes.bin", source.size)
    assert (refused.status_code, refused.json()["error"]["code"]) == (507, "spool_full")
    assert "disk is full" in refused.json()["error"]["message"]
    answers(admin)
    filler.unlink()


def refused_halfway(site: ProofSite, admin: Admin, source: Material) -> str:
    """The disk fills up while the file arrives; what is there stays, and the upload can go on."""
    upload = admin.create("notes.bin", source.size).headers["Location"]
    assert admin.patch(upload, source.slice(0, PIECE_BYTES), 0).status_code == 204
    filler = fill(site, 0)
    refused = admin.patch(upload, source.slice(PIECE_BYTES, 3 * PIECE_BYTES), PIECE_BYTES)
    assert (refused.status_code, refused.json()["error"]["code"]) == (507, "spool_full")
    answers(admin)
    filler.unlink()
    kept = admin.offset(upload)
    assert kept >= PIECE_BYTES
    return upload


def distribution_waits(site: ProofSite, admin: Admin, upload: str, source: Material) -> str:
    """The upload fits, its objects do not: the job waits and says why, and nothing counts as stored."""
    fill(site, source.size - admin.offset(upload) + 8 * MIB)
    file = admin.send(source.path, upload, admin.offset(upload))
    site.wait_until(lambda: admin.state(file)["job_state"] == "WAITING", within_s=120)
    found = admin.state(file)
    assert found["reason"], found
    assert found["state"] == "STAGED"
    answers(admin)
    assert digest_of(admin.blocks(f"/dfs/files/{file}/")) == source.digest
    return file
