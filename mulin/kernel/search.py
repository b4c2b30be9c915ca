"""Chinese full-text search on both databases: character bigrams made in Python, joined with AND.

The one module with a branch for each database (docs/adr/0004): FTS5 `detail=none` on SQLite, a
`tsvector` with GIN on PostgreSQL. A document also carries tokens for its kind and for every place it
lies in, so that "my community's" search stays an index intersection.
"""

import re
import time
import unicodedata
from collections.abc import Iterable
from uuid import UUID

from django.db import connection, models

from mulin.kernel import codes
from mulin.kernel.db import is_postgres
from mulin.kernel.fields import PlaceField

MAX_TOKENS = 4000
# PostgreSQL looks for a page among so many times its rows before it asks the index for all there are.
WINDOW = 100
NEWEST_SECONDS = 60.0
_RUNS = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+|[a-z0-9]+")


class SearchRow(models.Model):
    """A searchable text of one record. The number is local to this database and means nothing else."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16)
    object = models.UUIDField()
    place = PlaceField(default="")

    class Meta:
        app_label = "kernel"
        indexes = [models.Index(fields=["object"], name="searchrow_object")]


def tokens(text: str) -> list[str]:
    """Bigrams of Chinese runs (or the one character of a run of one), words of Latin letters and digits."""
    found: dict[str, None] = {}
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0] < "㐀":
            found[run] = None
            continue
        if len(run) == 1:
            found[run] = None
        for i in range(len(run) - 1):
            found[run[i : i + 2]] = None
    return list(found)[:MAX_TOKENS]


def _place_tokens(place: str) -> list[str]:
    deepest = codes.level(place) if place else 0
    return [f"pp{place[:level]}" for level in (4, 6, 9, 12) if level <= deepest]


def _scope_tokens(kind: str, place: str) -> list[str]:
    return [f"kk{kind}", *_place_tokens(place)]


def index(kind: str, object_id: UUID, place: str, text: str) -> None:
    """Add a text of a record. A record may have several (its voices, its answers)."""
    words = tokens(text) + _scope_tokens(kind, place)
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.execute(
                "INSERT INTO kernel_searchrow (kind, object, place, tokens)"
                " VALUES (%s, %s, %s, array_to_tsvector(%s))",
                [kind, object_id, place, sorted(set(words))],
            )
            return
        cursor.execute(
            "INSERT INTO kernel_searchrow (kind, object, place) VALUES (%s, %s, %s)",
            [kind, object_id.hex, place],
        )
        cursor.execute(
            "INSERT INTO kernel_searchtext (rowid, tokens) VALUES (%s, %s)",
            [cursor.lastrowid, " ".join(words)],
        )


def remove(object_id: UUID) -> None:
    """Forget every text of a record, for erasure and before a re-index."""
    ids = list(SearchRow.objects.filter(object=object_id).values_list("id", flat=True))
    if not is_postgres():
        with connection.cursor() as cursor:
            for row_id in ids:
                cursor.execute("DELETE FROM kernel_searchtext WHERE rowid = %s", [row_id])
    SearchRow.objects.filter(id__in=ids).delete()


def relocate(rows: Iterable[tuple[int, str, str]]) -> None:
    """Follow places whose code changed: (row number, old place, new place), in the caller's transaction.

    A row that no longer lies at its old place is left as it is.
    """
    rows = list(rows)
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.executemany(
                "UPDATE kernel_searchrow SET place = %s, tokens = ts_delete(tokens, %s::text[])"
                " || array_to_tsvector(%s::text[]) WHERE id = %s AND place = %s",
                [
                    (new, _place_tokens(old), sorted(set(_place_tokens(new))), row_id, old)
                    for row_id, old, new in rows
                ],
            )
            return
        for row_id, old, new in rows:
            cursor.execute(
                "UPDATE kernel_searchrow SET place = %s WHERE id = %s AND place = %s", [new, row_id, old]
            )
            if not cursor.rowcount:
                continue
            cursor.execute("SELECT tokens FROM kernel_searchtext WHERE rowid = %s", [row_id])
            gone = set(_place_tokens(old))
            kept = [word for word in cursor.fetchone()[0].split(" ") if word not in gone]
            cursor.execute(
                "UPDATE kernel_searchtext SET tokens = %s WHERE rowid = %s",
                [" ".join([*kept, *_place_tokens(new)]), row_id],
            )


def find(
    kind: str,
    query: str,
    *,
    places: Iterable[str] = (),
    limit: int = 50,
    before: int | None = None,
    is_usual: bool = False,
) -> list[tuple[int, UUID]]:
    """Rows that hold every token of the query, newest first: (row number for the next page, object id).

    `places` are division codes, of which one must contain the document; empty means anywhere. `is_usual`
    says that most documents are of this kind: then it is looked up in the rows found, because an index of
    nearly everything costs more to intersect with than it narrows. A query without any token finds nothing.
    """
    words = tokens(query)
    if not words:
        return []
    if not is_usual:
        words.append(f"kk{kind}")
    inside = [codes.parse(place) for place in places]
    scope = [f"pp{code.base[:12] if code.serial else code.prefix}" for code in inside]
    if any(len(token) < 6 for token in scope):  # a province or the country: no narrowing
        scope = []
    if is_postgres():
        return _find_postgres(kind, words, scope, limit, before)
    return _find_sqlite(kind, words, scope, limit, before)


def _find_sqlite(kind, words, scope, limit, before):
    match = " AND ".join(f'"{w}"' for w in words)
    if scope:
        match += " AND (" + " OR ".join(f'"{s}"' for s in scope) + ")"
    sql = """
        SELECT r.id, r.object FROM kernel_searchtext t JOIN kernel_searchrow r ON r.id = t.rowid
        WHERE kernel_searchtext MATCH %s AND t.rowid < %s AND r.kind = %s ORDER BY t.rowid DESC LIMIT %s
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [match, before or 2**62, kind, limit])
        return [(row_id, UUID(value)) for row_id, value in cursor.fetchall()]


