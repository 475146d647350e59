"""Every check of the threat model that is due has a test that bears its id."""

import re
from pathlib import Path

DUE = [f"d{number:02}" for number in (*range(8, 35), *range(47, 51))]


def test_every_due_check_has_a_test_named_by_its_id(project_dir: Path) -> None:
    named: set[str] = set()
    for file in (project_dir / "tests").rglob("test_*.py"):
        named |= set(re.findall(r"^def test_(d\d\d)_", file.read_text(), re.M))
    assert [number for number in DUE if number not in named] == []
