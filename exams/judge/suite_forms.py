"""What is typed about a suite: tests, groups, solutions, a zip of tests. `suite_rule_forms` has the rest.

Programs and tests are bytes: a browser sends line ends as CR LF, which become LF here; what is chosen as a file is
taken as it is. Each form carries the `revision` of the draft it was opened with.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.lib.errors import DomainError
from coaching.lib.text import one_line
from exams.judge.suite_checks import languages_of, why_unfit
from exams.judge.suite_editor import MOST_POINTS, Written
from exams.judge.suite_zips import MOST_ZIP
from exams.models import CodeGroup, CodeSolution, CodeSuite, CodeTest
from exams.models.coding import LANGUAGES
from exams.sandbox.protocol import MOST_INPUT, MOST_SOURCE

IN_PAGE = 64 * 1024
"""So many bytes of an input or output can be written in the page; what is longer is a file."""
MOST_REVISION = 2_000_000_000
_CODE = {"spellcheck": "false", "autocapitalize": "none", "autocomplete": "off", "wrap": "off", "class": "code"}


def code_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={**_CODE, "rows": rows})


def typed_text(typed: str) -> str:
    """With the line ends of programs."""
    return typed.replace("\r\n", "\n")


def is_text(content: bytes) -> bool:
    """Whether a browser can show it and send it back as it is."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return len(content) <= IN_PAGE and "\0" not in text and "\r" not in text


class RawText(forms.CharField):
    """Text as it was typed, with its blanks and line ends."""

    def __init__(self, *, rows: int = 8, **options: Any) -> None:
        super().__init__(required=False, strip=False, widget=code_area(rows), **options)

    def clean(self, value: Any) -> str:
        text = typed_text(super().clean(value) or "")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValidationError(_("This holds halves of characters.")) from None
        return text


