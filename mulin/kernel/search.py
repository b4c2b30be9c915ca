"""Chinese full-text search on both databases: character bigrams made in Python, joined with AND.

The one module with a branch for each database (docs/adr/0004): FTS5 `detail=none` on SQLite, a
`tsvector` with GIN on PostgreSQL. A document also carries tokens for its kind and for every place it
lies in, so that "my community's" search stays an index intersection.
"""

import json
import re
import time
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from mulin.kernel import codes
from mulin.kernel.db import is_postgres
from mulin.kernel.fields import PlaceField

MAX_TOKENS = 4000
# PostgreSQL looks for a page among so many times its rows before it asks the index for all there are.
WINDOW = 100
# So many hits are looked up for a page, twice at most, however few of them the reader may see.
LOOKED_UP = 1000
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
    kind: str, query: str, *, places: Iterable[str] = (), limit: int = 50, before: int | None = None
) -> list[tuple[int, UUID]]:
    """Rows that hold every token of the query, newest first: (row number for the next page, object id).

    `places` are division codes, of which one must contain the document; empty means anywhere. A query
    without any token finds nothing.
    """
    words = _words(query)
    if not words:
        return []
    asked = _asked([*words, f"kk{kind}"], places)
    values = {"words": asked.words(), "kind": kind, "before": before or 2**62, "limit": limit}
    if not is_postgres():
        return _rows(_NEWEST, values)
    if asked.is_small:
        return _rows(_FROM_INDEX, values)
    return _rows(_NEWEST_FIRST, {**values, "floor": min(values["before"], _newest()) - WINDOW * limit})


def _words(query: str) -> list[str]:
    """The tokens that are looked for. A single character is one only where it stands alone in a text: beside
    longer words it would hide what they find."""
    found = tokens(query)
    return [token for token in found if len(token) > 1 or token.isascii()] or found


def is_too_short(query: str) -> bool:
    """Whether it holds single Chinese characters and nothing else: documents are found by two side by side,
    and hardly any will be. An empty page must say so, or it reads as if there were nothing."""
    words = _words(query)
    return bool(words) and all(len(word) == 1 and not word.isascii() for word in words)


def among(
    members: QuerySet,
    kind: str,
    query: str,
    *,
    places: Iterable[str] = (),
    size: int = 50,
    before: int | None = None,
    window: int,
    few: int = 0,
    branches: Sequence[Q] = (),
) -> tuple[list[UUID], int | None]:
    """A page of the objects that hold every token of the query in one text and are `members`, a queryset of
    one column (neither cut nor combined); newest text first, each object once. And the row number before
    which the next page begins, None after the last. For a kind that most documents are of.

    A hit is looked up among the members when it is found, so that a search goes back no further than its
    page needs. On PostgreSQL it walks the `window` newest rows (of a district) and then asks the index, and
    gives up after LOOKED_UP hits of each: a page may be short, even empty, and still have a next. SQLite, for
    a street or a community, looks at all. Where members may be hardly any, `few` says up to how many of them
    are read first: then the words are looked for in their texts alone, and every page is whole. `branches`
    are conditions of which every member meets one, as in `paging.page`: each has an index, their OR has none.
    """
    words = _words(query)
    if not words:
        return [], None
    values = {"kind": kind, "before": before or 2**62, "limit": size + 1}
    try:
        rows = _among_few(members, few, words, values, branches)
        if rows is None:
            rows = _walked(members, _asked(words, places), values | {"window": window})
    except EmptyResultSet:
        return [], None
    found = [(row, key) for row, key in rows if key]
    if len(found) > size:
        return [key for _row, key in found[:size]], found[size - 1][0]
    return [key for _row, key in found], next((row for row, key in rows if not key), None)


