"""What a start refuses, in one line: missing or unreadable secrets, half-configured features, an unfit machine."""

import base64
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import CheckMessage
from pytest_django import Settings

from coaching import checks, env

GOOD = {
    "SECRET_KEY": "only-for-this-test-" + "x" * 50,
    "CLASSCREW_MASTER_KEYS": "k1:" + base64.b64encode(bytes(range(32))).decode(),
    "BASE_URL": "https://classcrew.example",
    "ALLOWED_HOSTS": "classcrew.example",
    "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
    "JUDGE_RUNNER": "off",  # whether this machine has a sandbox is no matter of settings
}


def manage(project_dir: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A command of manage.py with nothing in its environment but what the test gives."""
    return subprocess.run(
        [sys.executable, str(project_dir / "manage.py"), *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "CLASSCREW_MASTER_KEYS"])
def test_missing_secret_is_refused_in_one_line(name: str, project_dir: Path, tmp_path: Path) -> None:
    present = {key: value for key, value in GOOD.items() if key != name}
    refused = manage(project_dir, "check", DATA_DIR=str(tmp_path / "var"), **present)

    assert refused.returncode == 2
    assert refused.stderr.startswith(f"{name} is not set.")
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DFS_REDUNDANCY", "abc"),
        ("DFS_REDUNDANCY", "3+9"),
        ("DFS_CHUNK_BYTES", "1000"),
        ("DFS_CHUNK_BYTES", "300000"),
        ("DFS_CHUNK_BYTES", "99999999999"),
        ("DFS_MAX_UPLOAD_BYTES", "0"),
        ("DFS_CACHE_BYTES", "-1"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("TIME_ZONE", "Nagpur"),
        ("DATABASE_URL", "classcrew.sqlite3"),
        ("REDIS_URL", "localhost:6379"),
        ("JUDGE_RUNNER", "none"),
    ],
)
def test_a_value_that_would_fail_later_is_refused_at_the_start(
    name: str, value: str, project_dir: Path, tmp_path: Path
) -> None:
    refused = manage(project_dir, "check", DATA_DIR=str(tmp_path / "var"), **GOOD | {name: value})

    assert refused.returncode == 2
    assert refused.stderr.startswith(f"{name} ")
    assert refused.stderr.count("\n") == 1


def test_production_profile_passes_the_deploy_check(project_dir: Path, tmp_path: Path) -> None:
    checked = manage(
        project_dir, "check", "--deploy", "--fail-level", "WARNING", DATA_DIR=str(tmp_path / "var"), **GOOD
    )

    assert checked.returncode == 0, checked.stderr


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secrets" / "key"
    made = env.secret("NOT_IN_THE_ENVIRONMENT", path, lambda: "first", may_make=True)

    assert made == "first"
    assert env.secret("NOT_IN_THE_ENVIRONMENT", path, lambda: "second", may_make=True) == "first"
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (path, path.parent, path.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]
    assert list(path.parent.iterdir()) == [path]


def test_secret_comes_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "key"))

    assert env.secret("SOME_SECRET", tmp_path / "unused", str, may_make=False) == "from the file"


@pytest.mark.parametrize("names", checks.TOGETHER)
def test_half_configured_feature_is_named(names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in names:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(names[0], "something")
    (found,) = checks.half_configured(None)

    assert found.id == "coaching.E001"
    assert names[1] in found.msg

    for name in names:
        monkeypatch.setenv(name, "something")
    assert list(checks.half_configured(None)) == []


@pytest.mark.parametrize(
    ("base_url", "hosts", "expected"),
    [
        ("https://institute.example", ["institute.example"], []),
        ("https://institute.example", [".example"], []),
        ("http://institute.example", ["institute.example"], ["coaching.E004"]),
        ("https://institute.example", ["other.example"], ["coaching.E005"]),
    ],
)
def test_public_address_must_be_https_and_allowed(
    base_url: str, hosts: list[str], expected: list[str], settings: Settings
) -> None:
    settings.BASE_URL, settings.ALLOWED_HOSTS = base_url, hosts

    assert ids(list(checks.public_site(None))) == expected


def test_google_is_believed_over_https_only(settings: Settings) -> None:
    settings.BASE_URL, settings.ALLOWED_HOSTS = "https://institute.example", ["institute.example"]
    settings.GOOGLE_TOKEN_URL = "http://127.0.0.1:8080/token"

    assert ids(list(checks.public_site(None))) == ["coaching.E006"]


@pytest.mark.parametrize("name", checks.GOOGLE_PLACES)
def test_google_is_asked_in_clear_on_this_machine_only(name: str, settings: Settings) -> None:
    for place in ("http://127.0.0.1:8080/x", "http://[::1]:8080/x", "http://localhost/x", "https://google.example/x"):
        setattr(settings, name, place)
        assert list(checks.google(None)) == []
    for place in ("http://google.example/x", "http://127.0.0.1.evil.example/x", "/x", ""):
        setattr(settings, name, place)
        (found,) = checks.google(None)
        assert found.id == "coaching.E007"
        assert name in found.msg


def test_site_without_passwords_needs_google(settings: Settings) -> None:
    settings.AUTH_LOCAL = False
    assert ids(list(checks.google(None))) == ["coaching.E008"]
    settings.GOOGLE_CLIENT_ID = settings.GOOGLE_CLIENT_SECRET = "ours"
    assert list(checks.google(None)) == []


def test_data_directory_open_to_everybody_is_named(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o755)
    assert ids(list(checks.private_data(None))) == ["coaching.W002"]

    tmp_path.chmod(0o700)
    assert list(checks.private_data(None)) == []


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 1", "is older than Python 3.11"),
        ('case "$2" in *ensurepip*) exit 1 ;; esac', "apt install python3-venv"),
    ],
)
def test_make_says_in_one_line_what_the_machine_lacks(
    script: str, said: str, project_dir: Path, tmp_path: Path
) -> None:
    shutil.copy(project_dir / "Makefile", tmp_path)
    shutil.copytree(project_dir / "requirements", tmp_path / "requirements")
    python = tmp_path / "some-python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    make = ["make", "run", f"PYTHON={python}"]
    refused = subprocess.run(make, cwd=tmp_path, capture_output=True, text=True, timeout=120)

    assert refused.returncode == 2
    lines = [line for line in refused.stderr.splitlines() if not line.startswith("make")]
    assert len(lines) == 1
    assert said in lines[0]


def ids(found: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in found]
