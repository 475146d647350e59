"""A question as it is read: safe HTML of its parts, in one language or both. Never of its key: a `Body` has none.

The bank, printed papers and the page without JavaScript show a `Shown` by `templates/exams/_question.html`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from exams import markup
from exams.content import FALSE, TRUE, Body, Choice, Content, Kind, Picture, Text

ROW_NAMES = "PQRSTUVWXYZ"
LANGUAGES = ("en", "hi")


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """Where an image is fetched, and what it shows in words."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """An option, row or column; `letter` is that of its place as it is shown, "" of true and false."""

    id: str
    letter: str
    html: SafeString
    picture: ShownPicture | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """All there is to read of a question; `kind` says how it is answered, `lang` in which language it is shown."""

    kind: Kind
    lang: str
    text: SafeString
    picture: ShownPicture | None
    options: tuple[ShownChoice, ...]
    rows: tuple[ShownChoice, ...]
    columns: tuple[ShownChoice, ...]
    unit: SafeString
    most_signs: int
    languages: tuple[str, ...]


def shown(
    what: Content | Body,
    *,
    kind: Kind,
    image_url: Callable[[str], str],
    language: str = "en",
    both: bool = False,
    option_order: Sequence[str] | None = None,
) -> Shown:
    """The question in `language` (where it has none, the other one), or with `both` one below the other.

    `option_order` are ids of options as somebody is to see them; `image_url` gives the address of an image's uuid.
    """
    body = what.body if isinstance(what, Content) else what
    tongues = LANGUAGES if both else (language,)

    def picture(found: Picture | None) -> ShownPicture | None:
        return ShownPicture(image_url(found.image), " · ".join(_said(found.alt, tongues))) if found else None

    def choices(found: Sequence[Choice], names: Sequence[str]) -> tuple[ShownChoice, ...]:
        named = zip(found, names, strict=False)
        return tuple(ShownChoice(one.id, name, words(one.text, tongues), picture(one.picture)) for one, name in named)

    return Shown(
        kind=kind,
        lang=language,
        text=words(body.text, tongues),
        picture=picture(body.picture),
        options=_true_false(tongues) if kind is Kind.TRUE_FALSE else choices(_ordered(body, option_order), letters()),
        rows=choices(body.rows, ROW_NAMES),
        columns=choices(body.columns, [str(place) for place in range(1, len(body.columns) + 1)]),
        unit=words(body.unit, tongues),
        most_signs=body.most_signs,
        languages=body.languages,
    )


def letters() -> str:
    """What options are called, in their places."""
    return "ABCDEFGHIJKL"


def words(text: Text, tongues: Sequence[str]) -> SafeString:
    """A text as HTML, each language marked as what it is; what both say alike is said once."""
    parts = [(tongue, markup.html(one)) for tongue, one in _spoken(text, tongues)]
    return mark_safe("".join(format_html('<div class="said" lang="{}">{}</div>', *part) for part in parts))  # noqa: S308


def _said(text: Text, tongues: Sequence[str]) -> list[str]:
    return [one for _tongue, one in _spoken(text, tongues)]


def _spoken(text: Text, tongues: Sequence[str]) -> list[tuple[str, str]]:
    """What there is of a text in these languages, by language: that of a missing one is the other's."""
    found: dict[str, str] = {}
    for tongue in tongues:
        one = text.in_language(tongue)
        is_own = bool((text.hi if tongue == "hi" else text.en).strip())
        if one.strip() and one not in found.values():
            found[tongue if is_own else ("en" if tongue == "hi" else "hi")] = one
    return list(found.items())


def _ordered(body: Body, order: Sequence[str] | None) -> Sequence[Choice]:
    if order is None:
        return body.options
    places = {one: place for place, one in enumerate(order)}
    return sorted(body.options, key=lambda one: places.get(one.id, len(places)))


def _true_false(tongues: Sequence[str]) -> tuple[ShownChoice, ...]:
    """The two there always are, in the language of the question and not in that of the page."""
    said: dict[str, list[str]] = {TRUE: [], FALSE: []}
    for tongue in tongues:
        with override(tongue):
            for name, word in ((TRUE, _("True")), (FALSE, _("False"))):
                said[name].append(word)
    return tuple(
        ShownChoice(one, "", format_html("<p>{}</p>", " · ".join(dict.fromkeys(of)))) for one, of in said.items()
    )
