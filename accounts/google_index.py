"""A unique index on allauth's table of Google accounts: a person has one, whatever code writes there.

Like the append-only guards it goes on after every migrate. Made by a migration it would be lost on SQLite as soon as a
newer allauth alters its table, which is then remade with what its own models know of.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "socialaccount_socialaccount"
NAME = "one_account_per_person"


def install(connection: BaseDatabaseWrapper) -> None:
    """Put it (again) on the table. Raises: IntegrityError when somebody has two accounts already."""
    with connection.cursor() as cursor:
        if TABLE in connection.introspection.table_names(cursor):
            cursor.execute(f'CREATE UNIQUE INDEX IF NOT EXISTS "{NAME}" ON "{TABLE}" ("user_id", "provider")')


def is_missing(connection: BaseDatabaseWrapper) -> bool:
    """Whether the table is there without it."""
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return False
        found = connection.introspection.get_constraints(cursor, TABLE).get(NAME)
    return found is None or not found["unique"] or found["columns"] != ["user_id", "provider"]
