"""Programs that mean harm are contained, and honest ones are not hindered: the quick half of `corpus`, as root hands
them in (if these tests are root's) and, some of them, as a plain user does. `tests/proof` has them all.
"""

import re
import socket
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exams.sandbox import containment
from tests.exams.sandbox.manifest import GROUPS, LANGUAGES, Program, programs
from tests.exams.sandbox.trying import ROOT, USERS, Trying, must_be_contained, sandbox_must_work, trying

pytestmark = pytest.mark.apart

QUICK = [one for one in programs() if not one.is_slow]
OF_PLAIN_USERS = [
    one
    for one in QUICK
    if one.file
    in {
        "time_stop_self.c",
        "memory_buffers.js",
        "process_clones.c",
        "process_daemon.c",
        "process_children.py",
        "process_kill_all.c",
        "process_ptrace.c",
        "process_priority.c",
        "output_flood.py",
        "file_read_host.py",
        "file_write_everywhere.py",
        "file_stdin_tamper.c",
        "file_descriptors.c",
        "file_environment.c",
        "file_remove.py",
        "network_doors.py",
        "network_families.c",
        "kernel_namespaces.c",
        "kernel_become_root.c",
        "kernel_calls.c",
        "kernel_int80.c",
        "spoof_sandbox_message.py",
        "spoof_descriptors.c",
        "spoof_bound_parent.c",
        "compile_include_shadow.c",
        "honest_hindi.py",
    }
]
WORK = {user: QUICK if user == USERS[0] else OF_PLAIN_USERS for user in USERS}
CASES = [pytest.param(user, one, id=f"{user} {one.file}") for user in USERS for one in WORK[user]]


@pytest.fixture(scope="module")
def tries() -> Iterator[dict[str, Trying]]:
    """A worker of each user, who works while the tests wait for what he says."""
    sandbox_must_work(QUICK)
    with trying(_longest_first(WORK[USERS[0]]), USERS[0]) as first:
        if len(USERS) == 1:
            yield {USERS[0]: first}
            return
        with trying(_longest_first(WORK[USERS[1]]), USERS[1]) as second:
            yield {USERS[0]: first, USERS[1]: second}


def _longest_first(chosen: list[Program]) -> list[Program]:
    return sorted(chosen, key=lambda one: one.group != "time")


@pytest.mark.parametrize(("user", "program"), CASES)
def test_a_program_is_contained_and_judged_rightly(tries: dict[str, Trying], user: str, program: Program) -> None:
    tried = tries[user]
    must_be_contained(program, tried.result(program), tried.doors)


@pytest.mark.parametrize("user", USERS)
def test_nothing_is_left_of_all_of_them(tries: dict[str, Trying], user: str) -> None:
    tries[user].end()


@pytest.mark.parametrize("user", USERS)
def test_a_program_out_of_the_cache_is_as_untouchable(user: str) -> None:
    program = next(one for one in programs() if one.file == "file_own_program.c")
    sandbox_must_work([program])
    with tempfile.TemporaryDirectory(prefix="sandbox-cache-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        above = Path(folder) / "caches"
        above.mkdir()
        above.chmod(0o777)
        made = []
        for is_cached in (False, True):
            with trying([program], user, cache_dir=f"{above}/of-programs", number=1) as tried:
                result = tried.result(program)
                must_be_contained(program, result, tried.doors)
                assert result.compiled
                assert result.compiled.is_cached is is_cached
                tried.end()
            made.append({path.name: (path.read_bytes(), path.stat().st_mode) for path in Path(folder).rglob("*.bin")})
        assert len(made[0]) == 1
        assert made[0] == made[1]


def test_the_corpus_is_as_large_as_it_says_and_has_every_group_in_the_quick_half() -> None:
    assert sum(not one.is_honest for one in programs()) >= 150
    assert sum(one.is_honest for one in programs()) >= 30
    assert {one.group for one in QUICK} == set(GROUPS)
    assert {one.language for one in programs() if not one.is_honest} == set(LANGUAGES)
    assert {one.language for one in QUICK if one.is_honest} == set(LANGUAGES)
    assert ROOT not in USERS or len(OF_PLAIN_USERS) >= 25


def test_the_table_of_the_corpus_is_as_it_is(project_dir: Path) -> None:
    text = (project_dir / "docs/security.md").read_text(encoding="utf-8")
    told = {group: int(count) for group, count in re.findall(r"^\| (\w+) \| (\d+) \|", text, re.MULTILINE)}
    assert {group: told[group] for group in GROUPS} == Counter(one.group for one in programs())


def test_the_doors_notice_who_comes_in(tmp_path: Path) -> None:
    """What is asserted of every program would else be asserted of nothing."""
    with containment.Doors(tmp_path) as doors:
        tcp, udp, unix, abstract, secret = doors.told().split("\n")[:5]
        assert doors.visits() == []
        for family, kind, address in (
            (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", int(tcp))),
            (socket.AF_UNIX, socket.SOCK_STREAM, unix),
            (socket.AF_UNIX, socket.SOCK_STREAM, f"\0{abstract}"),
            (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", int(udp))),
        ):
            with socket.socket(family, kind) as one:
                one.connect(address)
                one.send(b"hello")
        assert len(doors.visits()) == 4
        assert doors.canary in Path(secret).read_text()
