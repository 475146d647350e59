"""The institute's marking schemes: the presets it begins with, new ones, and new versions of them."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.activity import record
from accounts.models import User
from coaching.lib.errors import DomainError
from exams.models import Scheme, SchemeVersion
from exams.presets import DEFAULT, PRESETS, Preset
from exams.scheme_checks import problems


class SchemeRefused(DomainError):
    """The rules are not such that anybody could mark by them, or another scheme has the name."""

    code = "scheme_refused"


class SchemeMoved(DomainError):
    """Somebody made a newer version while this one was changed."""

    code = "scheme_moved"


def schemes() -> QuerySet[Scheme]:
    """Those in use with their newest versions; the presets are made when the first person looks."""
    have = set(Scheme.objects.exclude(preset="").values_list("preset", flat=True))
    for preset in PRESETS:
        if preset.code not in have:
            _make_preset(preset)
    return Scheme.objects.current().select_related("newest")


def default_version() -> SchemeVersion:
    """What a new test is marked by unless its teacher chooses."""
    first = schemes().filter(newest__isnull=False).order_by("pk")
    found = first.filter(preset=DEFAULT).first() or first.first()
    if found is None or found.newest is None:
        raise SchemeRefused(_("Every marking scheme is archived. Make one first."))
    return found.newest


def make_scheme(
    name: str, *, rules: dict[str, Any], actor: User, note: str = "", request: HttpRequest | None = None
) -> Scheme:
    """A scheme of the institute's own. Raises: SchemeRefused."""
    _require_fit(rules)
    with transaction.atomic():
        scheme = _named(name)
        _add_version(scheme, rules, actor=actor, note=note)
        record("scheme.made", actor=actor, on=scheme, request=request, name=scheme.name)
    return scheme


@transaction.atomic
def change_scheme(
    scheme: Scheme,
    *,
    rules: dict[str, Any],
    seen: int,
    actor: User,
    note: str = "",
    request: HttpRequest | None = None,
) -> SchemeVersion:
    """Its next version, unless the rules are what they were; tests keep the version they were made with.

    `seen` is the number of the version the change began with. Raises: SchemeRefused, SchemeMoved.
    """
    _require_fit(rules)
    # The version is read after the lock: joined to it, PostgreSQL would answer with what was before somebody else's.
    row = Scheme.objects.select_for_update().get(pk=scheme.pk)
    newest = row.newest
    if newest is not None and newest.rules == rules:
        return newest
    if newest is not None and newest.number != seen:
        raise SchemeMoved(_("Somebody changed this scheme meanwhile. Look at the newest version and change that."))
    version = _add_version(row, rules, actor=actor, note=note)
    record("scheme.changed", actor=actor, on=row, request=request, name=row.name, number=version.number)
    return version


@transaction.atomic
def archive_scheme(scheme: Scheme, *, actor: User, request: HttpRequest | None = None) -> None:
    """Put it away: new tests cannot choose it, those that have it keep it. Twice is once."""
    if Scheme.objects.current().filter(pk=scheme.pk).update(archived_at=timezone.now()):
        record("scheme.archived", actor=actor, on=scheme, request=request, name=scheme.name)


def _require_fit(rules: dict[str, Any]) -> None:
    found = problems(rules)
    if found:
        raise SchemeRefused(_("Marks are numbers with two decimals at most: see the marked fields."))


def _named(name: str) -> Scheme:
    try:
        with transaction.atomic():
            return Scheme.objects.create(name=name)
    except IntegrityError:
        raise SchemeRefused(_("There is a scheme of this name already.")) from None


def _add_version(scheme: Scheme, rules: dict[str, Any], *, actor: User | None, note: str = "") -> SchemeVersion:
    number = (scheme.newest.number if scheme.newest else 0) + 1
    version = SchemeVersion.objects.create(scheme=scheme, number=number, rules=rules, note=note, created_by=actor)
    scheme.newest = version
    scheme.save(update_fields=["newest"])
    return version


def _make_preset(preset: Preset) -> None:
    """Make it once, whoever else is just doing so. Names are kept in English: a scheme is named as the exam is."""
    with translation.override("en"):
        name = str(preset.name)
    if Scheme.objects.current().filter(name__iexact=name).exists():
        name = f"{name} (ClassCrew)"
    try:
        with transaction.atomic():
            scheme = Scheme.objects.create(name=name, preset=preset.code)
            _add_version(scheme, preset.rules, actor=None)
    except IntegrityError:
        return
