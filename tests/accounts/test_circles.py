"""Two people who do something to each other at the same moment wait for each other's rows, but never in a circle.

Each writes a line that points at the other, so the lock on a person must be the one other rows may point past. SQLite
knows no such circle; PostgreSQL ends one of the two.
"""

import ast
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from PIL import Image

from accounts import consents, erasures, photos
from accounts.models import Activity, Consent, ErasureRequest, Role, User
from coaching.pages.erasures import erase
from tests import people
from tests.racing import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def two_admins() -> list[User]:
    return [people.admin(), people.person("Sneha Patil", Role.ADMIN, email="sneha@pragati.test")]


def each_other(act: Callable[[User, User], object]) -> None:
    """What the first does to the second and the second to the first, at once. Raises: what one of them raised."""
    one, other = two_admins()
    at_once([partial(act, one, other), partial(act, other, one)])


def test_two_admins_who_ask_for_each_others_erasure_wait_in_no_circle():
    for _round in range(ROUNDS):
        each_other(lambda who, by: erasures.ask(who, actor=by))
        assert ErasureRequest.objects.count() == 2
        ErasureRequest.objects.all().delete()


def test_two_admins_who_enter_each_others_papers_wait_in_no_circle():
    def said(act: Callable[..., object], who: User, by: User) -> None:
        act(who, purpose="PHOTO", evidence="Folder 3", actor=by, now=NOW)

    for _round in range(ROUNDS):
        each_other(partial(said, consents.give_on_paper))
        each_other(partial(said, consents.withdraw_on_paper))
    assert Consent.objects.exclude(withdrawn_at=None).count() == 2 * ROUNDS


def test_two_admins_who_put_each_others_photo_wait_in_no_circle():
    content = BytesIO()
    Image.new("RGB", (40, 40), "teal").save(content, "PNG")
    for _round in range(ROUNDS):
        each_other(lambda who, by: photos.put_photo(who, content.getvalue(), actor=by))
    assert Activity.objects.filter(event="person.photo_put").count() == 2 * ROUNDS


def test_of_two_admins_who_erase_each_other_one_stays():
    one, other = two_admins()
    asked = [erasures.ask(one, actor=other), erasures.ask(other, actor=one)]
    ended = outcomes([partial(erase, asked[0], actor=other), partial(erase, asked[1], actor=one)])
    assert sorted(type(end).__name__ for end in ended) == ["LastAdmin", "bool"]
    assert User.objects.active().filter(role=Role.ADMIN).count() == 1


def locks_on_people(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        words = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and words.startswith("User.objects") and words.endswith(".select_for_update"):
            yield node


def test_no_lock_on_a_person_keeps_rows_from_pointing_at_him(project_dir: Path) -> None:
    ours = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == project_dir]
    paths = [path for app in ours for path in sorted(app.rglob("*.py"))]
    locks = {f"{path.relative_to(project_dir)}:{lock.lineno}": lock for path in paths for lock in locks_on_people(path)}
    wanting = [at for at, lock in locks.items() if "no_key=True" not in map(ast.unparse, lock.keywords)]
    assert wanting == []
    assert {at.partition(":")[0] for at in locks} >= {"accounts/consents.py", "dfs/uploads.py"}
