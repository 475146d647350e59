"""What a browser calls itself, in two words a person recognises: "Chrome, Android". Pure; nothing here is proof."""

import re

# The first that fits wins, so those that also claim to be another come first.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/|Opera", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox|FxiOS", "Firefox"),
    ("CriOS|Chrome|Chromium", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone|iPod", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X|Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def describe_agent(agent: str) -> str:
    """Browser and system of a User-Agent header, either alone when the other is unknown, "" when both are."""
    named = (_first(_BROWSERS, agent), _first(_SYSTEMS, agent))
    return ", ".join(name for name in named if name)


def _first(known: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for pattern, name in known if re.search(pattern, agent)), "")
