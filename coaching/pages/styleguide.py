"""One of each component in every state that matters; only in DEBUG."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import public
from coaching.templatetags.icons import AREA_ICONS, TONE_ICONS


class SampleForm(forms.Form):
    """Every kind of control; bound to values that show an error."""

    name = forms.CharField(label="Student’s name", help_text="As on the school certificate, any script.")
    cap = forms.IntegerField(label="Lend at most, in GB", max_value=15)
    batch = forms.ChoiceField(label="Batch", choices=[("a", "JEE 2027 A, evening")])
    note = forms.CharField(label="Note for parents", widget=forms.Textarea(attrs={"lang": "hi", "rows": 3}))
    tell = forms.BooleanField(label="Tell guardians by e-mail", required=False)


PIECES = (
    ("Spare 2", "ok", ["data", "data", "data", "par", "par"]),
    ("Spare 1", "due", ["data", "data", "data", "miss", "par"]),
    ("Healing", "run", ["data", "data", "data", "heal", "par"]),
    ("Two copies", "ok", ["data", "data"]),
)
COLOURS = (
    ("paper", "paper"),
    ("sheet", "sheet"),
    ("sunk", "sunk"),
    ("line", "line"),
    ("edge", "edge"),
    ("ink-3", "ink 3"),
    ("ink-2", "ink 2"),
    ("ink", "ink"),
    ("accent", "accent: act, here, now"),
    ("ok", "done, present, paid"),
    ("due", "due, late, unsure"),
    ("bad", "overdue, absent, failed"),
    ("run", "running, scheduled"),
)

SAMPLE = {
    "name": "Venkata Sai Lakshmi Narasimha Rao Peddireddy",
    "cap": 20,
    "batch": "a",
    "note": "कृपया सोमवार तक आएँ।",
    "tell": True,
}


@public
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Raises: Http404 outside DEBUG."""
    if not settings.DEBUG:
        raise Http404
    messages.success(request, "“Old syllabus 2025.pdf” is in the trash.")
    context = {
        "form": SampleForm(SAMPLE),
        "tones": list(TONE_ICONS),
        "areas": list(AREA_ICONS),
        "colours": COLOURS,
        "pieces": PIECES,
        "piece_words": [("data", "content"), ("par", "parity"), ("heal", "being rebuilt"), ("miss", "missing")],
        "page": Paginator(range(486), 25).get_page(2),
        "now": timezone.now() - timedelta(minutes=12),
        "tuesday": timezone.now() - timedelta(days=4),
    }
    return render(request, "pages/styleguide.html", context)
