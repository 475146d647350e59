"""Two of five Drives vanish, two others come: the file is equal at every step."""

import shutil
import time

import pytest

from tests.proof.conftest import Note
from tests.proof.material import MIB, SIZE_MIB, Material, digest_of
from tests.proof.running import Admin, ProofSite

pytestmark = [pytest.mark.proof, pytest.mark.timeout(3_600)]


def test_two_of_five_drives_vanish_and_two_others_come(
    site: ProofSite, admin: Admin, big_file: Material, note: Note
) -> None:
    file = admin.upload(big_file.path)
    site.wait_until(lambda: admin.is_stored(file), within_s=900)
    stands(site, file, "3+2", is_reduced=False)
    folders = site.drive_folders()
    for gone in (folders[1], folders[3]):
        shutil.rmtree(gone)
    shutil.rmtree(site.home / "cache", ignore_errors=True)
    degraded_s = equal(admin, file, big_file)
    shutil.rmtree(site.home / "cache", ignore_errors=True)
    began = time.monotonic()
    site.dfs("verify", "--repair")
    note(degraded_download_s=degraded_s, repaired_to_1_1_s=time.monotonic() - began)
    stands(site, file, "1+1", is_reduced=True)
    reduced_s = equal(admin, file, big_file)
    for name in ("new-a", "new-b"):
        site.dfs("add-local", name, "--bytes", f"{4 * SIZE_MIB + 1024}M")
    shutil.rmtree(site.home / "cache", ignore_errors=True)
    began = time.monotonic()
    site.dfs("verify", "--repair")
    note(reduced_download_s=reduced_s, raised_to_3_2_s=time.monotonic() - began)
    stands(site, file, "3+2", is_reduced=False)
    healthy_s = equal(admin, file, big_file)
    note(healthy_download_s=healthy_s, mib=big_file.size / MIB)


def stands(site: ProofSite, file: str, policy: str, *, is_reduced: bool) -> None:
    """Every file, the demo's too, has the policy or better; ours has exactly it, with nothing missing."""
    figures = site.dfs("status", file)
    assert (figures["policy"], figures["reduced"]) == (policy, is_reduced)
    assert figures["spare"] == int(policy.rpartition("+")[2])
    assert all(one["spare"] >= 1 for one in site.dfs("ls"))


def equal(admin: Admin, file: str, source: Material) -> float:
    began = time.monotonic()
    assert digest_of(admin.blocks(f"/dfs/files/{file}/")) == source.digest
    return time.monotonic() - began
