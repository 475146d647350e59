"""What is typed about a section of a paper, and which questions of the bank are looked for."""

import uuid
from dataclasses import replace
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.question_forms import FormKey
from batches.models import Subject
from coaching.lib.errors import DomainError
from coaching.lib.text import one_line
from exams import papers, scheme_book
from exams.blueprints import MOST_CELLS, Cell, of
from exams.content import Kind
from exams.grading import plain
from exams.models import Difficulty, Question, Section, Tag, Test, Topic
from exams.models.bank import KINDS
from exams.models.papers import AnyRule
from exams.models.tests import MOST_MINUTES
from exams.papers import SectionDetails
from exams.placing import MOST_QUESTIONS

TITLE_LENGTH = 120
SPARE_CELLS = 3
OF_WRITING = ("scheme", "duration_min", "answers_count", "any_rule")
"""What is asked of a section that is written here only."""
OF_MARKS = ("full_marks",)
"""What is asked of one on paper only."""
KIND_CHOICES = [(kind.value, name) for kind, name in KINDS.items() if kind is not Kind.PASSAGE]


def _number(label: Any, *, empty: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=most, help_text=empty)


def _any(label: Any, choices: Any = (), *, coerce: Any = str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, required=False, coerce=coerce, empty_value=None, choices=[("", gettext_lazy("Any")), *choices]
    )


class SectionForm(forms.Form):
    """A section without its questions."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=TITLE_LENGTH)
    title_hi = forms.CharField(label=gettext_lazy("Title in Hindi"), max_length=TITLE_LENGTH, required=False)
    subject = forms.TypedChoiceField(label=gettext_lazy("Subject"), required=False, coerce=int, empty_value=None)
    scheme = forms.TypedChoiceField(label=gettext_lazy("Marking scheme"), required=False, coerce=int, empty_value=None)
    duration_min = _number(
        gettext_lazy("Minutes of its own"),
        empty=gettext_lazy("Empty: the time of the test. Either all sections have some or none."),
        most=MOST_MINUTES,
    )
    answers_count = _number(
        gettext_lazy("Answers that count"), empty=gettext_lazy("As in “any 5 of 10”. Empty: all."), most=MOST_QUESTIONS
    )
    any_rule = forms.ChoiceField(label=gettext_lazy("Which of them"), choices=AnyRule.choices, initial=AnyRule.FIRST)
    full_marks = forms.DecimalField(
        label=gettext_lazy("Full marks"), required=False, min_value=1, max_digits=6, decimal_places=2
    )
    section_uuid = FormKey(required=False)

    def __init__(self, posted: Any = None, *, test: Test, section: Section | None = None) -> None:
        shown = papers.of(section) if section else None
        initial = {name: getattr(shown, name) for name in SectionDetails.__slots__} if shown else None
        super().__init__(posted, initial=initial)
        self.initial.setdefault("section_uuid", uuid.uuid4())
        if shown and shown.full_marks is not None:
            self.initial["full_marks"] = plain(shown.full_marks)
        subjects = list(Subject.objects.order_by("name").values_list("pk", "name"))
        cast("forms.ChoiceField", self.fields["subject"]).choices = [("", _("None")), *subjects]
        cast("forms.ChoiceField", self.fields["scheme"]).choices = _schemes(test, section)
        self._was = shown
        for name in OF_WRITING if test.is_on_paper else OF_MARKS:
            del self.fields[name]
        if test.is_on_paper:
            self.fields["full_marks"].required = True

    def clean_title(self) -> str:
        title = one_line(self.cleaned_data["title"], at_most=TITLE_LENGTH)
        if not title:
            raise ValidationError(_("Give it a title."))
        return title

    def clean_title_hi(self) -> str:
        return one_line(self.cleaned_data["title_hi"], at_most=TITLE_LENGTH)

    def details(self) -> SectionDetails:
        """What was typed; what is not asked of a test like this stays as it was."""
        typed = {name: self.cleaned_data[name] for name in SectionDetails.__slots__ if name in self.fields}
        return replace(self._was, **typed) if self._was else SectionDetails(**typed)

    def refuse(self, error: DomainError) -> None:
        field = getattr(error, "field", "")
        self.add_error(field if field in self.fields else None, error.message)


def _schemes(test: Test, section: Section | None) -> list[tuple[Any, str]]:
    found: list[tuple[Any, str]] = [("", _("That of the test: %(name)s") % {"name": test.scheme.scheme.name})]
    found += [(one.newest_id, one.name) for one in scheme_book.schemes().order_by("name", "pk") if one.newest_id]
    own = section.scheme if section else None
    if own and own.pk not in dict(found):
        words = _("%(name)s, version %(number)d as it was chosen")
        found.append((own.pk, words % {"name": own.scheme.name, "number": own.number}))
    return found


class CellForm(forms.Form):
    """A line of a blueprint; without a number it is none."""

    count = forms.IntegerField(label=gettext_lazy("How many"), required=False, min_value=1, max_value=200, help_text="")
    subject = _any(gettext_lazy("Subject"), coerce=int)
    topic = _any(gettext_lazy("Topic"), coerce=int)
    difficulty = _any(gettext_lazy("Difficulty"), Difficulty.choices)
    kind = _any(gettext_lazy("Kind"), KIND_CHOICES)
    tag = _any(gettext_lazy("Tag"), coerce=int)

    def __init__(self, *args: Any, offered: "Offered", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = offered
        for name in ("subject", "topic", "tag"):
            cast("forms.ChoiceField", self.fields[name]).choices = [("", _("Any")), *getattr(offered, f"{name}s")]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        topic, subject = given.get("topic"), given.get("subject")
        if topic and subject and self._offered.subject_of.get(topic) != subject:
            self.add_error("topic", _("This topic is of another subject."))
        if not given.get("count") and any(given.get(name) for name in self.fields) and "count" not in self.errors:
            self.add_error("count", _("Say how many, or choose nothing else in this line."))
        return given

    def cell(self) -> Cell | None:
        given = self.cleaned_data
        if not given.get("count"):
            return None
        return Cell(
            given["count"],
            given["subject"],
            given["topic"],
            given["difficulty"] or "",
            given["kind"] or "",
            given["tag"],
        )


CellForms = forms.formset_factory(CellForm, extra=SPARE_CELLS, max_num=MOST_CELLS, absolute_max=MOST_CELLS * 2)


class Offered:
    """What lines of a blueprint, and who looks for questions, choose among. Three queries."""

    def __init__(self) -> None:
        self.subjects = list(Subject.objects.order_by("name").values_list("pk", "name"))
        rows = list(Topic.objects.values_list("pk", "name", "subject", "subject__name"))
        self.subject_of = {pk: subject for pk, _name, subject, _of in rows}
        groups: dict[str, list[tuple[int, str]]] = {}
        for pk, name, _subject, of_subject in rows:
            groups.setdefault(of_subject, []).append((pk, name))
        self.topics = list(groups.items())
        self.tags = list(Tag.objects.values_list("pk", "name"))


def cell_forms(posted: Any, section: Section) -> Any:
    """The blueprint's lines as they are and some empty ones, or what was sent, whatever was there before."""
    if posted is not None:
        return CellForms(posted, prefix="cells", form_kwargs={"offered": Offered()})
    rows = [of(one) for one in section.blueprint.order_by("pk")]
    initial = [{name: getattr(one, name) for name in Cell.__slots__} for one in rows]
    return CellForms(prefix="cells", initial=initial, form_kwargs={"offered": Offered()})


