"""What is typed of a question: its parts, each a form of its own. `exams.bank_editor` puts them together."""

import uuid
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.question_forms import FormKey
from batches.models import Subject
from coaching.lib.text import one_line
from exams.content import CODE_LANGUAGES, MOST_TEXT, Choice, Content, Kind, Number, Picture, Text
from exams.models import Difficulty, Question, Tag, Topic

MOST_ALT = 500
ACCEPT = "image/jpeg,image/png,image/webp"
NUMBERS = 3


def _area(rows: int, tongue: str) -> forms.Textarea:
    return forms.Textarea({"rows": rows, "lang": tongue, "autocomplete": "off", "data-preview": ""})


class MarkupField(forms.CharField):
    """Markup in one language, as long as a question may be; NUL and the like are left out where it is kept."""

    def __init__(self, label: Any, tongue: str, rows: int = 5) -> None:
        widget = _area(rows, tongue)
        super().__init__(label=label, required=False, max_length=MOST_TEXT, widget=widget, strip=False)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\0", "")


class LineField(forms.CharField):
    """One line of words, without what cannot be seen."""

    def __init__(self, label: Any, *, most: int, tongue: str = "", **more: Any) -> None:
        super().__init__(label=label, required=False, **more)
        self.most = most
        self.widget.attrs |= {"autocomplete": "off", "maxlength": most} | ({"lang": tongue} if tongue else {})

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "", at_most=self.most)


class PictureForm(forms.Form):
    """An image: a new file, or the one that is `kept`, and what it shows in words."""

    file = forms.FileField(
        label=gettext_lazy("Image"), required=False, widget=forms.FileInput({"accept": ACCEPT}), allow_empty_file=True
    )
    kept = forms.UUIDField(required=False, widget=forms.HiddenInput)
    alt_en = LineField(gettext_lazy("What the image shows, English"), most=MOST_ALT, tongue="en")
    alt_hi = LineField(gettext_lazy("What the image shows, Hindi"), most=MOST_ALT, tongue="hi")
    drop = forms.BooleanField(label=gettext_lazy("Take the image out"), required=False)

    @property
    def picture(self) -> Picture | None:
        """The image as it is to be kept, None without one."""
        given = self.cleaned_data
        if not given.get("kept") or given.get("drop"):
            return None
        return Picture(str(given["kept"]), Text(given["alt_en"], given["alt_hi"]))

    @property
    def shown(self) -> str:
        """The uuid of the image the page shows beside the form, "" for none."""
        value = self["kept"].value()
        try:
            return str(uuid.UUID(str(value))) if value else ""
        except ValueError:
            return ""


class ChoiceForm(PictureForm):
    """An option, or a row or column of a match. Nothing in it: it is not there."""

    id = forms.CharField(max_length=8, required=False, widget=forms.HiddenInput)
    en = MarkupField(gettext_lazy("English"), "en", rows=1)
    hi = MarkupField(gettext_lazy("Hindi"), "hi", rows=1)
    letter = ""
    columns: list[tuple[str, str, bool]] = []

    @property
    def choice(self) -> Choice | None:
        given = self.cleaned_data
        text = Text(given["en"].strip(), given["hi"].strip())
        return Choice(given["id"], text, self.picture) if text or self.picture else None


class TextsForm(PictureForm):
    """What every question has, and the parts that some kinds have; `QuestionParts` leaves only those of the kind."""

    text_en = MarkupField(gettext_lazy("Text, English"), "en", rows=7)
    text_hi = MarkupField(gettext_lazy("Text, Hindi"), "hi", rows=7)
    solution_en = MarkupField(gettext_lazy("Solution, English"), "en")
    solution_hi = MarkupField(gettext_lazy("Solution, Hindi"), "hi")
    guide_en = MarkupField(gettext_lazy("For who marks it, English"), "en", rows=3)
    guide_hi = MarkupField(gettext_lazy("For who marks it, Hindi"), "hi", rows=3)
    unit_en = LineField(gettext_lazy("Unit, English"), most=60, tongue="en")
    unit_hi = LineField(gettext_lazy("Unit, Hindi"), most=60, tongue="hi")
    is_shuffled = forms.BooleanField(label=gettext_lazy("Options may be shuffled"), required=False, initial=True)
    accepted = forms.CharField(
        label=gettext_lazy("Texts that count as right, one a line"),
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 4, "autocomplete": "off"}),
    )
    is_case_sensitive = forms.BooleanField(label=gettext_lazy("Capital letters matter"), required=False)
    most_signs = forms.IntegerField(
        label=gettext_lazy("Letters at most"),
        required=False,
        min_value=1,
        max_value=MOST_TEXT,
        help_text=gettext_lazy("Empty: no limit."),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        required=False,
        choices=tuple(CODE_LANGUAGES.items()),
        widget=forms.CheckboxSelectMultiple,
    )


OF_KINDS: dict[str, frozenset[Kind]] = {
    "guide_en": frozenset({Kind.LONG, Kind.CODING}),
    "guide_hi": frozenset({Kind.LONG, Kind.CODING}),
    "unit_en": frozenset({Kind.NUMERICAL}),
    "unit_hi": frozenset({Kind.NUMERICAL}),
    "is_shuffled": frozenset({Kind.SINGLE, Kind.MULTIPLE}),
    "accepted": frozenset({Kind.SHORT}),
    "is_case_sensitive": frozenset({Kind.SHORT}),
    "most_signs": frozenset({Kind.SHORT, Kind.LONG}),
    "languages": frozenset({Kind.CODING}),
    "solution_en": frozenset(Kind) - {Kind.PASSAGE},
    "solution_hi": frozenset(Kind) - {Kind.PASSAGE},
}


