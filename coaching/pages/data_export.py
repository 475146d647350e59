"""A person's own copy of everything that is kept about him: one ZIP with pages to read, tables and JSON.

Each area gives its sections; the content of files is not in it, people download that from My files.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import consents
from accounts import own_copy as accounts_copy
from accounts.access import SignedInRequest, recent_sign_in_required, signed_in
from accounts.activity import record
from accounts.limits import limited, person_of
from accounts.models import User
from attendance import own_copy as attendance_copy
from batches import own_copy as batches_copy
from coaching.lib.archives import Member, zip_response
from coaching.lib.clock import moment_text
from coaching.lib.errors import NotAllowed
from coaching.lib.exports import BOM, safe_cell
from coaching.lib.limits import Limit
from coaching.lib.offers import Section
from dfs import own_copy as dfs_copy
from exams import own_copy as exams_copy
from fees import own_copy as fees_copy

AREAS: tuple[Callable[[User], list[Section]], ...] = (
    accounts_copy.export,
    batches_copy.export,
    attendance_copy.export,
    dfs_copy.export,
    exams_copy.export,
    fees_copy.export,
)
DATA_EXPORT = Limit("copy of the own data per person", tries=5, per_s=600)
LOOK = b"""body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: start; vertical-align: top; padding: .4rem .6rem;
border-bottom: 1px solid #ccc; overflow-wrap: anywhere; }
"""


@signed_in
@require_POST
@recent_sign_in_required
@limited(DATA_EXPORT, key=person_of)
def data_export(request: SignedInRequest) -> HttpResponseBase:
    """My own copy, or with `person` in the form that of a child under 18. Taking it is a line of the log."""
    person = _whose(request)
    sections = [section for export in AREAS for section in export(person)]
    with transaction.atomic():
        record("person.exported", actor=request.user, subject=person, on=person, request=request)
    name = f"{slugify(person.name) or 'copy'}-{timezone.localdate():%Y-%m-%d}.zip"
    return zip_response(name, members(person, sections))


def _whose(request: HttpRequest) -> User:
    """Raises: Http404 for somebody else, NotAllowed for a child who is grown up."""
    user: User = request.user  # type: ignore[assignment]
    wanted = request.POST.get("person")
    if not wanted or wanted == str(user.uuid):
        return user
    known = {str(one.uuid): one.pk for one in consents.own_and_children(user)}
    person: User = get_object_or_404(User, pk=known.get(wanted))
    if not person.is_minor(on=timezone.localdate()):
        raise NotAllowed(_("From 18 on only the person takes this copy."))
    return person


def members(person: User, sections: list[Section]) -> Iterator[Member]:
    """The files of the archive; rows are read one section after the other."""
    yield "look.css", [LOOK]
    context = {"person": person, "sections": sections, "made_at": timezone.now()}
    yield "index.html", [render_to_string("pages/own_copy.html", context).encode()]
    for section in sections:
        rows = list(section.rows)
        yield f"{section.key}.html", [_page(section, rows)]
        yield f"tables/{section.key}.csv", _table(section, rows)
        yield f"json/{section.key}.json", [_json(section, rows)]


def _page(section: Section, rows: list[tuple[Any, ...]]) -> bytes:
    shown = [[_words(value) for value in row] for row in rows]
    return render_to_string("pages/own_copy_section.html", {"section": section, "rows": shown}).encode()


def _table(section: Section, rows: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
    yield BOM.encode()
    for row in (section.header, *rows):
        line = io.StringIO()
        csv.writer(line).writerow([safe_cell(_iso(value)) for value in row])
        yield line.getvalue().encode()


def _json(section: Section, rows: list[tuple[Any, ...]]) -> bytes:
    plain = {
        "title": section.title,
        "header": list(section.header),
        "rows": [[_iso(value) for value in row] for row in rows],
    }
    return json.dumps(plain, ensure_ascii=False, indent=1).encode()


def _iso(value: Any) -> Any:
    """Instants and days as text every program reads, with the institute's offset; all else as it is."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return moment_text(value)
    return date_format(value, "j M Y") if isinstance(value, date) else str(value)
