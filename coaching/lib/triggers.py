"""Triggers: append-only tables, refused changes and sums that follow, guarded by the database itself.

An app declares its guards in `AppConfig.ready`; `accounts` installs every declared guard after each migrate, because
SQLite remakes an altered table and silently loses its triggers. A refused statement is an IntegrityError on both
databases.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper


class Guard(Protocol):
    """Triggers on one table. `key` tells guards apart."""

    @property
    def table(self) -> str: ...

    @property
    def key(self) -> str: ...

    def statements(self, vendor: str) -> dict[str, str]:
        """For "sqlite" or "postgresql": statements by the name of what they create, in order."""


@dataclass(frozen=True, slots=True)
class AppendOnly:
    """A table whose rows are never changed and leave only `kept_days` after their instant `at`; None: never."""

    table: str
    at: str = "at"
    kept_days: int | None = None

    @property
    def key(self) -> str:
        return self.table

    def trigger(self, verb: str) -> str:
        return f"{self.table}_no_{verb}"

    def statements(self, vendor: str) -> dict[str, str]:
        return _sqlite(self) if vendor == "sqlite" else _postgresql(self)


@dataclass(frozen=True, slots=True)
class Refused:
    """A change of a row (`event` is UPDATE or DELETE) that is refused while `when` holds.

    `when` is SQL both databases know, over OLD and NEW; it may ask other tables.
    """

    name: str
    table: str
    event: str
    when: str
    message: str

    @property
    def key(self) -> str:
        return self.name

    def statements(self, vendor: str) -> dict[str, str]:
        if vendor == "sqlite":
            refuse = f"BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
            when = self.when.replace(" IS DISTINCT FROM ", " IS NOT ")  # SQLite knows the standard words from 3.39 on
            sql = f'CREATE TRIGGER "{self.name}" BEFORE {self.event} ON "{self.table}" WHEN {when} {refuse}'
            return {self.name: sql}
        body = (
            f"IF {self.when} THEN RAISE EXCEPTION '{self.message}' USING ERRCODE = 'integrity_constraint_violation'; "
            f"END IF; RETURN {'OLD' if self.event == 'DELETE' else 'NEW'};"
        )
        return _function_and_trigger(self.name, f"BEFORE {self.event}", self.table, body)


@dataclass(frozen=True, slots=True)
class Followed:
    """After each INSERT into `table` these statements (SQL both databases know, over NEW) are carried out."""

    name: str
    table: str
    then: tuple[str, ...]

    @property
    def key(self) -> str:
        return self.name

    def statements(self, vendor: str) -> dict[str, str]:
        then = " ".join(f"{one};" for one in self.then)
        if vendor == "sqlite":
            return {self.name: f'CREATE TRIGGER "{self.name}" AFTER INSERT ON "{self.table}" BEGIN {then} END'}
        return _function_and_trigger(self.name, "AFTER INSERT", self.table, f"{then} RETURN NULL;")


_declared: dict[str, Guard] = {}


def declare(guard: Guard) -> None:
    """Have `guard` installed with every migrate from now on."""
    _declared[guard.key] = guard


def declared() -> list[Guard]:
    """Every guard an app asked for."""
    return list(_declared.values())


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every declared guard (again) on its table; tables that do not exist yet are left for the next migrate."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for guard in declared():
            if guard.table in tables:
                _drop(connection, cursor, guard)
                for statement in guard.statements(connection.vendor).values():
                    cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that should be on existing tables and are absent, disabled or different."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        found = _found(connection, cursor)
    wanted: dict[str, str] = {}
    for guard in declared():
        if guard.table in tables:
            wanted |= guard.statements(connection.vendor)
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


def _drop(connection: BaseDatabaseWrapper, cursor: Any, guard: Guard) -> None:
    quote = connection.ops.quote_name
    for name in guard.statements(connection.vendor):
        if name.startswith("function "):
            continue
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER IF EXISTS {quote(name)}")
        else:
            cursor.execute(f"DROP TRIGGER IF EXISTS {quote(name)} ON {quote(guard.table)}")


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


def _function_and_trigger(name: str, event: str, table: str, body: str) -> dict[str, str]:
    """For PostgreSQL, on each row."""
    function = f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$'
    trigger = f'CREATE TRIGGER "{name}" {event} ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()'
    return {f"function {name}": function, name: trigger}
