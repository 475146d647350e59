"""The tests' settings with less patience for a database that is away: a page there need not hang for 20 s."""

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

if "pool" in DATABASES["default"].get("OPTIONS", {}):
    DATABASES["default"]["OPTIONS"]["pool"]["timeout"] = 2