def cells_in(lines: Any) -> list[Cell]:
    """What was typed, of a valid set of lines."""
    return [cell for cell in (one.cell() for one in lines) if cell]


class FindForm(forms.Form):
    """Which questions of the bank to look at."""

    q = forms.CharField(label=gettext_lazy("Words or number"), required=False, max_length=100)
    subject = _any(gettext_lazy("Subject"), coerce=int)
    topic = _any(gettext_lazy("Topic"), coerce=int)
    difficulty = _any(gettext_lazy("Difficulty"), Difficulty.choices)
    kind = _any(gettext_lazy("Kind"), [*KIND_CHOICES, (Kind.PASSAGE.value, KINDS[Kind.PASSAGE])])
    tag = _any(gettext_lazy("Tag"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Offered()
        for name in ("subject", "topic", "tag"):
            cast("forms.ChoiceField", self.fields[name]).choices = [("", _("Any")), *getattr(offered, f"{name}s")]

    def found(self, user: User) -> QuerySet[Question]:
        """Current questions he may use; what cannot be understood is left aside."""
        rows = Question.objects.for_user(user).current().filter(newest__isnull=False)
        given = self.cleaned_data if self.is_valid() else {}
        for name in ("subject", "topic", "difficulty", "kind"):
            if given.get(name):
                rows = rows.filter(**{name: given[name]})
        if given.get("tag"):
            rows = rows.filter(tags=given["tag"])
        return rows.search(given.get("q") or "")

    @property
    def is_narrowed(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.fields) if self.is_valid() else False