def _among_few(
    members: QuerySet, few: int, words: list[str], values: dict[str, Any], branches: Sequence[Q]
) -> list[tuple[int, UUID]] | None:
    """Those of the members that hold all the words in one text, newest first; None if there are more than so
    many of them. Texts are read from the newest on, and SQLite stops when the page is full: a word that many
    hold fills it soon, and only a rare one has all of them read."""
    if not few:
        return None
    (column,) = members.query.values_select
    keys = members.order_by().values_list(column)
    sql, given = _united([keys.filter(one)[: few + 1] for one in branches or (Q(),)])
    asked = _Asked(words, []).words() if is_postgres() else json.dumps(words)
    statement = (_AMONG_FEW_POSTGRES if is_postgres() else _AMONG_FEW).format(members=sql)
    found: list[tuple[int, UUID]] = []
    seen = set()
    with connection.cursor() as cursor:
        cursor.execute(statement, given | {"kind": values["kind"], "words": asked, "few": few})
        rows = iter(cursor)
        if next(rows)[2] > few:
            return None
        for row, key, _many in rows:
            if key in seen:
                continue
            seen.add(key)  # an object stands where its newest hit is, on an earlier page or on this one
            if row < values["before"]:
                found.append((row, _key(key)))
            if len(found) == values["limit"]:
                break
    return found


def _walked(members: QuerySet, asked: "_Asked", values: dict[str, Any]) -> list[tuple[int, UUID | None]]:
    """The hits among the members, newest first, and a row without an object where the walk gave up."""
    lookup, given = _lookup(members)
    values |= given | {"words": asked.words(), "district": asked.district, "looked_up": LOOKED_UP}
    return _rows(asked.statement().format(lookup=lookup), values)


def _lookup(members: QuerySet) -> tuple[str, dict[str, Any]]:
    """The statement that answers 1 when the hit at hand is a member; EmptyResultSet when nothing is."""
    (column,) = members.query.values_select
    hit = members.order_by().filter(**{column: RawSQL("kernel_searchrow.object", [])})
    return _named(hit.values_list(Value(1))[:1])


def _united(parts: list[QuerySet]) -> tuple[str, dict[str, Any]]:
    """The rows of several cut queries, each once; EmptyResultSet when all are empty. In words of our own:
    Django does not unite cut queries on SQLite, and whole ones would be read to their end."""
    found, given = [], {}
    for part in parts:
        try:
            sql, values = _named(part, f"part{len(found)}_")
        except EmptyResultSet:
            continue
        found.append(_PART.format(part=sql, n=len(found)))
        given |= values
    if not found:
        raise EmptyResultSet
    return " UNION ".join(found), given


