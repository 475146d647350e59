"""The ranks of a test: as a list to be narrowed, as CSV and as a workbook. Taking them away is a line of the log."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import activity
from accounts.access import SignedInRequest, role_required
from accounts.limits import limited, person_of
from batches.models import Batch
from coaching.lib.exports import csv_response
from coaching.lib.limits import Limit
from coaching.lib.text import search_text, whole_number
from coaching.lib.workbooks import workbook_response
from exams import result_ranks
from exams.models import ResultVersion, Test
from exams.result_reading import ResultOutline
from exams.result_views import with_results
from exams.result_words import section_title
from exams.test_views import MAKE_TESTS

MOST_VERSIONS = 99_999
EXPORTS = Limit("exports of results per person", tries=30, per_s=600)


class Wanted:
    """The version, the batch and the words, as address or form bring them."""

    def __init__(self, request: SignedInRequest, test: Test, newest: ResultVersion) -> None:
        given = request.POST if request.method == "POST" else request.GET
        number = given.get("version", "")
        self.version = self._version(test, number) if number else newest
        self.is_old = self.version.pk != newest.pk
        self.batches = result_ranks.batches_of(self.version)
        wanted = given.get("batch", "")
        self.batch: Batch | None = next((one for one in self.batches if str(one.uuid) == wanted), None)
        self.words = search_text(given.get("q", ""))

    @staticmethod
    def _version(test: Test, number: str) -> ResultVersion:
        """404 for one there is not."""
        return get_object_or_404(ResultVersion, test=test, number=whole_number(number, most=MOST_VERSIONS))


@role_required(*MAKE_TESTS)
@require_safe
@never_cache
def test_ranks(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Who came where; with `?batch=` in it and in all, `?q=` a name, `?version=` as it stood then."""
    test, newest = with_results(request, public_id)
    asked = Wanted(request, test, newest)
    page = result_ranks.page_of(asked.version, batch=asked.batch, words=asked.words, page=request.GET.get("page"))
    outline = ResultOutline.from_json(asked.version.outline)
    context = {
        "test": test,
        "version": asked.version,
        "newest": newest,
        "asked": asked,
        "page": page,
        "rows": page.object_list,
        "titles": [section_title(one) for one in outline.sections] if len(outline.sections) > 1 else [],
        "has_questions": bool(outline.questions),
    }
    return render(request, "exams/result_ranks.html", context)


@role_required(*MAKE_TESTS)
@require_POST
@never_cache
@limited(EXPORTS, key=person_of)
def test_ranks_csv(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """All ranks, of one batch when it is asked for; with `questions` the marks of each question."""
    name, header, rows, _test = _table(request, public_id)
    return csv_response(f"{name}.csv", header=header, rows=rows)


@role_required(*MAKE_TESTS)
@require_POST
@never_cache
@limited(EXPORTS, key=person_of)
def test_ranks_xlsx(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """The same as a workbook."""
    name, header, rows, test = _table(request, public_id)
    return workbook_response(f"{name}.xlsx", title=test.title, header=header, rows=rows, wide=result_ranks.WIDE)


def _table(request: SignedInRequest, public_id: UUID) -> tuple[str, Iterable[str], Iterator[list[Any]], Test]:
    test, newest = with_results(request, public_id)
    asked = Wanted(request, test, newest)
    version, with_questions = asked.version, "questions" in request.POST
    name = _("%(test)s, ranks") % {"test": test.title}
    name = f"{name}, {asked.batch.name}" if asked.batch else name
    activity.record("results.exported", actor=request.user, on=test, request=request, name=name)
    rows = result_ranks.cells(version, with_questions=with_questions, batch=asked.batch)
    return name, result_ranks.header(version, with_questions=with_questions), rows, test
