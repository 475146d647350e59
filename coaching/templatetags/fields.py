"""Form fields as the design has them; Django itself sets `aria-invalid` and `aria-describedby`."""

from django import template
from django.forms import BoundField, CheckboxInput
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def control(field: BoundField, extra: str = "") -> SafeString:
    """The widget in our classes; `extra` is further classes."""
    own = "check" if isinstance(field.field.widget, CheckboxInput) else "input"
    known = field.field.widget.attrs
    attrs: dict[str, str | bool] = {"class": " ".join(filter(None, (own, known.get("class", ""), extra)))}
    if "placeholder" in known:  # allauth repeats the label there, where it is gone as soon as one types
        attrs["placeholder"] = False
    return field.as_widget(attrs=attrs)


@register.filter
def is_check(field: BoundField) -> bool:
    """Whether its label stands behind the control."""
    return isinstance(field.field.widget, CheckboxInput)
