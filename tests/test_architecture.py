"""The shape of the code, as docs and reviews assume it: floors, budgets, names."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

pytestmark = pytest.mark.apart

ROOT = Path(settings.BASE_DIR)
FLOORS = {
    "accounts": 1,
    "batches": 2,
    "dfs": 2,
    "attendance": 3,
    "exams": 3,
    "fees": 3,
    "chat": 3,
    "notices": 3,
    "coaching": 4,
}
MODULE_LINES = 400
FUNCTION_LINES = 40
VIEW_LINES = 25
TASK_LINES = 10
TEMPLATE_LINES = 120
NAMES_THAT_SAY_NOTHING = {"utils", "util", "common", "helpers", "managers", "selectors", "signals", "misc"}


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts)


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    """Functions and their lines from `def` to the end, decorators not counted."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, (node.end_lineno or node.lineno) - node.lineno + 1


def decorators(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Names of the decorators, without their arguments."""
    bare = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
    return {one.id for one in bare if isinstance(one, ast.Name)}


def test_imports_go_down_only():
    """In a process of its own: import-linter configures logging, which silences every logger of the one it runs in."""
    command = [
        sys.executable,
        "-c",
        "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_foreign_keys_point_down_too():
    """A foreign key given as a string escapes import-linter."""
    wrong = []
    for model in apps.get_models():
        own = model._meta.app_label
        for field in model._meta.get_fields():
            target = field.related_model._meta.app_label if field.concrete and field.is_relation else None
            if own in FLOORS and target in FLOORS and target != own and FLOORS[target] >= FLOORS[own]:
                wrong.append(f"{model._meta.label}.{field.name} → {field.related_model._meta.label}")
            if own not in FLOORS and target in FLOORS and target != "accounts":
                wrong.append(f"{model._meta.label}.{field.name} → {field.related_model._meta.label}")
    assert wrong == []


def test_modules_and_templates_keep_their_size():
    too_long = {str(path.relative_to(ROOT)): lines_of(path) for path in modules(*FLOORS, "tests", "benchmarks")}
    templates = {str(path.relative_to(ROOT)): lines_of(path) for path in (ROOT / "templates").rglob("*.*")}
    assert {path: count for path, count in too_long.items() if count > MODULE_LINES} == {}
    assert {path: count for path, count in templates.items() if count > TEMPLATE_LINES} == {}


def test_functions_views_and_tasks_keep_their_size():
    policies = {"public", "signed_in", "role_required", "admins"}
    too_long = []
    for path in modules(*FLOORS):
        for node, count in functions(path):
            marks = decorators(node)
            budget = VIEW_LINES if marks & policies else TASK_LINES if "shared_task" in marks else FUNCTION_LINES
            if count > budget:
                too_long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} {count} > {budget}")
    assert too_long == []


def test_no_module_has_a_name_that_says_nothing():
    named = [path.relative_to(ROOT) for path in modules(*FLOORS, "tests")]
    assert [path for path in named if NAMES_THAT_SAY_NOTHING & set(path.with_suffix("").parts)] == []


@pytest.mark.parametrize("app", [*FLOORS, "coaching/lib", "coaching/pages"])
def test_every_package_says_what_it_is_for(app):
    docstring = ast.get_docstring(ast.parse((ROOT / app / "__init__.py").read_text(encoding="utf-8")))
    assert docstring, f"{app}/__init__.py has no docstring"


def test_every_product_module_says_what_it_is_about():
    """An app's configuration and an empty package speak for themselves."""
    silent = []
    for path in modules(*FLOORS):
        text = path.read_text(encoding="utf-8")
        if text.strip() and path.name != "apps.py" and not ast.get_docstring(ast.parse(text)):
            silent.append(str(path.relative_to(ROOT)))
    assert silent == []
