"""What a machine is told of its sandbox: that it holds, what leaks, and why there is none."""

import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from exams.sandbox import hosting
from exams.sandbox.bwrap import BubblewrapRunner
from exams.sandbox.hosting import refusal
from exams.sandbox.probe import attacked, probe, quick
from exams.sandbox.runner import Bounds, File, Outcome, SandboxUnusable, Status
from tests.exams.sandbox.machines import asked
from tests.exams.sandbox.working import sandbox

pytestmark = pytest.mark.apart

QUICK = """
from exams.sandbox.probe import quick
import json
said = quick()
print(json.dumps([said.works, [one.code for one in said.findings], [one.message for one in said.findings]]))
"""


class Leaky:
    """A sandbox that is one by name: the whole machine can be seen, the network is there, nothing is bounded."""

    def run(
        self,
        command: Sequence[str],
        *,
        stdin: bytes = b"",
        bounds: Bounds,
        files: Sequence[File] = (),
        env: Mapping[str, str] | None = None,
    ) -> Outcome:
        bwrap = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--tmpfs", "/mnt", "--uid", "0", "--unshare-user"]
        within = [word.replace("/code/", "/mnt/") for word in command]
        for one in files:
            bwrap += ["--ro-bind", str(Path(__file__).parents[3] / "exams/sandbox/attacks.py"), "/mnt/attacks.py"]
            assert one.path == "/code/attacks.py"
        limited = ["prlimit", f"--as={512 << 20}", "timeout", "-s", "KILL", "0.5"]
        with subprocess.Popen([*bwrap, *limited, *within], stdout=subprocess.PIPE) as process:
            assert process.stdout
            written = process.stdout.read(4 << 20)
            process.stdout.close()
        return Outcome(Status.OK, stdout=written, stdout_bytes=len(written), cpu_ms=1_000, wall_ms=1_000)


@sandbox
def test_the_sandbox_of_this_machine_holds_and_secrets_that_its_user_can_read_are_named(tmp_path: Path) -> None:
    hidden, open_to_all = tmp_path / "hidden", Path("/etc/passwd")
    hidden.write_text("secret")
    hidden.chmod(0o000)
    said = probe(secrets=[hidden, open_to_all, tmp_path / "none"])

    assert said.works
    assert said.runner == "bwrap"
    assert said.languages
    assert {one.code for one in said.findings} - {"E120", "W130"} == {"W131"}
    (found,) = (one for one in said.findings if one.code == "W131")
    assert (found.level, str(open_to_all) in found.message, str(hidden) in found.message) == ("warning", True, False)


@sandbox
def test_a_quick_look_takes_no_time_the_second_time() -> None:
    quick()
    began = time.perf_counter()

    assert quick().works
    assert time.perf_counter() - began < 0.001


@sandbox
def test_a_leaking_sandbox_is_found_out() -> None:
    found = list(attacked(Leaky()))

    assert [one.code for one in found] == ["E110", "E111", "E111", "E112", "E112", "E112"]
    assert {one.level for one in found} == {"error"}
    for leak in (
        "/proc/self can be seen",
        "/etc/shadow can be seen",
        f"{Path('~root').expanduser()} can be seen",
        "the environment has",
        "sockets of AF_INET can be made",
        "it is run as root",
        "processes outside can be seen",
        "other processes can be started",
        "a new user namespace",
        "memory without a bound (memfd)",
    ):
        assert leak in found[0].message


@sandbox
@pytest.mark.parametrize(("kind", "code"), [("no namespaces", "E102"), ("container", "E103"), ("plain", None)])
def test_a_machine_that_refuses_namespaces_says_which_way(kind: str, code: str | None, tmp_path: Path) -> None:
    works, codes, messages = asked(kind, QUICK, tmp_path)

    assert codes == ([code] if code else []), messages
    assert works is not bool(code)


def test_without_bubblewrap_nothing_is_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    quick.cache_clear()
    said = probe()
    quick.cache_clear()

    assert (said.works, said.runner, said.languages) == (False, "off", ())
    assert [(one.code, one.fix) for one in said.findings] == [("E002", "apt install bubblewrap")]
    with pytest.raises(SandboxUnusable, match="not on PATH"):
        BubblewrapRunner()


@sandbox
def test_a_setuid_bubblewrap_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "bwrap"
    shutil.copy(shutil.which("bwrap") or "", copy)
    copy.chmod(0o4755)

    assert [(one.code, one.fix) for one in quick(bwrap=str(copy)).findings] == [("E003", f"chmod u-s {copy}")]


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ("echo bubblewrap 0.4.1", "E002"),
        ("echo something else", "E002"),
        ("echo bubblewrap 0.8.0; test $# = 1 && exit; echo 'bwrap: what is this' >&2; exit 1", "E100"),
    ],
)
def test_a_program_that_only_is_called_bwrap_is_refused(says: str, code: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    program = tmp_path / "bwrap"
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(0o755)

    assert [one.code for one in quick(bwrap=str(program)).findings] == [code]


def test_switched_off_is_no_finding() -> None:
    said = probe(runner="off")

    assert (said.works, said.runner, said.findings) == (False, "off", ())


@pytest.mark.parametrize(
    ("settings", "said", "code", "fix"),
    [
        ({"user/max_user_namespaces": "0"}, "No space left on device", "E102", "sysctl -w user.max_user_namespaces"),
        ({"kernel/unprivileged_userns_clone": "0"}, "Operation not permitted", "E102", "userns_clone=1"),
        (
            {"kernel/apparmor_restrict_unprivileged_userns": "1"},
            "bwrap: setting up uid map: Permission denied",
            "E101",
            "apparmor_parser -r /etc/apparmor.d/bwrap",
        ),
        ({}, "bwrap: No permissions to create new namespace", "E103", "seccomp=unconfined"),
        ({}, "bwrap: something new", "E100", "bwrap --unshare-all"),
    ],
)
def test_each_cause_comes_with_the_command_that_mends_it(
    settings: dict[str, str], said: str, code: str, fix: str, tmp_path: Path
) -> None:
    for name, value in settings.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(value)
    found = refusal(said, "/usr/bin/bwrap", tmp_path)

    assert (found.code, found.level) == (code, "error")
    assert fix in found.fix


def test_every_language_has_a_package_that_brings_it() -> None:
    for language in ("py", "c", "cpp", "java", "js"):
        assert hosting.missing(language, "It").fix.startswith("apt install ")