# First among the newest rows: there a word that many documents hold is found by walking back from the newest
# (IS TRUE hides the words from the planner), while their index would fetch all of its documents to sort them.
# MATERIALIZED: otherwise the planner walks the primary key to its end for rare words (measured). The second
# part is not run when the first has filled the page.
_NEWEST_FIRST = """
    WITH recent AS MATERIALIZED (
        SELECT id, object FROM kernel_searchrow
        WHERE (tokens @@ %(query)s::tsquery) IS TRUE AND kind = %(kind)s
        AND id < %(before)s AND id > %(floor)s
        ORDER BY id DESC LIMIT %(limit)s
    ), older AS MATERIALIZED (
        SELECT id, object FROM kernel_searchrow
        WHERE tokens @@ %(query)s::tsquery AND kind = %(kind)s AND id <= %(floor)s AND id < %(before)s
        AND (SELECT COUNT(*) FROM recent) < %(limit)s
    )
    SELECT id, object FROM recent UNION ALL SELECT id, object FROM older ORDER BY id DESC LIMIT %(limit)s
"""
# In a street or a community there are few documents: straight from their index.
_FROM_INDEX = """
    WITH hits AS MATERIALIZED (
        SELECT id, object FROM kernel_searchrow
        WHERE tokens @@ %(query)s::tsquery AND kind = %(kind)s AND id < %(before)s
    )
    SELECT id, object FROM hits ORDER BY id DESC LIMIT %(limit)s
"""
_STREET_TOKEN = len("pp500108002")


def _find_postgres(kind, words, scope, limit, before):
    quote = "'{}'".format
    query = " & ".join(quote(w) for w in words)
    if scope:
        query += " & (" + " | ".join(quote(s) for s in scope) + ")"
    values = {"query": query, "kind": kind, "before": before or 2**62, "limit": limit}
    sql = _FROM_INDEX
    if not scope or min(map(len, scope)) < _STREET_TOKEN:
        sql, values["floor"] = _NEWEST_FIRST, (before or _newest()) - WINDOW * limit
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


_newest_known: dict[str, tuple[float, int]] = {}


def _newest() -> int:
    """About the highest row number, looked up once a minute. Newer rows are found all the same: only where
    the search takes to the index depends on it."""
    name, moment = str(connection.settings_dict["NAME"]), time.monotonic()
    seen = _newest_known.get(name)
    if seen is None or moment - seen[0] > NEWEST_SECONDS:
        with connection.cursor() as cursor:
            cursor.execute("SELECT COALESCE(MAX(id), 0) FROM kernel_searchrow")
            seen = _newest_known[name] = (moment, cursor.fetchone()[0])
    return seen[1]