class QuestionParts(TextsForm):
    """The texts of a question of one kind."""

    def __init__(self, kind: Kind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kinds in OF_KINDS.items():
            if kind not in kinds:
                del self.fields[name]

    def text(self, name: str) -> Text:
        given = self.cleaned_data
        return Text(str(given.get(f"{name}_en", "")).strip(), str(given.get(f"{name}_hi", "")).strip())


class NumberForm(forms.Form):
    """A right number. Checked where the question is: `5,237` is told apart there."""

    value = LineField(gettext_lazy("Number"), most=60)
    tolerance = LineField(gettext_lazy("Off by at most"), most=60)

    @property
    def number(self) -> Number | None:
        given = self.cleaned_data
        return Number(given["value"].replace("−", "-"), given["tolerance"] or "0") if given["value"] else None


class PlaceForm(forms.Form):
    """Where in the bank it belongs, and what is new."""

    subject = forms.ModelChoiceField(Subject.objects.all(), label=gettext_lazy("Subject"), empty_label=None)
    topic = forms.ModelChoiceField(Topic.objects.none(), label=gettext_lazy("Topic"), required=False)
    new_topic = LineField(gettext_lazy("Or a new topic"), most=120)
    difficulty = forms.ChoiceField(
        label=gettext_lazy("Difficulty"),
        choices=Difficulty.choices,
        initial=Difficulty.MEDIUM,
        widget=forms.RadioSelect,
    )
    tags = LineField(
        gettext_lazy("Tags"), most=500, help_text=gettext_lazy("With commas between. They are kept in small letters.")
    )
    note = LineField(gettext_lazy("What is new"), most=200)
    number = FormKey(required=False)
    seen = forms.IntegerField(required=False, min_value=1, max_value=32_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = list(Topic.objects.select_related("subject").order_by("subject__name", "name"))
        field = cast("forms.ModelChoiceField[Topic]", self.fields["topic"])
        field.queryset = Topic.objects.all()
        grouped: dict[str, list[tuple[Any, str]]] = {}
        for one in topics:
            grouped.setdefault(one.subject.name, []).append((one.pk, one.name))
        field.choices = [("", _("No topic")), *grouped.items()]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        topic, subject = given.get("topic"), given.get("subject")
        if topic and subject and not given.get("new_topic") and topic.subject_id != subject.pk:
            self.add_error("topic", _("%(topic)s is a topic of another subject.") % {"topic": topic})
        return given

    @property
    def words(self) -> list[str]:
        """The tags."""
        return str(self.cleaned_data["tags"]).split(",")


class FindForm(forms.Form):
    """What is looked for in the bank. A filter that makes no sense is none."""

    q = forms.CharField(label=gettext_lazy("Words, number, topic or tag"), required=False, max_length=100)
    subject = forms.ModelChoiceField(
        Subject.objects.all(), label=gettext_lazy("Subject"), required=False, empty_label=gettext_lazy("Any")
    )
    topic = forms.ModelChoiceField(
        Topic.objects.none(), label=gettext_lazy("Topic"), required=False, empty_label=gettext_lazy("Any")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    difficulty = forms.ChoiceField(
        label=gettext_lazy("Difficulty"), required=False, choices=[("", gettext_lazy("Any")), *Difficulty.choices]
    )
    tag = forms.ModelChoiceField(
        Tag.objects.all(),
        label=gettext_lazy("Tag"),
        required=False,
        to_field_name="name",
        empty_label=gettext_lazy("Any"),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        kinds = cast("forms.ChoiceField", self.fields["kind"])
        kinds.choices = [("", _("Any")), *Question._meta.get_field("kind").flatchoices]
        chosen = str(self.data.get("subject") or "")
        if chosen.isascii() and chosen.isdigit() and len(chosen) < 10:
            cast("forms.ModelChoiceField[Topic]", self.fields["topic"]).queryset = Topic.objects.filter(
                subject=int(chosen)
            )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but words is looked for."""
        return any(self.data.get(name) for name in self.fields if name != "q")


def texts_of(content: Content) -> dict[str, Any]:
    """The fields of `TextsForm` for a question that is there."""
    body, key = content.body, content.key
    named = {"text": body.text, "solution": key.solution, "guide": key.guide, "unit": body.unit}
    found: dict[str, Any] = {f"{name}_en": text.en for name, text in named.items()}
    found |= {f"{name}_hi": text.hi for name, text in named.items()}
    return (
        found
        | picture_of(body.picture)
        | {
            "is_shuffled": body.is_shuffled,
            "accepted": "\n".join(key.accepted),
            "is_case_sensitive": key.is_case_sensitive,
            "most_signs": body.most_signs or None,
            "languages": list(body.languages),
        }
    )


def choice_of(choice: Choice) -> dict[str, Any]:
    return {"id": choice.id, "en": choice.text.en, "hi": choice.text.hi} | picture_of(choice.picture)


def picture_of(picture: Picture | None) -> dict[str, Any]:
    return {"kept": picture.image, "alt_en": picture.alt.en, "alt_hi": picture.alt.hi} if picture else {}
