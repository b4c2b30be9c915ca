"""Votes on statements: who said what to which statement, kept sparse. Pure.

A vote is 1 (agree), -1 (disagree) or 0 (pass); a statement that a person has not seen is simply absent, which
is not the same as a pass. Participants and statements are kept in the order of their ids, so that nothing
depends on the order in which votes came in.
"""

import csv
import gzip
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

AGREE, DISAGREE, PASS = 1, -1, 0


@dataclass(frozen=True)
class Votes:
    """All votes of one conversation, without the statements that moderation left out.

    `starts`, `columns` and `values` are laid out as a compressed row matrix (passes are stored, as zeros).
    `answered` counts every answer of a participant, those to left-out statements too: a person who has said
    enough stays placed when a statement is taken away. `left_out` is the number of such statements.
    """

    participants: np.ndarray
    statements: np.ndarray
    starts: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    answered: np.ndarray
    left_out: int = 0

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.participants), len(self.statements)

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def rows(self) -> np.ndarray:
        return np.repeat(np.arange(len(self.participants), dtype=np.int32), np.diff(self.starts))

    @cached_property
    def seen(self) -> np.ndarray:
        """Votes of each participant on the statements that are kept."""
        return np.diff(self.starts)

    @cached_property
    def means(self) -> np.ndarray:
        """The mean vote on each statement, over those who saw it; 0 where nobody did."""
        return self.sums / np.maximum(np.bincount(self.columns, minlength=self.shape[1]), 1)

    @cached_property
    def sums(self) -> np.ndarray:
        return np.bincount(self.columns, self.values, minlength=self.shape[1])

    def centred(self) -> sparse.csr_array:
        """Each vote less the statement's mean; unseen is 0, that is: the mean. Shape participants x
        statements."""
        data = self.values - self.means[self.columns]
        return sparse.csr_array((data, self.columns, self.starts), shape=self.shape)

    def of(self, participant: Any) -> dict[Any, int]:
        """What one participant said: statement -> vote; empty for somebody who has not voted."""
        at = index_of(self.participants, participant)
        if at is None:
            return {}
        part = slice(self.starts[at], self.starts[at + 1])
        return dict(
            zip(self.statements[self.columns[part]].tolist(), self.values[part].tolist(), strict=True)
        )

    def only(self, kept: np.ndarray) -> "Votes":
        """The same conversation with the participants at these positions (ascending) alone."""
        sizes = self.seen[kept]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        take = np.arange(starts[-1]) + np.repeat(self.starts[kept] - starts[:-1], sizes)
        return Votes(
            self.participants[kept],
            self.statements,
            starts,
            self.columns[take],
            self.values[take],
            self.answered[kept],
            self.left_out,
        )


def index_of(ids: np.ndarray, wanted: Any) -> int | None:
    """Where an id stands in a sorted array of ids."""
    at = int(np.searchsorted(ids, wanted))
    return at if at < len(ids) and ids[at] == wanted else None


def from_rows(rows: Iterable[tuple[Any, Any, int]], **options: Any) -> Votes:
    """Votes from (participant, statement, vote); ids may be anything that has an order. See `from_arrays`."""
    given = list(rows)
    columns = (
        [np.asarray(one) if _plain(one) else _objects(one) for one in zip(*given, strict=True)]
        if given
        else [np.empty(0, int)] * 3
    )
    return from_arrays(*columns, **options)


def _plain(column: tuple) -> bool:
    kinds = set(map(type, column))
    return kinds <= {int} or kinds == {str}


def _objects(column: tuple) -> np.ndarray:
    made = np.empty(len(column), object)
    made[:] = column
    return made


def from_arrays(
    participants: np.ndarray,
    statements: np.ndarray,
    votes: np.ndarray,
    *,
    known: Collection[Any] = (),
    left_out: Collection[Any] = (),
) -> Votes:
    """Votes from three arrays of one length, in the order in which they were cast: a later vote of the same
    person on the same statement replaces the earlier one.

    `known`: statements that exist, also if nobody voted on them yet. `left_out`: statements that moderation
    rejected. Raises ValueError for a vote that is none of 1, 0, -1.
    """
    votes = np.asarray(votes)
    if len(votes) and not np.isin(votes, (AGREE, DISAGREE, PASS)).all():
        raise ValueError("a vote is 1 (agree), 0 (pass) or -1 (disagree)")
    people, row = np.unique(participants, return_inverse=True)
    voted_on, column = np.unique(statements, return_inverse=True)
    row, column, votes = _last_of_each(row, column, votes.astype(np.int8), len(voted_on))
    answered = np.bincount(row, minlength=len(people))
    out = np.isin(voted_on, _array(left_out, voted_on)) if left_out else np.zeros(len(voted_on), bool)
    if out.any():
        staying = ~out[column]
        row, column, votes = row[staying], column[staying], votes[staying]
    kept = voted_on[~out]
    extra = set(known) - set(left_out) - set(kept.tolist())
    every = np.unique(np.concatenate([kept, _array(extra, kept)])) if extra else kept
    place = np.zeros(len(voted_on), np.int32)
    place[~out] = np.searchsorted(every, kept)
    starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(people)))])
    return Votes(people, every, starts, place[column], votes, answered, int(out.sum()))


def _array(ids: Collection[Any], like: np.ndarray) -> np.ndarray:
    return np.array(list(ids), dtype=object if like.dtype == object else None)


def _last_of_each(row: np.ndarray, column: np.ndarray, votes: np.ndarray, width: int) -> tuple:
    """Sorted by participant and statement, the last vote of each pair."""
    key = row.astype(np.int64) * max(width, 1) + column
    if len(key) > 1 and not (np.diff(key) > 0).all():
        order = np.argsort(key, kind="stable")
        key = key[order]
        last = np.append(key[1:] != key[:-1], True)
        row, column, votes = row[order][last], column[order][last], votes[order][last]
    return row, column, votes


def read_csv(path: Path, **options: Any) -> Votes:
    """Votes from a file with the columns participant, statement, vote (csv or csv.gz). Ids that are all whole
    numbers are read as numbers. Raises ValueError when a column is missing or a vote is not one."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        head = next(reader, [])
        if missing := {"participant", "statement", "vote"} - set(head):
            raise ValueError(f"{path}: the column {sorted(missing)[0]!r} is missing")
        at = [head.index(name) for name in ("participant", "statement", "vote")]
        rows = [(row[at[0]], row[at[1]], row[at[2]]) for row in reader if row]
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    try:
        votes = np.array([float(vote) for vote in columns[2]])
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return from_arrays(read_ids(columns[0]), read_ids(columns[1]), votes, **options)


def read_ids(texts: Iterable[str]) -> np.ndarray:
    """Ids of a file: whole numbers if all of them are, else texts."""
    given = list(texts)
    try:
        return np.array([int(text) for text in given], dtype=np.int64)
    except ValueError:
        return np.array(given)
