"""The list of faults names tests that exist, and leaves out no number."""

import ast
import re
from pathlib import Path

LIST = Path(__file__).with_name("FAULTS.md")
ROW = re.compile(r"\| (\d+) \| [^|]+ \| (.+) \|")
NAMED = re.compile(r"`([\w/]+)`: ((?:`test_\w+`(?:, )?)+)")


def functions_of(module: str) -> set[str]:
    path = LIST.parent / f"{module}.py" if "/" not in module else LIST.parents[2] / f"{module}.py"
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_every_fault_has_tests_and_they_exist() -> None:
    numbers = set()
    for number, cell in ROW.findall(LIST.read_text()):
        named = [(module, name) for module, names in NAMED.findall(cell) for name in re.findall(r"\w+", names)]
        assert named, f"fault {number} names no test: {cell}"
        assert [f"{module}::{name}" for module, name in named if name not in functions_of(module)] == []
        numbers.add(int(number))
    assert numbers == set(range(1, 37))


def test_every_row_of_the_list_is_read() -> None:
    rows = [line for line in LIST.read_text().splitlines() if line.startswith("|")][2:]
    assert [row for row in rows if not ROW.fullmatch(row)] == []
