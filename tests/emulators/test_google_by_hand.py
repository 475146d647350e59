"""`python -m tests.emulators.google` serves somebody who is not a test."""

import json
import subprocess
import sys

import pytest
import requests

from tests.emulators.google.console import Console

pytestmark = pytest.mark.apart


def started(project_dir, *arguments):
    command = [sys.executable, "-m", "tests.emulators.google", "--until-eof", *arguments]
    return subprocess.Popen(command, cwd=project_dir, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_it_tells_its_settings_serves_and_stops_with_its_parent(project_dir):
    with started(
        project_dir, "--json", "--account", "meera@example.org:1000", "--account", "arjun@example.org"
    ) as process:
        told = json.loads(process.stdout.readline())
        form = {
            "grant_type": "refresh_token",
            "client_id": told["settings"]["GOOGLE_CLIENT_ID"],
            "client_secret": told["settings"]["GOOGLE_CLIENT_SECRET"],
            "refresh_token": told["refresh_tokens"]["meera@example.org"],
        }
        access = requests.post(told["settings"]["GOOGLE_TOKEN_URL"], data=form, timeout=60).json()["access_token"]
        address = f"{told['settings']['GOOGLE_API_ROOT']}drive/v3/about?fields=storageQuota(limit)"
        about = requests.get(address, headers={"Authorization": f"Bearer {access}"}, timeout=60).json()
        process.stdin.write("limit meera@example.org 2000\n")
        process.stdin.flush()
        assert process.stdout.readline() == "done\n"
        process.stdin.close()
        assert process.wait(timeout=60) == 0
    assert about == {"storageQuota": {"limit": "1000"}}
    assert set(told["refresh_tokens"]) == {"meera@example.org", "arjun@example.org"}


def test_for_a_person_it_prints_lines_to_paste_into_the_environment(project_dir):
    with started(project_dir) as process:
        written = process.communicate(timeout=60)[0]
    assert "GOOGLE_API_ROOT=http://127.0.0.1:" in written
    assert "meera@example.org=1//0g" in written


def test_a_person_at_its_terminal_may_do_what_happens_to_drives(google, meera, wire):
    console = Console(google)
    meera.add_file("c1.a", b"12345")
    address = f"{google.root}/drive/v3/files?spaces=appDataFolder"

    assert console.obey("accounts") == "meera@example.org: 1 files, 5 bytes"
    assert console.obey("refuse list 500 2") == "planned"
    assert [wire.get(address).status_code for _ in range(3)] == [500, 500, 200]
    assert console.obey("storm 600") == "planned"
    assert wire.get(address).status_code == 429
    assert console.obey("advance 601") == "done"
    assert wire.get(address).status_code == 200
    assert "list 429: 1" in console.obey("requests").splitlines()
    assert console.obey("disconnect Meera@example.org") == "done"
    assert meera.files == {}


def test_its_terminal_says_what_it_cannot_do(google):
    console = Console(google)
    assert console.obey("fly") == "There is no fly; try help."
    assert console.obey("wipe nobody@example.org").startswith("wipe did not work")
    assert console.obey("storm soon").startswith("storm did not work")
    assert console.obey("limit").startswith("limit did not work")
    assert "advance SECONDS" in console.obey("help")
