"""What is typed about how a suite judges: limits, how outputs are compared, code around a function."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams.judge.suite_checks import (
    LANGUAGE_NAMES,
    is_too_low,
    languages_of,
    seconds,
    suggested_ms,
    tolerance_of,
    why_unfit,
)
from exams.judge.suite_forms import RawText, SuiteForm
from exams.models import CodeSuite
from exams.models.coding import LANGUAGES, MOST_CPU_MS, MOST_MEMORY_MB

MOST_FRAME = 32 * 1024


class LimitsForm(SuiteForm):
    """Time in seconds before a language's factor. `needed`: ms of the slowest right solution, 0 when none is known."""

    seconds = forms.DecimalField(
        label=gettext_lazy("Time, s"),
        max_digits=6,
        decimal_places=3,
        min_value=Decimal("0.1"),
        max_value=Decimal(MOST_CPU_MS) / 1000,
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal"}),
    )
    memory_mb = forms.IntegerField(label=gettext_lazy("Memory, MB"), min_value=16, max_value=MOST_MEMORY_MB)

    def __init__(self, *args: Any, suite: CodeSuite, needed: float = 0, **kwargs: Any) -> None:
        super().__init__(*args, suite=suite, **kwargs)
        self.needed = needed
        self.initial.update(seconds=seconds(suite.cpu_ms), memory_mb=suite.memory_mb)

    def clean_seconds(self) -> int:
        """In ms."""
        ms: int = round(self.cleaned_data["seconds"] * 1000)
        if is_too_low(ms, self.needed):
            words = _("Less than twice what the slowest right solution needed. %(seconds)s s would do.")
            raise ValidationError(words % {"seconds": seconds(suggested_ms(self.needed))})
        return ms


class CompareForm(SuiteForm):
    """How an output is compared with the right one."""

    checker = forms.ChoiceField(label=gettext_lazy("Checker"), choices=CodeSuite.Checker.choices)
    tolerance = forms.CharField(
        label=gettext_lazy("How far a number may be off"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("Like 1e-6 or 0.01, absolute or relative."),
    )
    is_case_sensitive = forms.BooleanField(label=gettext_lazy("Capitals matter"), required=False)
    checker_language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=[("", gettext_lazy("Choose")), *LANGUAGES], required=False
    )
    checker_source = RawText(
        label=gettext_lazy("Own checker"),
        rows=10,
        help_text=gettext_lazy(
            "It reads three lengths on one line, then input, output and right output; it writes a score from 0 to 1, "
            "then a message if it likes."
        ),
    )

    def __init__(self, *args: Any, suite: CodeSuite, **kwargs: Any) -> None:
        super().__init__(*args, suite=suite, **kwargs)
        names = ("checker", "tolerance", "is_case_sensitive", "checker_language", "checker_source")
        self.initial.update({name: getattr(suite, name) for name in names})

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["tolerance"] = (given.get("tolerance") or "").strip() or self.suite.tolerance
        match given.get("checker"):
            case CodeSuite.Checker.FLOAT if not tolerance_of(given["tolerance"]):
                self.add_error("tolerance", _("Write it like 1e-6 or 0.01: above 0 and below 1."))
            case CodeSuite.Checker.CUSTOM:
                if not given.get("checker_language"):
                    self.add_error("checker_language", _("Choose the language of your checker."))
                if "checker_source" in given and (why := why_unfit(given["checker_source"])):
                    self.add_error("checker_source", why)
        return given

    def to(self) -> dict[str, Any]:
        """For a form without errors. Only an own checker names a language: no machine has to know it else."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "revision"}
        return given if given["checker"] == CodeSuite.Checker.CUSTOM else given | {"checker_language": ""}


class StyleForm(SuiteForm):
    """Whole programs or functions, and for each language the code around and what stands in the editor at first."""

    style = forms.ChoiceField(label=gettext_lazy("What is written"), choices=CodeSuite.Style.choices)

    def __init__(self, *args: Any, suite: CodeSuite, **kwargs: Any) -> None:
        super().__init__(*args, suite=suite, **kwargs)
        self.initial["style"] = suite.style
        known = [one for one, _name in LANGUAGES if one in suite.frames]
        self.languages = list(dict.fromkeys([*languages_of(suite.question), *known]))
        labels = {"before": _("Before it"), "start": _("In the editor at first"), "after": _("After it")}
        for language in self.languages:
            for part, label in labels.items():
                name = f"{language}_{part}"
                self.fields[name] = RawText(label=label, rows=5, max_length=MOST_FRAME)
                self.initial[name] = (suite.frames.get(language) or {}).get(part, "")

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Each language by name, with its fields."""
        names = ("before", "start", "after")
        return [(LANGUAGE_NAMES[one], [self[f"{one}_{part}"] for part in names]) for one in self.languages]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name, value in given.items():
            if isinstance(value, str) and "\0" in value:
                self.add_error(name, _("The program holds a NUL character."))
        return given

    def frames(self) -> dict[str, dict[str, str]]:
        """For a form without errors; languages without a word are left out."""
        given, made = self.cleaned_data, {}
        for one in self.languages:
            frame = {part: given[f"{one}_{part}"] for part in ("before", "start", "after")}
            if given["style"] == CodeSuite.Style.PROGRAM:
                frame = {"start": frame["start"]}
            made[one] = {part: code for part, code in frame.items() if code.strip()}
        return {one: frame for one, frame in made.items() if frame}
