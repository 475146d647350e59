"""What is typed about a test: for whom, when, under which rules."""

import uuid
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.question_forms import FormKey
from batches.models import Batch
from coaching.lib.clock import moment_text
from coaching.lib.errors import DomainError
from coaching.lib.text import one_line
from exams import scheme_book, test_details
from exams.models import Test
from exams.models.tests import MOST_MINUTES, Counted, FocusAction, Release
from exams.test_details import PLAIN, TestDetails
from exams.tests_made import TITLE_LENGTH, TestChangedMeanwhile

YEARS_AROUND = 5
MOMENTS = ("opens_at", "closes_at", "results_at", "solutions_at")
MINUTE = "%Y-%m-%dT%H:%M"


class Moment(forms.DateTimeField):
    """A day and a clock time in the institute's zone."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE)
    default_error_messages = {"invalid": gettext_lazy("Choose a day and a time.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, input_formats=[MINUTE, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"], **options)

    def clean(self, value: Any) -> datetime | None:
        try:
            found: datetime | None = super().clean(value)
        except OverflowError:
            raise ValidationError(_("Look at the year.")) from None
        if found and abs(found.year - timezone.now().year) > YEARS_AROUND:
            raise ValidationError(_("Look at the year."))
        return found


def _release(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=Release.choices, initial=Release.AT_CLOSE)


def _instructions(label: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(label=label, max_length=5000, required=False, widget=widget)


class TestForm(forms.Form):
    """All of a test but its paper. `theirs` says, after somebody else saved first, what is there now."""

    __test__ = False

    title = forms.CharField(label=gettext_lazy("Title"), max_length=TITLE_LENGTH)
    batches = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Batches"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    opens_at = Moment(label=gettext_lazy("Opens"))
    closes_at = Moment(label=gettext_lazy("Closes"))
    duration_min = forms.IntegerField(
        label=gettext_lazy("Minutes to write"),
        required=False,
        min_value=1,
        max_value=MOST_MINUTES,
        help_text=gettext_lazy("Empty: until it closes. Nobody writes past the closing."),
    )
    scheme = forms.TypedChoiceField(label=gettext_lazy("Marking scheme"), coerce=int)
    is_on_paper = forms.BooleanField(
        label=gettext_lazy("Written on paper"),
        required=False,
        help_text=gettext_lazy("Nobody writes it here; you enter the marks of each section."),
    )
    most_attempts = forms.IntegerField(label=gettext_lazy("Attempts allowed"), min_value=1, max_value=20, initial=1)
    counted_attempt = forms.ChoiceField(
        label=gettext_lazy("Attempt that counts"),
        choices=Counted.choices,
        initial=Counted.BEST,
        required=False,
        help_text=gettext_lazy("Where a student may write it several times."),
    )
    leaderboard_size = forms.IntegerField(
        label=gettext_lazy("Places on the leaderboard"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=gettext_lazy("Empty: there is none. Only students who agreed are named."),
    )
    access_code = forms.CharField(
        label=gettext_lazy("Access code"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Said in the room. Empty: none."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    shuffles_questions = forms.BooleanField(
        label=gettext_lazy("Shuffle questions within sections"), required=False, initial=True
    )
    shuffles_options = forms.BooleanField(label=gettext_lazy("Shuffle options"), required=False, initial=True)
    instructions = _instructions(gettext_lazy("Instructions in English"))
    instructions_hi = _instructions(gettext_lazy("Instructions in Hindi"))
    results_release = _release(gettext_lazy("Marks are shown"))
    results_at = Moment(label=gettext_lazy("Marks from"))
    solutions_release = _release(gettext_lazy("Solutions are shown"))
    solutions_at = Moment(label=gettext_lazy("Solutions from"))
    focus_limit = forms.IntegerField(
        label=gettext_lazy("Times a student may leave the test"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=gettext_lazy("Empty: only noted. A call or a locked screen counts, too."),
    )
    focus_action = forms.ChoiceField(
        label=gettext_lazy("After that"), choices=FocusAction.choices, initial=FocusAction.NOTE
    )
    asks_fullscreen = forms.BooleanField(label=gettext_lazy("Ask for the full screen"), required=False)
    logs_paste = forms.BooleanField(label=gettext_lazy("Note what is pasted"), required=False)
    test_uuid = FormKey(required=False)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    theirs: list[tuple[str, str]] = []

    def __init__(self, posted: Any = None, *, teacher: User, test: Test | None = None) -> None:
        self.test = test
        self.shown = test_details.of(test) if test else None
        super().__init__(posted, initial=_initial(test, self.shown) if test and self.shown else None)
        self._batches = _batches(teacher, self.shown)
        self._schemes = _schemes(test)
        cast("forms.ChoiceField", self.fields["batches"]).choices = self._batches
        cast("forms.ChoiceField", self.fields["scheme"]).choices = self._schemes
        if not test:
            self.initial["test_uuid"] = uuid.uuid4()
            self.initial["scheme"] = scheme_book.default_version().pk

    def clean_title(self) -> str:
        title = one_line(self.cleaned_data["title"], at_most=TITLE_LENGTH)
        if not title:
            raise ValidationError(_("Give it a title."))
        return title

    def clean_access_code(self) -> str:
        return one_line(self.cleaned_data["access_code"], at_most=20)

    def clean_counted_attempt(self) -> str:
        """Left out where there is one attempt only: as it was."""
        was = self.shown.counted_attempt if self.shown else Counted.BEST.value
        return self.cleaned_data["counted_attempt"] or was

    def clean_revision(self) -> int:
        """What the page showed; of nothing, nothing that ever was."""
        return self.cleaned_data["revision"] or -1

    def details(self) -> TestDetails:
        """What was typed. A time of release is kept only where it is asked for."""
        given = {name: self.cleaned_data[name] for name in PLAIN}
        for name in ("results", "solutions"):
            if given[f"{name}_release"] != Release.ON_DATE:
                given[f"{name}_at"] = None
        for name in MOMENTS:
            given[name] = self._to_the_second(name, given[name])
        return TestDetails(**given, scheme=self.cleaned_data["scheme"], batches=frozenset(self.cleaned_data["batches"]))

    def _to_the_second(self, name: str, typed: datetime | None) -> datetime | None:
        """The form shows minutes: a time that was left as it stood keeps its seconds, and so is not changed."""
        was: datetime | None = getattr(self.shown, name) if self.shown else None
        return was if was and typed == was.replace(second=0, microsecond=0) else typed

    def refuse(self, error: DomainError) -> None:
        """Show at its field what a service refused; after another's saving, what is there now."""
        if isinstance(error, TestChangedMeanwhile):
            again = cast("QueryDict", self.data).copy()
            again["revision"] = str(error.revision)
            self.data = again
            names = test_details.differing(self.details(), error.now_is)
            self.theirs = [(str(self.fields[name].label), self.words_of(error.now_is, name)) for name in names]
            return
        field = getattr(error, "field", "")
        self.add_error(field if field in self.fields else None, error.message)

    def words_of(self, what: TestDetails, name: str) -> str:
        """A field as somebody reads it."""
        value = getattr(what, name)
        if name == "batches":
            names = dict(self._batches)
            return ", ".join(names.get(pk, "?") for pk in sorted(value)) or _("nothing")
        if name == "scheme":
            return dict(self._schemes).get(value, "?")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, datetime):
            return moment_text(value)
        field = self.fields[name]
        said = dict(cast("Any", field).choices).get(value, value) if isinstance(field, forms.ChoiceField) else value
        return str(said) if said not in ("", None) else _("nothing")


def _initial(test: Test, shown: TestDetails) -> dict[str, Any]:
    plain = {name: getattr(shown, name) for name in PLAIN}
    return plain | {"scheme": shown.scheme, "batches": sorted(shown.batches), "revision": test.revision}


def _batches(teacher: User, shown: TestDetails | None) -> list[tuple[int, str]]:
    """Those he teaches, and those that write it already."""
    offered = Batch.objects.editable_by(teacher).current() | Batch.objects.filter(pk__in=shown.batches if shown else [])
    return list(offered.order_by("name", "pk").values_list("pk", "name").distinct())


def _schemes(test: Test | None) -> list[tuple[int, str]]:
    """The newest version of each, and the one it has."""
    found = [(one.newest_id, one.name) for one in scheme_book.schemes().order_by("name", "pk") if one.newest_id]
    if test and test.scheme_id not in dict(found):
        words = _("%(name)s, version %(number)d as it was chosen")
        found.insert(0, (test.scheme_id, words % {"name": test.scheme.scheme.name, "number": test.scheme.number}))
    return found
