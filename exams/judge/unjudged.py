"""What staff should know of a test with questions to program: which of them only people mark. Hinders nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from exams.content import Kind
from exams.judge import hosts, suites
from exams.judge.suite_checks import LANGUAGE_NAMES
from exams.models import ExamQuestion, Test


@dataclass(frozen=True, slots=True)
class Warned:
    """`url` is where something can be done about it, "" for nowhere here."""

    words: str
    url: str = ""


def of_page(test: Test, *, now: datetime) -> dict[str, Any]:
    """What the page of a test says of programs: `warnings`, and whether it `has_programs`."""
    is_coded = test.questions.filter(question__kind=Kind.CODING).exists()
    return {"has_programs": is_coded, "warnings": warnings_of(test, now=now) if is_coded else []}


def warnings_of(test: Test, *, now: datetime) -> list[Warned]:
    """In the order of the paper. A query for a test without such questions, else two or three."""
    if test.is_on_paper:
        return []
    order = ("section__position", "section_id", "position", "pk")
    kinds = list(test.questions.order_by(*order).values_list("pk", "question__kind"))
    numbers = {pk: at for at, (pk, kind) in enumerate(kinds, start=1) if kind == Kind.CODING}
    if not numbers:
        return []
    placed = list(ExamQuestion.objects.filter(pk__in=numbers).select_related("question", "version").order_by(*order))
    used = suites.suites_in_use(one.question_id for one in placed)
    found = [_without_tests(numbers[one.pk], one) for one in placed if one.question_id not in used]
    return [*found, *(_without_judge([one for one in placed if one.question_id in used], now) if used else [])]


def _without_tests(number: int, one: ExamQuestion) -> Warned:
    words = _("Programs of question %(number)d are marked by people: it has no tests in use.")
    return Warned(words % {"number": number}, reverse("question_tests", args=[one.question.uuid]))


def _without_judge(placed: list[ExamQuestion], now: datetime) -> list[Warned]:
    """The judge is off, or does not know a language that may be written."""
    judge = hosts.judge_state(now)
    if not judge.is_on:
        words = _("Programs are not judged now; they are kept and wait for the judge. %(reason)s")
        return [Warned(words % {"reason": judge.reason})]
    allowed = {name: label for one in placed for name, label in _languages(one)}
    missing = [label for name, label in sorted(allowed.items()) if name not in judge.languages]
    if not missing:
        return []
    words = _("No machine that judges can run %(languages)s: such programs wait for one.")
    return [Warned(words % {"languages": ", ".join(missing)})]


def _languages(one: ExamQuestion) -> list[tuple[str, str]]:
    return [(name, LANGUAGE_NAMES.get(name, name)) for name in one.version.body.get("languages") or ()]
