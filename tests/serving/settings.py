"""The test settings with routes that misbehave on purpose, for the server process of these tests."""

from tests.settings import *  # noqa: F403

ROOT_URLCONF = "tests.serving.urls"
