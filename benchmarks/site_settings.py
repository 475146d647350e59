"""The product's settings with the benchmark's one page more."""

from coaching.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.site"
