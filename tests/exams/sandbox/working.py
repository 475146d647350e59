"""Which tests need a sandbox that works: skipped without one, failed where CI says that this machine must have it."""

import functools
import os
from collections.abc import Callable
from typing import Any

import pytest

from exams.sandbox.probe import quick


def sandbox(test: Callable[..., None]) -> Callable[..., None]:
    """Marks a test that runs programs. Says why it is not run."""

    @functools.wraps(test)
    def tried(*arguments: Any, **named: Any) -> None:
        why = "; ".join(f"{one.code} {one.message} ({one.fix})" for one in quick().findings)
        if why and os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(f"REQUIRE_BROWSER=1 says that programs can be run here, but: {why}")
        if why:
            pytest.skip(f"no sandbox: {why}")
        test(*arguments, **named)

    return tried
