"""Lets a test's flush empty append-only tables, and be quick. Importing this module is enough; nothing else does."""

from contextlib import ExitStack
from typing import Any
from unittest import mock

from django.core.management.commands import flush
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

from accounts.keys import mark_master_keys
from coaching.lib import triggers

# Made by the migrate, the same for every test: to make them anew took most of the time of a flush.
KEPT = {"django_content_type", "auth_permission"}
_flush_all = TransactionTestCase._fixture_teardown
_sql_to_flush = flush.sql_flush


def _flush_unguarded(self: TransactionTestCase) -> Any:
    with ExitStack() as stack:
        for alias in self._databases_names(include_mirrors=False):
            stack.enter_context(triggers.lifted(connections[alias]))
        stack.enter_context(mock.patch.object(flush, "sql_flush", _sql_to_flush_little))
        stack.enter_context(mock.patch.object(flush, "emit_post_migrate_signal", _after_flush))
        return _flush_all(self)


def _sql_to_flush_little(style: Any, connection: BaseDatabaseWrapper, **options: Any) -> list[str]:
    """DELETE from the few tables with rows: on PostgreSQL, to TRUNCATE all seventy took twenty times as long.

    In any order, because the flush is one transaction and foreign keys are looked at when it commits. Sequences go on,
    as they do in Django's own flush of a test.
    """
    if options.get("reset_sequences") or options.get("allow_cascade"):
        return list(_sql_to_flush(style, connection, **options))
    quote = connection.ops.quote_name
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    emptied = [table for table in tables if table not in KEPT]
    asked = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})" for table in emptied]  # noqa: S608
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        filled = [table for (table,) in cursor.fetchall()]
    return [f"DELETE FROM {quote(table)}" for table in filled]  # noqa: S608 - names are ours


def _after_flush(*_args: Any, **_more: Any) -> None:
    """Of what follows a migrate, what the flush has undone."""
    mark_master_keys()


TransactionTestCase._fixture_teardown = _flush_unguarded
