"""Lets a test's flush empty append-only tables. Importing this module is enough; nothing else lifts the guards."""

from contextlib import ExitStack
from typing import Any

from django.core.management.commands import flush
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

from coaching.lib import triggers

_flush_all = TransactionTestCase._fixture_teardown
_sql_to_flush = flush.sql_flush


def _flush_unguarded(self: TransactionTestCase) -> Any:
    with ExitStack() as stack:
        for alias in self._databases_names(include_mirrors=False):
            stack.enter_context(triggers.lifted(connections[alias]))
        return _flush_all(self)


def _sql_to_flush_little(style: Any, connection: BaseDatabaseWrapper, **options: Any) -> list[str]:
    """On PostgreSQL, DELETE from the few tables with rows: to TRUNCATE all seventy took twenty times as long.

    In any order, because the flush is one transaction and foreign keys are looked at when it commits. Sequences go on,
    as they do in Django's own flush of a test.
    """
    if connection.vendor != "postgresql" or options.get("reset_sequences") or options.get("allow_cascade"):
        return list(_sql_to_flush(style, connection, **options))
    quote = connection.ops.quote_name
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    asked = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})" for table in tables]  # noqa: S608
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        filled = [table for (table,) in cursor.fetchall()]
    return [f"DELETE FROM {quote(table)}" for table in filled]  # noqa: S608 - names are ours


TransactionTestCase._fixture_teardown = _flush_unguarded
flush.sql_flush = _sql_to_flush_little
