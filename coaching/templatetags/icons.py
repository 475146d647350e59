"""Icons, and the three places where an icon stands for something: areas, states, kinds of file.

The drawings come from the `lucide` package; stroke and size are CSS, so nothing but the paths is sent.
"""

from functools import cache
from importlib import resources
from io import BytesIO
from zipfile import ZipFile

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

AREA_ICONS = {
    "timetable": "calendar",
    "attendance": "list-checks",
    "tests": "file-check",
    "fees": "indian-rupee",
    "chat": "message-square-text",
    "files": "files",
}
TONE_ICONS = {
    "ok": "circle-check",
    "due": "circle-alert",
    "bad": "octagon-x",
    "run": "clock-fading",
    "off": "circle-dashed",
}
CONTENT_ICONS = {
    "video": "file-video-camera",
    "image": "file-image",
    "audio": "file-headphone",
    "text": "file-text",
    "application/pdf": "file-text",
    "application/zip": "file-archive",
}


@cache
def _drawings() -> ZipFile:
    """Opened once a process: to read the list of its 1,700 names for each icon took 5 ms of CPU.

    In memory: processes forked from this one would share the place in a file.
    """
    return ZipFile(BytesIO(resources.files("lucide").joinpath("lucide.zip").read_bytes()))


@cache
def drawing(name: str) -> str:
    """What stands between <svg> and </svg>. Raises: KeyError when there is no such icon, so that a typo shows."""
    svg = _drawings().read(f"{name}.svg").decode()
    body = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    return "".join(line.strip() for line in body.splitlines())


@cache
def _svg(name: str, size: str, label: str) -> SafeString:
    classes = f"icon icon-{size}" if size else "icon"
    meaning = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" {}>{}</svg>',
        classes,
        meaning,
        mark_safe(drawing(name)),  # noqa: S308 - drawings of a pinned package, never input
    )


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """`{% icon "upload" %}`; `size` s or l; a `label` only when no word stands beside it."""
    return _svg(name, size, str(label))


@register.simple_tag
def area_icon(area: str) -> SafeString:
    """The icon of an area, the same in navigation, dashboard and lists."""
    return _svg(AREA_ICONS[area], "", "")


@register.simple_tag
def tone_icon(tone: str) -> SafeString:
    """The icon of a meaning: ok, due, bad, run, off."""
    return _svg(TONE_ICONS[tone], "", "")


@register.filter
def content_icon(content_type: str) -> str:
    """The icon's name for a file of this content type."""
    kind = content_type.partition("/")[0]
    return CONTENT_ICONS.get(content_type) or CONTENT_ICONS.get(kind, "file")


@register.simple_tag
def badge(tone: str, word: str, drawn: str = "") -> SafeString:
    """A state as icon and word on its tint; `drawn` is another icon than the tone's own."""
    shown = _svg(drawn or TONE_ICONS[tone], "", "")
    return format_html('<span class="badge s-{}">{}{}</span>', tone, shown, word)


@register.simple_tag
def state(tone: str, word: str, drawn: str = "") -> SafeString:
    """A state in running text: icon and word without a tint."""
    shown = _svg(drawn or TONE_ICONS[tone], "", "")
    return format_html('<span class="state s-{}">{}{}</span>', tone, shown, word)
