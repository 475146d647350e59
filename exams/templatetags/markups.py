"""What teachers write in markup, on pages."""

from django import template
from django.utils.safestring import SafeString

from exams import markup

register = template.Library()


@register.filter
def as_markup(text: str) -> SafeString:
    """The markup as safe HTML."""
    return markup.html(text)
