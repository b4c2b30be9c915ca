"""Part 6: what it costs to understand a message, and to import thousands of them."""

import csv
import gzip
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from bench import databases, texts, worlds
from bench.figures import Figure, at_most
from bench.measure import NothingMeasured, percentile, timed
from bench.options import Options

DATABASE = "bench_messages"
GOAL_CLASS_MS, GOAL_IMPORT_SECONDS = 3.0, 60.0
REAL = "messages/hot_issues.csv.gz"


def measure(options: Options) -> list[Figure]:
    databases.make(DATABASE)
    worlds.make()
    source = _real()
    said = _messages(source, options.messages)
    figures = _suggesting(said, "real messages" if source else "examples")
    if source and not options.is_quick:
        figures.append(_importing(source))
    databases.drop(DATABASE)
    return figures


def _real() -> Path | None:
    given = os.environ.get("MULIN_DATA")
    path = Path(given, REAL) if given else None
    if path and not path.is_file():
        raise NothingMeasured(f"MULIN_DATA has no {REAL}")
    return path


def _messages(source: Path | None, count: int) -> list[str]:
    if source is None:
        return texts.pool(count)
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    random.Random(3).shuffle(rows)
    text = next(name for name in ("text", "body", "留言详情") if name in rows[0])
    return [row[text] for row in rows[:count]]


def _suggesting(said: list[str], whose: str) -> list[Figure]:
    """Category, kind, severity, urgency, advice and personal data; then the category alone."""
    from mulin.voices import triage, understanding

    starter = triage.starter_model()
    # Another blank each time: what was understood once is remembered.
    whole = [_best(lambda n, text=text: understanding.suggest(text + " " * n)) for text in said]
    alone = [_best(lambda n, text=text: starter.suggest(text, 5)) for text in said]
    length = sorted(map(len, said))[len(said) // 2]
    name = databases.name()
    found = []
    for label, times, goal in (("everything", whole, {}), ("the category alone", alone, None)):
        p50, p95 = percentile(times, 0.5), percentile(times, 0.95)
        goal = at_most(round(p95, 2), GOAL_CLASS_MS, " ms") if goal is None else goal
        found.append(
            Figure(
                "triage",
                f"{label}, {whose} of {length} characters, p95",
                name,
                p95,
                "ms",
                p50,
                max(times),
                **goal,
                note="spread: from the median to the longest",
            )
        )
    return found


def _best(act: Callable[[int], object]) -> float:
    """The best of three: what a text costs, not what the machine did besides."""
    return min(timed(lambda n=n: act(n)) for n in range(3))


def _importing(source: Path) -> Figure:
    from mulin.kernel.actors import SYSTEM
    from mulin.voices.actions import import_voices

    started = time.perf_counter()
    report = import_voices(actor=SYSTEM, path=source, place=worlds.HOME)
    seconds = time.perf_counter() - started
    if not report.created:
        raise NothingMeasured("the import made nothing")
    return Figure(
        "triage",
        f"import of {report.created:,} messages, with suggestions",
        databases.name(),
        seconds,
        "s",
        **at_most(round(seconds, 1), GOAL_IMPORT_SECONDS, " s"),
    )