def _named(rows: QuerySet, prefix: str = "member") -> tuple[str, dict[str, Any]]:
    """A statement and its parameters by name, to be put into another; EmptyResultSet when nothing is."""
    sql, given = rows.query.sql_with_params()
    names = [f"{prefix}{n}" for n in range(len(given))]
    left = iter(names)
    return re.sub("%[s%]", lambda at: f"%({next(left)})s" if at[0] == "%s" else at[0], sql), dict(
        zip(names, given, strict=True)
    )


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[int, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchall()
    return [(row, _key(key)) for row, key in found]


def _key(stored: Any) -> Any:
    """The key as everybody else knows it; SQLite stores text."""
    return UUID(stored) if isinstance(stored, str) else stored


@dataclass(frozen=True, slots=True)
class _Asked:
    """The tokens of which a document must hold all, and the places of which it must hold one."""

    tokens: list[str]
    scope: list[str]

    @property
    def is_small(self) -> bool:
        """Whether streets and communities alone are asked for: there are few documents in each."""
        return bool(self.scope) and min(map(len, self.scope)) >= _STREET_TOKEN

    @property
    def district(self) -> str:
        """The one district in which all of the places lie, or nothing."""
        found = {place[2:_DISTRICT_TOKEN] for place in self.scope}
        return min(found) if len(found) == 1 and min(map(len, self.scope)) >= _DISTRICT_TOKEN else ""

    def statement(self) -> str:
        """How `among` goes about it; for the lookup to be put in."""
        if not is_postgres():
            return _AMONG
        if self.is_small:
            return _AMONG_FROM_INDEX
        return _AMONG_IN_DISTRICT if self.district else _AMONG_ANYWHERE

    def words(self) -> str:
        """As the database wants to be asked."""
        quote, every, either = ("'{}'", " & ", " | ") if is_postgres() else ('"{}"', " AND ", " OR ")
        parts = [quote.format(token) for token in self.tokens]
        if self.scope:
            parts.append(f"({either.join(quote.format(place) for place in self.scope)})")
        return every.join(parts)


def _asked(asked: list[str], places: Iterable[str]) -> _Asked:
    inside = [codes.parse(place) for place in places]
    scope = [f"pp{code.base[:12] if code.serial else code.prefix}" for code in inside]
    if any(len(token) < 6 for token in scope):  # a province or the country: no narrowing
        scope = []
    return _Asked(asked, scope)


_DISTRICT_TOKEN, _STREET_TOKEN = len("pp500108"), len("pp500108002")

# SQLite, whose index of words is in the order of rows.
_MATCHING = """
    SELECT kernel_searchrow.id, kernel_searchrow.object
    FROM kernel_searchtext JOIN kernel_searchrow ON kernel_searchrow.id = kernel_searchtext.rowid
    WHERE kernel_searchtext MATCH %(words)s AND kernel_searchrow.kind = %(kind)s
    AND kernel_searchtext.rowid < %(before)s
"""
_NEWEST = f"{_MATCHING} ORDER BY kernel_searchtext.rowid DESC LIMIT %(limit)s"
# Of several texts of an object that hold the words only the newest counts, and only a member's.
_COUNTS = """
    CASE WHEN ({{lookup}}) = 1 THEN NOT EXISTS (
        SELECT 1 FROM kernel_searchrow AS later WHERE later.object = kernel_searchrow.object
        AND later.kind = %(kind)s AND later.id > kernel_searchrow.id AND {holds}
    ) ELSE FALSE END
"""
_HOLDS = """EXISTS (
    SELECT 1 FROM kernel_searchtext WHERE kernel_searchtext.rowid = later.id
    AND kernel_searchtext MATCH %(words)s
)"""
# Of few members their texts are read; how many members there are comes first. Reading a text is a third of
# asking the index of words about one row.
_PART = "SELECT * FROM ({part}) AS part{n}"
_FEW = """
    WITH few AS MATERIALIZED ({members}), texts AS MATERIALIZED (
        SELECT id, object{more} FROM kernel_searchrow
        WHERE object IN (SELECT * FROM few) AND kind = %(kind)s ORDER BY id DESC
    )
    SELECT NULL AS id, NULL AS object, COUNT(*) AS many FROM few
    UNION ALL SELECT id, object, 0 FROM texts WHERE (SELECT COUNT(*) FROM few) <= %(few)s AND {holds}
"""
_AMONG_FEW = _FEW.replace("{more}", "").replace(
    "{holds}",
    """NOT EXISTS (
        SELECT 1 FROM json_each(%(words)s) AS word WHERE NOT INSTR(
            (SELECT ' ' || tokens || ' ' FROM kernel_searchtext WHERE rowid = texts.id),
            ' ' || word.value || ' '
        )
    )""",
)
_AMONG = f"""
    {_MATCHING} AND {_COUNTS.format(holds=_HOLDS)} ORDER BY kernel_searchtext.rowid DESC LIMIT %(limit)s
"""

_AMONG_FEW_POSTGRES = (
    _FEW.replace("{more}", ", tokens").replace("{holds}", "tokens @@ %(words)s::tsquery")
    + " ORDER BY id DESC NULLS FIRST"
)

# PostgreSQL. First among the newest rows: there a word that many documents hold is found by walking back from
# the newest (IS TRUE hides the words from the planner), while their index would fetch all of its documents to
# sort them. MATERIALIZED: otherwise the planner walks the primary key to its end for rare words (measured).
# The second part is not run when the first has filled the page.
_NEWEST_FIRST = """
    WITH recent AS MATERIALIZED (
        SELECT id, object FROM kernel_searchrow
        WHERE (tokens @@ %(words)s::tsquery) IS TRUE AND kind = %(kind)s
        AND id < %(before)s AND id > %(floor)s
        ORDER BY id DESC LIMIT %(limit)s
    ), older AS MATERIALIZED (
        SELECT id, object FROM kernel_searchrow
        WHERE tokens @@ %(words)s::tsquery AND kind = %(kind)s AND id <= %(floor)s AND id < %(before)s
        AND (SELECT COUNT(*) FROM recent) < %(limit)s
    )
    SELECT id, object FROM recent UNION ALL SELECT id, object FROM older ORDER BY id DESC LIMIT %(limit)s
"""
# In a street or a community there are few documents: straight from their index.
_FROM_INDEX = """
    WITH hits AS MATERIALIZED (
        SELECT id, object FROM kernel_searchrow
        WHERE tokens @@ %(words)s::tsquery AND kind = %(kind)s AND id < %(before)s
    )
    SELECT id, object FROM hits ORDER BY id DESC LIMIT %(limit)s
"""
# The same two ways for `among`. `recent` reads `hits` one by one and in its order, as rows of a WITH are:
# once the page is full nobody walks on. LIMIT as a subquery, and the pair of district and number, let the
# planner expect a few of many rows in an index's order: it would read and sort the whole district otherwise,
# which takes five times as long. Rows are counted, not bounded by number: within a pair a lower bound does
# not end the walk.
_IN_DISTRICT = {
    "area": "left(place, 6)",
    "bounds": "(left(place, 6), id) < (%(district)s, %(before)s)"
    " AND (left(place, 6), id) > (%(district)s, 0)",
    "order": "area DESC, id DESC",
}
_ANYWHERE = {"area": "NULL", "bounds": "id < %(before)s", "order": "id DESC"}
_COUNTS_HERE = _COUNTS.format(holds="(later.tokens @@ %(words)s::tsquery) IS TRUE")
_AMONG_NEWEST_FIRST = """
    WITH hits AS MATERIALIZED (
        SELECT id, object FROM (
            SELECT id, object, kind, tokens, {area} AS area FROM kernel_searchrow
            WHERE {bounds} ORDER BY {order} LIMIT (SELECT %(window)s)
        ) AS near WHERE tokens @@ %(words)s::tsquery AND kind = %(kind)s
        ORDER BY {order} LIMIT (SELECT %(looked_up)s)
    ), recent AS MATERIALIZED (
        SELECT id, object FROM hits AS kernel_searchrow WHERE {counts} LIMIT %(limit)s
    ), older AS MATERIALIZED (
        SELECT id, object FROM kernel_searchrow
        WHERE tokens @@ %(words)s::tsquery AND kind = %(kind)s AND (SELECT COUNT(*) FROM recent) < %(limit)s
        AND (SELECT COUNT(*) FROM hits) < %(looked_up)s
        AND id < COALESCE((SELECT MIN(id) FROM hits), %(before)s)
    ), run AS MATERIALIZED (
        SELECT id, object FROM older ORDER BY id DESC LIMIT %(looked_up)s
    )
    SELECT id, object FROM recent
    UNION ALL SELECT id, object FROM run AS kernel_searchrow WHERE {counts}
    UNION ALL SELECT MIN(id), NULL FROM hits WHERE (SELECT COUNT(*) FROM recent) < %(limit)s
    HAVING COUNT(*) = %(looked_up)s
    UNION ALL SELECT MIN(id), NULL FROM run HAVING COUNT(*) = %(looked_up)s
    ORDER BY id DESC, object
"""
_AMONG_ANYWHERE, _AMONG_IN_DISTRICT = (
    _AMONG_NEWEST_FIRST.format(counts=_COUNTS_HERE, **way) for way in (_ANYWHERE, _IN_DISTRICT)
)
_AMONG_FROM_INDEX = """
    WITH hits AS MATERIALIZED (
        SELECT id, object FROM kernel_searchrow
        WHERE tokens @@ %(words)s::tsquery AND kind = %(kind)s AND id < %(before)s
    )
    SELECT id, object FROM (
        SELECT id, object FROM hits ORDER BY id DESC OFFSET 0
    ) AS kernel_searchrow WHERE {counts} ORDER BY id DESC LIMIT %(limit)s
""".replace("{counts}", _COUNTS_HERE)

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
