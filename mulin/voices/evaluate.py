"""Reading labelled files and computing the figures that the command line prints. Pure: paths in, dicts out.

Files are CSV or gzipped CSV in UTF-8 with a header row. Every function raises ValueError, naming the file and
the column, when a column it needs is missing.
"""

from __future__ import annotations

import csv
import gzip
import io
import time
import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from mulin.voices import duplicates, hot
from mulin.voices.classifier import Model

csv.field_size_limit(10_000_000)


def read_rows(path: Path | str) -> list[dict[str, str]]:
    """All rows of a .csv or .csv.gz file, a byte order mark or not."""
    try:
        data = Path(path).read_bytes()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text in UTF-8") from error
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _need(rows: Sequence[dict], columns: Iterable[str], path: Path | str) -> None:
    if not rows:
        raise ValueError(f"{path}: no rows")
    missing = [column for column in columns if column not in rows[0]]
    if missing:
        raise ValueError(f"{path}: column missing: {', '.join(missing)}")


def text_of(row: dict[str, str]) -> str:
    """The text of a labelled row: `text`, or `subject` and `body`."""
    if row.get("text"):
        return row["text"]
    return f"{row.get('subject') or ''} {row.get('body') or ''}".strip()


def read_labelled(paths: Iterable[Path | str]) -> list[tuple[str, str]]:
    """(label, text) of every row that has both, over all files in the order given."""
    out = []
    for path in paths:
        rows = read_rows(path)
        _need(rows, ["label"], path)
        if "text" not in rows[0]:
            _need(rows, ["subject", "body"], path)
        out.extend((row["label"], text_of(row)) for row in rows if row["label"] and text_of(row))
    return out


def macro_f1(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """Mean over the labels of truth and prediction of each label's F1."""
    labels = sorted(set(truth) | set(predicted))
    pairs = list(zip(truth, predicted, strict=True))
    scores = []
    for label in labels:
        hits = sum(t == p == label for t, p in pairs)
        given = sum((t == label) + (p == label) for t, p in pairs)
        scores.append(2 * hits / given)
    return float(np.mean(scores)) if scores else 0.0


def evaluate_triage(model: Model, path: Path | str) -> dict[str, float]:
    """Macro-F1, accuracy and the 95th percentile of the time for one message, in milliseconds."""
    rows = read_labelled([path])
    if not rows:
        raise ValueError(f"{path}: no row with label and text")
    predicted, times = [], []
    model.classify(rows[0][1])
    for _, text in rows:
        begin = time.perf_counter()
        predicted.append(model.classify(text))
        times.append((time.perf_counter() - begin) * 1000)
    truth = [label for label, _ in rows]
    return {
        "macro_f1": round(macro_f1(truth, predicted), 4),
        "accuracy": round(float(np.mean([t == p for t, p in zip(truth, predicted, strict=True)])), 4),
        "p95_ms": round(float(np.percentile(times, 95)), 3),
    }


def read_messages(path: Path | str) -> list[hot.Message]:
    """Messages for hot topics: id, subject, time, body; place, category and likes where the file has them."""
    rows = read_rows(path)
    _need(rows, ["id", "subject", "time", "body"], path)
    return [
        hot.Message(
            row["id"],
            row["subject"],
            hot.parse_time(row["time"]),
            row["body"],
            row.get("place") or "",
            row.get("category") or "",
            int(row.get("likes") or 0),
            row.get("user") or "",
        )
        for row in rows
    ]


def hot_topics(path: Path | str, top: int = 5) -> dict:
    """The `top` hottest topics of a file of messages."""
    found = hot.topics(read_messages(path), top)
    return {
        "topics": [
            {
                "label": topic.label,
                "ids": list(topic.ids),
                "count": topic.count,
                "since": topic.since.isoformat(),
                "until": topic.until.isoformat(),
                "places": list(topic.places),
            }
            for topic in found
        ]
    }


def read_requests(path: Path | str) -> tuple[list[duplicates.Request], np.ndarray]:
    """Requests in order of (created, id), and which of them the city marked as duplicates."""
    rows = read_rows(path)
    _need(rows, ["id", "created", "nature", "address", "duplicate"], path)
    rows.sort(key=lambda row: (row["created"], row["id"]))
    requests = [
        duplicates.Request(row["id"], date.fromisoformat(row["created"][:10]), row["nature"], row["address"])
        for row in rows
    ]
    return requests, np.array([row["duplicate"] == "1" for row in rows])


def fit_duplicates(path: Path | str) -> duplicates.DayModel:
    """A model fitted on every row of the file."""
    return duplicates.fit(*read_requests(path))


def evaluate_duplicates(path: Path | str, model: duplicates.DayModel | None = None) -> dict[str, float]:
    """Precision, recall and F1 of the duplicate mark.

    A file of several years: fitted on all years but the last, scored on the last. A file of one year: scored
    with `model`, else with the shipped parameters (fitted on Chicago's requests of 2011 to 2013).
    """
    requests, truth = read_requests(path)
    years = np.array([request.day.year for request in requests])
    last = years == years.max()
    if not last.all():
        before = [request for request, is_last in zip(requests, last, strict=True) if not is_last]
        model = duplicates.fit(before, truth[~last])
    else:
        model = model or duplicates.DayModel.load()
    # The whole stream is read, so that the first days of the last year know what came before them.
    predicted = model.predict(requests)
    return {name: round(value, 4) for name, value in duplicates.f1(predicted[last], truth[last]).items()}
