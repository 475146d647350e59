"""The whole corpus of programs that mean harm, and the honest ones, as root hands them in and as a plain user does.

A figure for each group: how many, which verdicts, the longest time by the clock, the most memory.
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.exams.sandbox.manifest import GROUPS, Program, programs
from tests.exams.sandbox.trying import USERS, Trying, must_be_contained, sandbox_must_work, trying
from tests.proof.conftest import Note

pytestmark = [pytest.mark.proof, pytest.mark.timeout(1_800)]
ALL = programs()
MIB = 1024 * 1024


@pytest.fixture(scope="module", params=USERS)
def tried(request: pytest.FixtureRequest) -> Iterator[Trying]:
    sandbox_must_work(ALL)
    with trying(ALL, request.param) as worker:
        yield worker


@pytest.mark.parametrize("program", [pytest.param(one, id=one.file) for one in ALL])
def test_a_program_is_contained_and_judged_rightly(tried: Trying, program: Program) -> None:
    must_be_contained(program, tried.result(program, within_s=1_200), tried.doors)


def test_nothing_is_left_of_all_of_them(tried: Trying, note: Note) -> None:
    tried.end()
    for group in GROUPS:
        results = [tried.result(one) for one in ALL if one.group == group]
        verdicts = Counter(verdict for one in results for verdict in one.verdicts)
        runs = [one for result in results for one in result.tests]
        note(
            group=group,
            programs=len(results),
            verdicts=" ".join(f"{name}×{count}" for name, count in sorted(verdicts.items())),
            longest_s=max((one.wall_ms for one in runs), default=0) / 1000,
            most_mb=max((one.memory_bytes for one in runs), default=0) / MIB,
        )


def test_there_are_as_many_as_asked_for() -> None:
    assert sum(not one.is_honest for one in ALL) >= 60
    assert sum(one.is_honest for one in ALL) >= 10
