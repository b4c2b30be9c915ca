"""Databases of one run: a migrated template, copies of it, and which of them this process looks at.

SQLite: files in the temporary home. PostgreSQL: databases of the temporary cluster, copied by TEMPLATE.
"""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections

EMPTY = "mulin"
_known: dict[str, object] = {}


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def name() -> str:
    """As the table shows it."""
    return "PostgreSQL" if is_postgres() else "SQLite"


def prepare() -> None:
    """Migrate the template once."""
    _known[EMPTY] = connections[DEFAULT_DB_ALIAS]
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()


def path(database: str) -> Path:
    return settings.MULIN_HOME / f"{database}.sqlite3"


def url(database: str) -> str:
    """MULIN_DATABASE_URL of a server that shall use a database."""
    if not is_postgres():
        return f"sqlite://{path(database)}"
    parts = urlsplit(os.environ["MULIN_DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{database}"))


def make(database: str, template: str = EMPTY) -> None:
    """Copy a database under a new name and look at the copy."""
    close_all()
    use(template)
    if is_postgres():
        connection.close()
        _maintain(f"CREATE DATABASE {database} TEMPLATE {template} STRATEGY FILE_COPY")
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copyfile(path(template), path(database))
    use(database)


def drop(database: str) -> None:
    """Forget a database that is no longer needed: room on the disk."""
    close_all()
    _known.pop(database, None)
    use(EMPTY)
    if is_postgres():
        connection.close()
        _maintain(f"DROP DATABASE {database} WITH (FORCE)")
        return
    for tail in ("", "-wal", "-shm", ".lock"):
        Path(f"{path(database)}{tail}").unlink(missing_ok=True)


def use(database: str) -> None:
    """Look at another database from now on; what the process remembers of the last one is dropped."""
    connection.close()
    look(database)
    forget()


def look(database: str) -> None:
    """Look at another database of the same world; the connection to the last one stays open."""
    if database not in _known:
        _known[database] = connections.create_connection(DEFAULT_DB_ALIAS)
        _known[database].settings_dict = {
            **_known[database].settings_dict,
            "NAME": database if is_postgres() else str(path(database)),
        }
    connections[DEFAULT_DB_ALIAS] = _known[database]


def close_all() -> None:
    for one in _known.values():
        one.close()


def forget() -> None:
    from mulin.kernel import rulebook
    from mulin.places import caching

    rulebook.forget()
    caching.forget()


def tidy() -> None:
    """What a database does for itself in the hours after a large import: statistics, visibility map."""
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def megabytes() -> float:
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return cursor.fetchone()[0] / 1e6


def _maintain(sql: str) -> None:
    import psycopg

    parts = urlsplit(os.environ["MULIN_DATABASE_URL"])
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as session:
        session.execute(sql)