class SuiteForm(forms.Form):
    """A form of a draft; `refuse` shows what a service said."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_REVISION)

    def __init__(self, *args: Any, suite: CodeSuite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suite = suite
        self.initial.setdefault("revision", suite.revision)

    @property
    def seen(self) -> int:
        return int(self.cleaned_data["revision"])

    def refuse(self, error: DomainError) -> None:
        """Show the refusal; sent again it is for the revision that is there now."""
        field = getattr(error, "field", "")
        self.add_error(field if field in self.fields else None, error.message)
        data = dict(self.data.items())
        data["revision"] = str(CodeSuite.objects.filter(pk=self.suite.pk).values_list("revision", flat=True).first())
        self.data = data


class TestForm(SuiteForm):
    """One test. `is_kept`: input or output that cannot stand in the page stays unless another file is chosen."""

    __test__ = False

    group = forms.ModelChoiceField(CodeGroup.objects.none(), label=gettext_lazy("Group"), empty_label=None)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("For you: what it tries. “one chapter, too long”, say."),
    )
    points = forms.DecimalField(
        label=gettext_lazy("Points"), max_digits=6, decimal_places=2, min_value=Decimal(0), max_value=MOST_POINTS
    )
    stdin = RawText(label=gettext_lazy("Input"))
    stdin_file = forms.FileField(label=gettext_lazy("Input as a file"), required=False, allow_empty_file=True)
    answer = RawText(label=gettext_lazy("Output that is right"))
    answer_file = forms.FileField(
        label=gettext_lazy("Output that is right, as a file"), required=False, allow_empty_file=True
    )
    explanation = forms.CharField(
        label=gettext_lazy("Explanation"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Shown to students below a sample."),
    )

    def __init__(
        self,
        *args: Any,
        suite: CodeSuite,
        test: CodeTest | None = None,
        had: tuple[bytes, bytes] = (b"", b""),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, suite=suite, **kwargs)
        groups = self.fields["group"]
        assert isinstance(groups, forms.ModelChoiceField)  # noqa: S101
        groups.queryset = suite.groups.order_by("position", "pk")
        self.test, self.had = test, dict(zip(("stdin", "answer"), had, strict=True))
        self.kept = [name for name, content in self.had.items() if not is_text(content)]
        for name in self.kept:
            del self.fields[name]
        if test:
            shown: dict[str, Any] = {name: self.had[name].decode() for name in self.had if name not in self.kept}
            named = {"group": test.group_id, "name": test.name, "points": test.points}
            self.initial.update(shown | named | {"explanation": test.explanation})
        else:
            self._suggest()

    def _suggest(self) -> None:
        """A new test goes into the last group, unless one was asked for, with the points of the test before it."""
        groups = list(self.suite.groups.order_by("position", "pk"))
        chosen = next((one for one in groups if str(one.pk) == self.initial.get("group")), None)
        group = chosen or (groups[-1] if groups else None)
        if group:
            last = group.tests.order_by("position").last()
            usual = Decimal(0) if group.is_sample else Decimal(1)
            self.initial.update(group=group.pk, points=last.points if last else usual)

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"], at_most=80)

    def clean_explanation(self) -> str:
        return one_line(self.cleaned_data["explanation"], at_most=500)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in self.had:
            sent = given.get(f"{name}_file")
            if sent and sent.size > MOST_INPUT:
                self.add_error(f"{name}_file", _("This file is too large: 8 MB are the most."))
        if not self.errors and not self._content("answer") and self.suite.checker != CodeSuite.Checker.CUSTOM:
            self.add_error(
                "answer" if "answer" in self.fields else "answer_file",
                _("Write the output that is right."),
            )
        return given

    def written(self) -> Written:
        """For a form without errors."""
        given = self.cleaned_data
        return Written(
            stdin=self._content("stdin"),
            answer=self._content("answer"),
            points=given["points"],
            name=given["name"],
            explanation=given["explanation"],
        )

    def _content(self, name: str) -> bytes:
        sent = self.cleaned_data.get(f"{name}_file")
        if sent:
            sent.seek(0)
            return bytes(sent.read())
        if name in self.kept:
            return self.had[name]
        return str(self.cleaned_data.get(name, "")).encode()


class GroupForm(SuiteForm):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=80)
    is_sample = forms.BooleanField(label=gettext_lazy("Samples: students see input and output"), required=False)
    rule = forms.ChoiceField(label=gettext_lazy("Rule"), choices=CodeGroup.Rule.choices, initial=CodeGroup.Rule.EACH)
    points_each = forms.DecimalField(
        label=gettext_lazy("Points of each test"),
        required=False,
        max_digits=6,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=MOST_POINTS,
        help_text=gettext_lazy("Empty: each test keeps its own."),
    )

    def __init__(self, *args: Any, suite: CodeSuite, group: CodeGroup | None = None, **kwargs: Any) -> None:
        super().__init__(*args, suite=suite, **kwargs)
        self.group = group
        if group:
            self.initial.update(title=group.title, is_sample=group.is_sample, rule=group.rule)

    def clean_title(self) -> str:
        title = one_line(self.cleaned_data["title"], at_most=80)
        if not title:
            raise ValidationError(_("Write a title."))
        others = self.suite.groups.exclude(pk=self.group.pk) if self.group else self.suite.groups.all()
        if others.filter(title=title).exists():
            raise ValidationError(_("There is a group of this title already."))
        return title


class SolutionForm(SuiteForm):
    name = forms.CharField(
        label=gettext_lazy("File"), max_length=80, help_text=gettext_lazy("Like window.py or greedy.cpp.")
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)
    expects = forms.ChoiceField(
        label=gettext_lazy("Wanted"), choices=CodeSolution.Expects.choices, initial=CodeSolution.Expects.PASS
    )
    source = RawText(label=gettext_lazy("Program"), rows=18)
    source_file = forms.FileField(label=gettext_lazy("Program as a file"), required=False, allow_empty_file=True)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("“slow on purpose”, say."),
    )

    def __init__(self, *args: Any, suite: CodeSuite, solution: CodeSolution | None = None, **kwargs: Any) -> None:
        super().__init__(*args, suite=suite, **kwargs)
        if solution:
            names = ("name", "language", "expects", "source", "note")
            self.initial.update({name: getattr(solution, name) for name in names})
        elif languages := languages_of(suite.question):
            self.initial.setdefault("language", languages[0])

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"], at_most=80)
        if not name:
            raise ValidationError(_("Write a name."))
        return name

    def clean_note(self) -> str:
        return one_line(self.cleaned_data["note"], at_most=200)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if sent := given.get("source_file"):
            given["source"] = self._from_file(sent)
        if "source" in given and not self.has_error("source_file") and (why := why_unfit(given["source"])):
            self.add_error("source", why)
        return given

    def _from_file(self, sent: Any) -> str:
        if sent.size > MOST_SOURCE:
            self.add_error("source_file", _("The program is longer than 64 KB."))
            return ""
        try:
            return typed_text(sent.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("source_file", _("The file is not UTF-8 text."))
            return ""

    def to(self) -> dict[str, Any]:
        """For a form without errors: what the row will say."""
        return {name: self.cleaned_data[name] for name in ("name", "language", "expects", "source", "note")}


class ZipForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Zip of tests"),
        allow_empty_file=True,
        help_text=gettext_lazy("At most 100 tests, 8 MB a file and 64 MB in all; the zip itself at most 16 MB."),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_ZIP:
            raise ValidationError(_("The zip is too large: 16 MB are the most."))
        return file


class TakeForm(SuiteForm):
    """Into a draft: behind what is there, or in its place."""

    replaces = forms.BooleanField(label=gettext_lazy("In place of all tests that are there"), required=False)
    shown = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
