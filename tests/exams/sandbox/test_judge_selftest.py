"""`manage.py judge_selftest` and the system check: what operators are told of the sandbox, and by which exit status."""

import json
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import ERROR, WARNING
from django.core.management import call_command
from pytest_django import Settings

from coaching import checks
from exams.sandbox.languages import LANGUAGES, available
from exams.sandbox.probe import quick
from tests.exams.sandbox.working import sandbox

pytestmark = pytest.mark.apart


def told(*words: str) -> tuple[int, str]:
    """The exit status and what was printed."""
    out = StringIO()
    try:
        call_command("judge_selftest", *words, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


@sandbox
def test_a_sandbox_that_holds_is_said_with_its_languages() -> None:
    status, text = told()
    missing = set(LANGUAGES) - {one.language for one in available()}

    assert status == (1 if missing else 0)
    assert text.startswith(f"sandbox: bubblewrap {quick().version}, it holds\n")
    for one in available():
        assert f"{one.language:<5} {one.version}, time ×{one.factor:g}\n" in text
    assert text.count("E120 warning: ") == len(missing)
    assert text.count("\n     to mend it: ") == len([line for line in text.splitlines() if " warning: " in line])


def test_without_a_sandbox_the_command_says_how_to_get_one(settings: Settings, tmp_path: Path) -> None:
    settings.JUDGE_BWRAP = str(tmp_path / "bwrap")
    status, text = told()

    assert status == 2
    assert text.splitlines() == [
        "sandbox: none",
        f"E002 error: bubblewrap is not at {tmp_path}/bwrap.",
        "     to mend it: apt install bubblewrap",
    ]
    status, said = told("--json")
    assert status == 2
    assert json.loads(said)["works"] is False
    assert json.loads(said)["status"] == 2


def test_switched_off_nothing_is_tried(settings: Settings) -> None:
    settings.JUDGE_RUNNER = "off"

    assert told() == (2, "sandbox: none\nJUDGE_RUNNER=off: nothing is run on this server\n")


@pytest.mark.parametrize(("runner", "level"), [("auto", WARNING), ("bwrap", ERROR)])
def test_the_check_warns_where_no_sandbox_was_asked_for_and_fails_where_one_was(
    runner: str, level: int, settings: Settings, tmp_path: Path
) -> None:
    settings.JUDGE_RUNNER, settings.JUDGE_BWRAP = runner, str(tmp_path / "bwrap")
    (found,) = _found()

    assert (found.id, found.level, found.hint) == ("judge.E002", level, "apt install bubblewrap")
    assert "Coding questions cannot be judged" in found.msg


def test_the_check_says_nothing_where_it_is_switched_off(settings: Settings, tmp_path: Path) -> None:
    settings.JUDGE_RUNNER, settings.JUDGE_BWRAP = "off", str(tmp_path / "bwrap")

    assert _found() == []


def test_other_commands_do_not_try_the_sandbox(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.JUDGE_BWRAP = str(tmp_path / "bwrap")
    quick.cache_clear()
    monkeypatch.setattr(sys, "argv", ["/somewhere/manage.py", "migrate"])
    assert _found() == []
    assert quick.cache_info().misses == 0
    monkeypatch.setattr(sys, "argv", ["/somewhere/manage.py", "check"])
    assert len(_found()) == 1


def _found() -> list[Any]:
    return list(checks.judge(None))
