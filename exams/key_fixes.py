"""Mending a key after the test: who would get other marks and another rank, and doing it.

What is previewed and what is applied is the same reckoning (`exams.mending`). A correction comes with a new version of
the results; the versions before it keep their numbers.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from coaching.lib.errors import DomainError
from exams.asked import fixes_of
from exams.content import Body, Content, Key, Kind
from exams.content_checks import problems
from exams.content_words import words
from exams.mending import mended
from exams.models import ExamQuestion, KeyFix, ResultVersion, Test
from exams.models.results import Cause
from exams.reckoning import TRIES, CannotReckon, Reckoned, keep
from exams.result_changes import Preview, compare
from exams.result_sheets import KEYED, Fix

ABOUT_KEYS = frozenset({"right", "numbers", "accepted", "pairs"})
WITHOUT_KEY = frozenset({Kind.LONG, Kind.CODING, Kind.PASSAGE})
MOST_KEYS = 12
MOST_REASON = 200


class BadFix(DomainError):
    """A question cannot be corrected like that (422). `field`: action, keys or reason."""

    code = "bad_fix"
    status = 422

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class StaleFix(DomainError):
    """The results are not those any more of which it was previewed (409)."""

    code = "stale_fix"

    def __init__(self) -> None:
        super().__init__(_("Other results have come meanwhile. Look again at who is concerned, then apply it."))


def actions_for(kind: Kind, *, is_fixed: bool = False) -> list[KeyFix.Action]:
    """What can be done to a question of that kind. What people mark has no other key; once it `is_fixed`, CHANGE (with
    no key) lets them mark it again."""
    if kind not in WITHOUT_KEY:
        return list(KeyFix.Action)
    return [one for one in KeyFix.Action if one not in KEYED or (is_fixed and one is KeyFix.Action.CHANGE)]


def preview(test: Test, fix: Fix) -> Preview:
    """Who gets other marks and another rank; nothing is changed. Raises: BadFix, CannotReckon."""
    require_fit(test, fix)
    newest, made = _reckoned(test, fix)
    return compare(newest, made)


def apply(
    test: Test,
    fix: Fix,
    *,
    reason: str,
    seen: int,
    token: UUID,
    actor: User,
    now: datetime,
    digest: str = "",
    request: HttpRequest | None = None,
) -> ResultVersion:
    """The version with this correction. `seen` and `digest` (if given) are the preview's `base` and `digest`.

    The same `token` again gives the version that was made with it. Raises: BadFix, StaleFix, CannotReckon.
    """
    require_fit(test, fix)
    kept = _reason(reason)
    for _try in range(TRIES):
        if version := _made_with(test, token):
            return version
        _newest, made = _reckoned(test, fix)
        if made.base != seen or (digest and made.digest != digest):
            break
        row = _row(fix, token=token, reason=kept, by=actor)
        said: dict[str, Any] = {"actor": actor, "now": now, "request": request}
        _done, version = keep(test, made, cause=Cause.KEY_FIX, reason=kept, fixes=[row], force=True, **said)
        if version:
            return version
    if version := _made_with(test, token):  # by the same form, a moment ago
        return version
    raise StaleFix


def _made_with(test: Test, token: UUID) -> ResultVersion | None:
    found = KeyFix.objects.filter(uuid=token, question__test=test).select_related("version").first()
    return found.version if found else None


def _row(fix: Fix, *, token: UUID, reason: str, by: User) -> KeyFix:
    keys = [one.to_json() for one in fix.keys]
    return KeyFix(uuid=token, question_id=fix.question, action=fix.action, keys=keys, reason=reason, by=by)


def _reckoned(test: Test, fix: Fix) -> tuple[ResultVersion, Reckoned]:
    """Raises: CannotReckon."""
    test.refresh_from_db(fields=["newest_results"])
    if test.newest_results is None:
        raise CannotReckon(_("There are no results yet. They are reckoned when the test has closed."))
    made = mended(test, fix)
    if made.facts.writing:
        raise CannotReckon(_("Somebody still writes this test. A key is corrected when all have handed in."))
    return test.newest_results, made


def _reason(said: str) -> str:
    """Raises: BadFix."""
    kept = " ".join(said.split())
    if not kept or len(kept) > MOST_REASON:
        raise BadFix(_("Say why in %(count)d letters at most.") % {"count": MOST_REASON}, field="reason")
    return kept


# --- What can be asked for --------------------------------------------------------------------------------------------


def require_fit(test: Test, fix: Fix) -> None:
    """Raises: BadFix."""
    rows = ExamQuestion.objects.filter(test=test, pk=fix.question).select_related("version", "question")
    row = rows.first()
    if row is None or fix.action not in KeyFix.Action.values:
        raise BadFix(_("This question is not in the test any more."), field="action")
    kind = Kind(row.question.kind)
    if fix.action not in actions_for(kind, is_fixed=row.pk in _fixes(test)):
        raise BadFix(_("This question has no key: it is marked by people."), field="action")
    if fix.action == KeyFix.Action.DROP:
        _require_some_left(test, row)
    if fix.action in KEYED and kind not in WITHOUT_KEY:
        _require_keys(row, kind, fix)
    elif fix.keys:
        raise BadFix(_("No key is asked for where all get full marks or the question is taken out."), field="keys")


def _fixes(test: Test) -> dict[int, KeyFix]:
    return fixes_of(test.newest_results) if test.newest_results else {}


def _require_some_left(test: Test, row: ExamQuestion) -> None:
    dropped = {one.question_id for one in _fixes(test).values() if one.action == KeyFix.Action.DROP}
    if not ExamQuestion.objects.filter(test=test).exclude(pk__in={*dropped, row.pk}).exists():
        raise BadFix(_("At least one question stays in the test."), field="action")


def _require_keys(row: ExamQuestion, kind: Kind, fix: Fix) -> None:
    body = Body.from_json(row.version.body)
    for key in fix.keys:
        found = [one for one in problems(Content(kind, body, key)) if one.field in ABOUT_KEYS]
        if found:
            raise BadFix(words(found[0]), field="keys")
    count = len(fix.keys)
    if not count or count > MOST_KEYS or (fix.action == KeyFix.Action.CHANGE and count > 1):
        raise BadFix(_("Say which answer is right."), field="keys")
    if fix.action == KeyFix.Action.ACCEPT and sum(_said(kind, key) for key in fix.keys) < 2:
        raise BadFix(_("Say at least two answers that are right, or choose another key."), field="keys")


def _said(kind: Kind, key: Key) -> int:
    """How many answers a key takes for right."""
    return {Kind.SINGLE: len(key.right), Kind.NUMERICAL: len(key.numbers), Kind.SHORT: len(key.accepted)}.get(kind, 1)
