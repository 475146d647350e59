"""Reading the environment: one helper per type, each naming the variable in its error.

Every `X` may be given as `X_FILE`, a path whose content (without the last newline) is the value. Unset and empty mean
the same: the embedded default.
"""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """The value of `name`, or of the file that `name`_FILE points at, or `default`.

    Raises: ImproperlyConfigured when the file cannot be read.
    """
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            reason = f"{name}_FILE points at {path}, which cannot be read: {error.strerror}."
            raise ImproperlyConfigured(reason) from error
    return os.environ.get(name) or default


def flag(name: str, *, default: bool = False) -> bool:
    """`1 true yes on` or `0 false no off`, in any case."""
    value = text(name).strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def choice(name: str, default: str, *allowed: str) -> str:
    """One of these words."""
    value = text(name, default)
    if value not in allowed:
        *others, last = allowed
        raise ImproperlyConfigured(f"{name} must be {', '.join(others)} or {last}, not {value!r}.")
    return value


def integer(name: str, default: int, *, at_least: int | None = None, at_most: int | None = None, step: int = 1) -> int:
    """A whole number from `at_least` to `at_most`, both included, and a multiple of `step`."""
    value = text(name).strip()
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
    if at_least is not None and number < at_least:
        raise ImproperlyConfigured(f"{name} must be at least {at_least}, not {number}.")
    if at_most is not None and number > at_most:
        raise ImproperlyConfigured(f"{name} must be at most {at_most}, not {number}.")
    if number % step:
        raise ImproperlyConfigured(f"{name} must be a multiple of {step}, not {number}.")
    return number


def url(name: str, *schemes: str) -> str:
    """An address with one of `schemes`, or "" when unset."""
    value = text(name).strip()
    if value and value.partition("://")[0] not in schemes:
        raise ImproperlyConfigured(f"{name} must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
    return value


def time_zone(name: str, default: str) -> str:
    """A name of the IANA time zone database, like Asia/Kolkata."""
    value = text(name, default).strip()
    if value not in available_timezones():
        raise ImproperlyConfigured(f"{name} must be a time zone like {default}, not {value!r}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty items."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret(name: str, path: Path, make: Callable[[], str], *, may_make: bool) -> str:
    """The secret `name` from the environment, else from `path`, else made once and kept there (0600).

    Raises: ImproperlyConfigured when there is none and `may_make` is false, or when `path` cannot be read or written.
    """
    value = text(name)
    if value:
        return value
    if not may_make:
        reason = f"{name} is not set. Give it in {name} or {name}_FILE; only DEMO=1 and DEBUG=1 make one."
        raise ImproperlyConfigured(reason)
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise ImproperlyConfigured(f"{name} is kept in {path}, which cannot be read: {error.strerror}.") from error
    try:
        return _keep(path, make())
    except OSError as error:
        raise ImproperlyConfigured(f"{name} cannot be kept in {path}: {error.strerror}.") from error


def _keep(path: Path, value: str) -> str:
    """Write `value` so that of two processes starting at once both read the same secret."""
    path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(value + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text(encoding="utf-8").strip()
