"""rclone's own Drive backend drives the emulator: a client in another language by other people.

rclone speaks https to Google's host names only, so it reaches the emulator as its HTTPS proxy and is told to trust the
emulator's certificates. Where rclone is not installed this file has no tests.
"""

import json
import os
import shutil
import subprocess
from hashlib import md5

import pytest

pytestmark = pytest.mark.apart

RCLONE = shutil.which("rclone") or ""
MIB = 1 << 20

if RCLONE:

    @pytest.fixture
    def rclone(google, meera, tmp_path):
        """`rclone(*arguments)` runs it against Meera's Drive, called `x:`, and answers what it wrote."""
        authority = tmp_path / "ca.pem"
        authority.write_text(google.tls.ca_pem, encoding="utf-8")
        stale = {"access_token": "stale", "token_type": "Bearer", "expiry": "2020-01-01T00:00:00Z"}
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "HTTPS_PROXY": google.root,
            "RCLONE_CA_CERT": str(authority),
            "RCLONE_CONFIG": str(tmp_path / "rclone.conf"),
            "RCLONE_CONFIG_X_TYPE": "drive",
            "RCLONE_CONFIG_X_SCOPE": "drive.appfolder",
            "RCLONE_CONFIG_X_ROOT_FOLDER_ID": "appDataFolder",
            "RCLONE_CONFIG_X_CLIENT_ID": google.client_id,
            "RCLONE_CONFIG_X_CLIENT_SECRET": google.client_secret,
            "RCLONE_CONFIG_X_TOKEN": json.dumps({**stale, "refresh_token": meera.refresh_token}),
            "RCLONE_CONFIG_X_TOKEN_URL": google.settings["GOOGLE_TOKEN_URL"],
            "RCLONE_CONFIG_X_AUTH_URL": google.settings["GOOGLE_AUTHORIZE_URL"],
            "RCLONE_CONFIG_X_USE_TRASH": "false",  # the application data folder has no trash
            "RCLONE_CONFIG_X_CHUNK_SIZE": "256k",
            "RCLONE_CONFIG_X_UPLOAD_CUTOFF": "256k",
            "RCLONE_CONFIG_X_PACER_MIN_SLEEP": "1ms",
            "RCLONE_RETRIES": "1",
        }

        def run(*arguments):
            done = subprocess.run([RCLONE, *arguments], env=environment, capture_output=True, timeout=60, check=False)
            assert done.returncode == 0, done.stderr.decode()
            return done.stdout

        return run

    @pytest.fixture
    def folder(tmp_path):
        """A file of three chunks, a small one, an empty one, and one with a quote in a folder."""
        source = tmp_path / "source"
        (source / "sub").mkdir(parents=True)
        (source / "large.bin").write_bytes(os.urandom(700_000))
        (source / "small.txt").write_bytes(b"\r\nsmall\n")
        (source / "empty").write_bytes(b"")
        (source / "sub" / "o'clock.txt").write_bytes(b"12")
        return source

    def test_about_tells_what_is_used_and_free(rclone, meera):
        meera.add_file("c1.a", bytes(MIB))
        told = json.loads(rclone("about", "x:", "--json"))
        assert (told["total"], told["used"], told["free"]) == (15 * 10**9, MIB, 15 * 10**9 - MIB)

    def test_a_folder_goes_up_in_chunks_is_listed_checked_read_and_deleted(rclone, google, meera, folder):
        rclone("mkdir", "x:shelf")
        rclone("copy", str(folder), "x:shelf")

        assert len(google.requests.of("session")) == 1
        assert [seen.status for seen in google.requests.of("put")] == [308, 308, 200]
        large = (folder / "large.bin").read_bytes()
        entries = {one["Path"]: one for one in json.loads(rclone("lsjson", "-R", "--hash", "--files-only", "x:"))}
        assert set(entries) == {"shelf/large.bin", "shelf/small.txt", "shelf/empty", "shelf/sub/o'clock.txt"}
        assert entries["shelf/large.bin"]["Hashes"]["md5"] == md5(large, usedforsecurity=False).hexdigest()
        rclone("check", str(folder), "x:shelf")
        rclone("check", "--download", str(folder), "x:shelf")
        assert rclone("cat", "x:shelf/large.bin", "--offset", "300000", "--count", "5000") == large[300_000:305_000]
        rclone("deletefile", "x:shelf/small.txt")
        assert b"small.txt" not in rclone("lsf", "x:shelf")
        rclone("purge", "x:shelf")
        assert meera.files == {}

    def test_a_changed_file_is_replaced_and_an_equal_one_is_left(rclone, google, folder):
        rclone("copy", str(folder), "x:")
        before = len(google.requests.of("create", "update", "session"))
        rclone("copy", str(folder), "x:")
        assert len(google.requests.of("create", "update", "session")) == before
        (folder / "large.bin").write_bytes(os.urandom(600_000))
        rclone("copy", str(folder), "x:")
        rclone("check", str(folder), "x:")

    def test_more_than_a_page_is_listed(rclone, meera):
        for number in range(1100):
            meera.add_file(f"c1.{number}", b"")
        assert len(rclone("lsf", "x:").splitlines()) == 1100
