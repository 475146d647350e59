"""`manage.py judge_run`: one program, run in the sandbox or not at all."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from exams.sandbox import probe
from tests.exams.sandbox.programs import BROKEN, ENDINGS, require

pytestmark = pytest.mark.apart

ROOT = Path(__file__).parents[3]
KEYS = [
    "verdict",
    "exit_code",
    "signal",
    "cpu_ms",
    "wall_ms",
    "memory_bytes",
    "stdout",
    "stderr",
    "compiler_output",
]


@pytest.fixture(autouse=True)
def _probed_anew(settings):
    settings.JUDGE_CACHE_DIR = ""  # below a closed directory it would be one in /var/tmp, which stays
    probe.quick.cache_clear()
    yield
    probe.quick.cache_clear()


@pytest.fixture
def run(tmp_path):
    """Runs a source of `language` on `stdin`; what it said, as JSON."""

    def judge_run(language: str, source: str | bytes, stdin: str = "", *more: str) -> dict:
        path, given = tmp_path / "source", tmp_path / "stdin"
        path.write_bytes(source.encode() if isinstance(source, str) else source)
        given.write_text(stdin)
        out = io.StringIO()
        arguments = ["--language", language, "--source", str(path), "--stdin", str(given), "--json", *more]
        call_command("judge_run", *arguments, stdout=out, stderr=io.StringIO())
        said: dict = json.loads(out.getvalue())
        return said

    return judge_run


@pytest.mark.parametrize("language", ["py", "c"])
def test_a_program_is_run_and_what_it_did_is_said(language, run):
    require(language)
    said = run(language, ENDINGS[language], "right")
    assert list(said) == KEYS
    assert (said["verdict"], said["exit_code"], said["signal"]) == ("OK", 0, None)
    assert said["stdout"].strip() == "42"
    assert said["memory_bytes"] > 500_000
    assert said["compiler_output"] == ""


@pytest.mark.parametrize(
    ("language", "ending", "more", "verdict", "exit_code", "signal"),
    [
        ("py", "crash", (), "RE", 3, None),
        ("c", "crash", (), "RE", None, 6),
        ("c", "slow", ("--cpu-ms", "100"), "TLE", None, None),
        ("c", "greedy", ("--memory-mb", "16"), "MLE", None, None),
        ("c", "much", (), "OLE", None, None),
    ],
)
def test_what_does_not_end_well_has_its_verdict(language, ending, more, verdict, exit_code, signal, run):
    require(language)
    said = run(language, ENDINGS[language], ending, *more)
    assert said["verdict"] == verdict
    if verdict == "RE":
        assert (said["exit_code"], said["signal"]) == (exit_code, signal)


def test_what_does_not_compile_says_why(run):
    require("c")
    said = run("c", BROKEN["c"])
    assert (said["verdict"], said["exit_code"], said["cpu_ms"]) == ("CE", None, 0)
    assert "nothing" in said["compiler_output"]


def test_bytes_that_are_no_text_and_sources_of_windows_are_taken(run):
    require("py")
    assert run("py", "\ufeffprint('é')\r\n")["stdout"] == "é\n"
    assert run("py", ENDINGS["py"], "raw")["stdout"] == "�\0�"


def test_people_read_text(tmp_path):
    require("py")
    path, out = tmp_path / "a.py", io.StringIO()
    path.write_text("print(6 * 7)")
    call_command("judge_run", "--language", "py", "--source", str(path), stdout=out)
    first, *rest = out.getvalue().splitlines()
    assert first.startswith("OK  exit code 0, ")
    assert rest == ["--- stdout", "42"]


@pytest.mark.parametrize(
    ("language", "source", "more", "said"),
    [
        ("perl", b"", (), "no language"),
        ("py", None, (), "No such file"),
        ("py", b"\xff", (), "not UTF-8"),
        ("py", b"print(1)\0", (), "NUL"),
        ("py", b"#" * (64 * 1024 + 1), (), "longer than 64 KB"),
        ("py", b"1", ("--cpu-ms", "0"), "--cpu-ms"),
        ("py", b"1", ("--cpu-ms", "99999"), "--cpu-ms"),
        ("py", b"1", ("--memory-mb", "-1"), "--memory-mb"),
        ("py", b"1", ("--stdin", "/no/such"), "No such file"),
        ("py", b"1", ("--stdin", "/"), "directory"),
        ("py", b"1", ("--stdin", "/dev/zero"), "longer than 8192 KB"),
    ],
)
def test_what_is_no_program_is_refused(language, source, more, said, tmp_path):
    path = tmp_path / "source"
    if source is not None:
        path.write_bytes(source)
    with pytest.raises(CommandError, match=said) as refused:
        call_command("judge_run", "--language", language, "--source", str(path), *more)
    assert refused.value.returncode == 2


def test_sixty_four_kilobytes_are_a_program(run):
    require("py")
    assert run("py", b"#" * (64 * 1024 - 9) + b"\nprint(1)")["stdout"] == "1\n"


@pytest.mark.parametrize(
    ("setting", "value", "said"), [("JUDGE_RUNNER", "off", "JUDGE_RUNNER"), ("JUDGE_BWRAP", "/no/such", "E002")]
)
def test_without_a_sandbox_nothing_is_run(setting, value, said, settings, tmp_path):
    setattr(settings, setting, value)
    path = tmp_path / "source"
    path.write_text("print(1)")
    with pytest.raises(CommandError, match=said) as refused:
        call_command("judge_run", "--language", "py", "--source", str(path), "--json")
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)


def test_the_shell_reads_the_status_and_one_line(tmp_path):
    path = tmp_path / "source"
    path.write_text("print(1)")
    command = [sys.executable, "manage.py", "judge_run", "--language", "py", "--source", str(path), "--json"]
    environment = os.environ | {"DEMO": "1", "DATA_DIR": str(tmp_path), "JUDGE_RUNNER": "off"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
