"""`manage.py judge_run --language L --source F [--stdin F]`: run one program in the sandbox, as a student's is run.

Exit status: 0 it was run, whatever came of it; 2 it was not: no sandbox works here, or what was given is no program.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from exams.sandbox import languages, probe, process
from exams.sandbox.protocol import (
    LANGUAGES,
    MOST_CPU_MS,
    MOST_INPUT,
    MOST_MEMORY,
    MOST_SOURCE,
    Compiled,
    Job,
    Limits,
    Probed,
    Ran,
    Trial,
    Verdict,
)

_MIB = 1024 * 1024


class Command(BaseCommand):
    """Without a test to compare with, so the verdict is OK or why the program did not end well."""

    help = "Run one program in the sandbox and say how it ended. Never runs it anywhere else."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--language", metavar="L", required=True, help=", ".join(LANGUAGES))
        parser.add_argument("--source", metavar="F", type=Path, required=True, help="UTF-8, at most 64 KB")
        parser.add_argument("--stdin", metavar="F", type=Path, help="what the program reads; nothing without")
        parser.add_argument(
            "--cpu-ms", metavar="N", type=int, default=Limits().cpu_ms, help="before the language's factor"
        )
        parser.add_argument("--memory-mb", metavar="N", type=int, default=Limits().memory_bytes // _MIB)
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        job = _job(options)
        _require_sandbox(job.language)
        said = _Said()
        try:
            process.judged(job, on_event=said.hear, bwrap=settings.JUDGE_BWRAP)
        except process.SandboxOff as off:
            raise CommandError(_why(off.probed), returncode=2) from off
        except process.SandboxFailed as failed:
            said.detail = str(failed)
        result = said.result()
        if said.detail and result["verdict"] == Verdict.SE:
            self.stderr.write(said.detail)
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.writelines(f"{line}\n" for line in _lines(result))


class _Said:
    """What the helper said of the one run. Without a word of it the verdict is SE."""

    def __init__(self) -> None:
        self.compiled: Compiled | None = None
        self.ran = Ran("", Verdict.SE)
        self.detail = ""

    def hear(self, event: Compiled | Ran) -> None:
        self.detail = event.detail
        if isinstance(event, Ran):
            self.ran = event
        else:
            self.compiled = event

    def result(self) -> dict[str, Any]:
        is_wrong = self.compiled and not self.compiled.ok and not self.compiled.is_our_fault
        ran = self.ran
        return {
            "verdict": str(Verdict.CE if is_wrong else ran.verdict),
            "exit_code": ran.exit_code,
            "signal": ran.signal,
            "cpu_ms": ran.cpu_ms,
            "wall_ms": ran.wall_ms,
            "memory_bytes": ran.memory_bytes,
            "stdout": ran.stdout.decode(errors="replace"),
            "stderr": ran.stderr.decode(errors="replace"),
            "compiler_output": self.compiled.output if self.compiled else "",
        }


def _require_sandbox(language: str) -> None:
    if settings.JUDGE_RUNNER == "off":
        raise CommandError("JUDGE_RUNNER=off: nothing is run on this server. Set it to auto.", returncode=2)
    probed = probe.quick(bwrap=settings.JUDGE_BWRAP)
    if not probed.works:
        raise CommandError(_why(probed), returncode=2)
    if not languages.find(language):
        packages = languages.PACKAGES[language]
        raise CommandError(f"There is no {language} below /usr. As root: apt install {packages}", returncode=2)


def _why(probed: Probed) -> str:
    """On one line."""
    found = [one for one in probed.findings if one.level == "error"] or probed.findings
    words = "; ".join(f"{one.code} {one.message} {one.fix}".strip() for one in found)
    return " ".join(words.split()) or "No sandbox works on this machine. As root: apt install bubblewrap"


def _job(options: dict[str, Any]) -> Job:
    """Raises: CommandError of arguments that make no sense, with status 2."""
    if options["language"] not in LANGUAGES:
        raise CommandError(f"There is no language {options['language']!r}: {', '.join(LANGUAGES)}.", returncode=2)
    for name, least, most in (("cpu_ms", 1, MOST_CPU_MS), ("memory_mb", 1, MOST_MEMORY // _MIB)):
        if not least <= options[name] <= most:
            raise CommandError(f"--{name.replace('_', '-')} is from {least} to {most}.", returncode=2)
    stdin = _read(options["stdin"], MOST_INPUT) if options["stdin"] else b""
    return Job(
        options["language"],
        _source(options["source"]),
        (Trial("1", stdin),),
        Limits(options["cpu_ms"], options["memory_mb"] * _MIB),
        cache_dir=str(settings.JUDGE_CACHE_DIR),
    )


def _source(path: Path) -> str:
    content = _read(path, MOST_SOURCE)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8: byte {error.start + 1}.", returncode=2) from error
    if "\0" in text:
        raise CommandError(f"{path} has a NUL in it, so it is no text.", returncode=2)
    return text


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=2) from error
    if len(content) > most:
        raise CommandError(f"{path} is longer than {most // 1024} KB.", returncode=2)
    return content


def _lines(result: dict[str, Any]) -> list[str]:
    lines = [result["verdict"]]
    if result["exit_code"] is not None or result["signal"] is not None:
        ended = f"signal {result['signal']}" if result["signal"] else f"exit code {result['exit_code']}"
        memory = f"{result['memory_bytes'] / _MIB:.1f} MB"
        lines = [f"{result['verdict']}  {ended}, {result['cpu_ms']} ms CPU, {result['wall_ms']} ms, {memory}"]
    for name in ("compiler_output", "stdout", "stderr"):
        if result[name]:
            lines += [f"--- {name.replace('_', ' ')}", result[name].removesuffix("\n")]
    return lines
