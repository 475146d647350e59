"""Append-only tables, guarded by the database itself.

An app declares its tables in `AppConfig.ready`; `accounts` installs every declared guard after each migrate, because
SQLite remakes an altered table and silently loses its triggers. A refused statement is an IntegrityError on both
databases.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class AppendOnly:
    """A table whose rows are never changed and leave only `kept_days` after their instant `at`; None: never."""

    table: str
    at: str = "at"
    kept_days: int | None = None

    def trigger(self, verb: str) -> str:
        return f"{self.table}_no_{verb}"


_declared: dict[str, AppendOnly] = {}


def declare(guard: AppendOnly) -> None:
    """Have `guard` installed with every migrate from now on."""
    _declared[guard.table] = guard


def declared() -> list[AppendOnly]:
    """Every guard an app asked for."""
    return list(_declared.values())


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every declared guard (again) on its table; tables that do not exist yet are left for the next migrate."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for guard in declared():
            if guard.table in tables:
                _drop(connection, cursor, guard)
                for statement in _statements(connection, guard).values():
                    cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that should be on existing tables and are absent, disabled or different."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        found = _found(connection, cursor)
    wanted: dict[str, str] = {}
    for guard in declared():
        if guard.table in tables:
            wanted |= _statements(connection, guard)
    return sorted(
        name for name, sql in wanted.items() if not name.startswith("function ") and found.get(name) not in {sql, True}
    )


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Take the guards off for a flush of the whole database and put them back, whatever happens. Nothing else may."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for guard in declared():
            if guard.table in tables:
                _drop(connection, cursor, guard)
    try:
        yield
    finally:
        install(connection)


def _found(connection: BaseDatabaseWrapper, cursor: Any) -> dict[str, str | bool]:
    """Triggers in the database: their text on SQLite, True when enabled on PostgreSQL."""
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    else:
        cursor.execute("SELECT tgname, tgenabled IN ('O', 'A') FROM pg_trigger WHERE NOT tgisinternal")
    return dict(cursor.fetchall())


def _drop(connection: BaseDatabaseWrapper, cursor: Any, guard: AppendOnly) -> None:
    quote = connection.ops.quote_name
    for name in _statements(connection, guard):
        if name.startswith("function "):
            continue
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER IF EXISTS {quote(name)}")
        else:
            cursor.execute(f"DROP TRIGGER IF EXISTS {quote(name)} ON {quote(guard.table)}")


def _statements(connection: BaseDatabaseWrapper, guard: AppendOnly) -> dict[str, str]:
    """Statements by the name of what they create, in order."""
    return _sqlite(guard) if connection.vendor == "sqlite" else _postgresql(guard)


def _sqlite(guard: AppendOnly) -> dict[str, str]:
    """Instants are text in UTC, so they compare as text. INSERT OR REPLACE would slip past a DELETE trigger."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{guard.table} is append-only'); END"
    table, at = f'"{guard.table}"', f'"{guard.at}"'
    young = "" if guard.kept_days is None else f" WHEN OLD.{at} >= datetime('now', '-{guard.kept_days} days')"
    taken = f" WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608 - names are ours
    events = {"update": ("UPDATE", ""), "delete": ("DELETE", young), "replace": ("INSERT", taken)}
    return {
        guard.trigger(verb): f'CREATE TRIGGER "{guard.trigger(verb)}" BEFORE {event} ON {table}{when} {refuse}'
        for verb, (event, when) in events.items()
    }


def _postgresql(guard: AppendOnly) -> dict[str, str]:
    table, function = f'"{guard.table}"', f'"{guard.table}_append_only"'
    may_go = "FALSE" if guard.kept_days is None else f"OLD.\"{guard.at}\" < now() - interval '{guard.kept_days} days'"
    body = (
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN IF {may_go} THEN RETURN OLD; END IF; END IF; "
        f"RAISE EXCEPTION '{guard.table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    statements = {f"function {guard.table}_append_only": body}
    for verb, level in {"update": "ROW", "delete": "ROW", "truncate": "STATEMENT"}.items():
        name = guard.trigger(verb)
        statements[name] = (
            f'CREATE TRIGGER "{name}" BEFORE {verb.upper()} ON {table} FOR EACH {level} EXECUTE FUNCTION {function}()'
        )
    return statements
