"""Is this the same matter that somebody already reported? Two questions, two models.

`score` and `find` compare two messages while someone is typing: place, time, words and category. The weights
are set by hand and say so; the desk confirms or refuses every match.

`DayModel` reads a stream of requests that carry an address and a day (no words): each is judged only by
what came before it, in order of (created, id). It is a logistic regression whose inputs can be read aloud:
how many days since the last request at the address and on which weekday, how long the run of requests already
lasts in working days, whether the nature is the same. Nothing that becomes known later (status, completion,
later rows) is used, and a row that repeats an id is the same request, never a duplicate.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from mulin.voices import grams

SHIPPED = grams.PACKS / "duplicates.json"
FORMAT = 1

# --- two messages -------------------------------------------------------------------------------------

# Log-odds. Chosen so that the same words at the same place in a week are near certain, the same place and
# category with other words a fair guess, and the same words at another place unlikely.
_BASE, _TEXT, _NEAR, _SAME_PLACE, _FAR, _CATEGORY, _OTHER_CATEGORY, _WEEKS = (
    -3.2,
    7.0,
    2.2,
    2.4,
    -3.0,
    1.0,
    -0.8,
    -0.12,
)
NEAR_METRES, FAR_METRES = 80.0, 600.0


@dataclass(frozen=True)
class Said:
    """What is compared. `place` is a code or a normalised address; lon, lat in degrees; time may be None."""

    id: str
    text: str
    time: datetime | None = None
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    category: str = ""


@dataclass(frozen=True)
class Match:
    """How likely `id` is the same matter (0 to 1), and why: codes with a value, for the page to word."""

    id: str
    probability: float
    reason: tuple[tuple[str, str], ...]


def metres(a: Said, b: Said) -> float | None:
    """Distance on the ground, None when a position is unknown."""
    if None in (a.lon, a.lat, b.lon, b.lat):
        return None
    x = math.radians(a.lon - b.lon) * math.cos(math.radians((a.lat + b.lat) / 2))
    return 6_371_000 * math.hypot(x, math.radians(a.lat - b.lat))


def _similarity(a: frozenset[str], b: frozenset[str]) -> float:
    """Cosine of two sets of bigrams."""
    return len(a & b) / math.sqrt(len(a) * len(b)) if a and b else 0.0


def score(a: Said, b: Said) -> Match:
    """Chance that `b` speaks of the same matter as `a`."""
    return _score(a, grams.gram_set(grams.normalise(a.text)), b)


def _score(a: Said, bigrams: frozenset[str], b: Said) -> Match:
    likeness = _similarity(bigrams, grams.gram_set(grams.normalise(b.text)))
    logit = _BASE + _TEXT * likeness
    reason = [("text", f"{likeness:.2f}")] if likeness >= 0.15 else []
    distance = metres(a, b)
    if a.place and a.place == b.place:
        logit += _SAME_PLACE
        reason.append(("place", b.place))
    elif distance is None and a.place and b.place:
        logit += _FAR / 2
    if distance is not None:
        nearness = 1 - min(1.0, max(0.0, (distance - NEAR_METRES) / (FAR_METRES - NEAR_METRES)))
        logit += _FAR + nearness * (_NEAR - _FAR)
        if nearness > 0:
            reason.append(("metres", f"{distance:.0f}"))
    if a.category and b.category:
        logit += _CATEGORY if a.category == b.category else _OTHER_CATEGORY
        if a.category == b.category:
            reason.append(("category", b.category))
    if a.time and b.time:
        days = abs((a.time - b.time).total_seconds()) / 86_400
        logit += _WEEKS * days / 7
        reason.append(("days", f"{days:.0f}"))
    return Match(b.id, 1 / (1 + math.exp(-logit)), tuple(reason))


def find(candidate: Said, others: Iterable[Said], *, top: int = 5, least: float = 0.3) -> list[Match]:
    """The likeliest earlier messages on the same matter, best first."""
    bigrams = grams.gram_set(grams.normalise(candidate.text))
    matches = [_score(candidate, bigrams, other) for other in others if other.id != candidate.id]
    return sorted((m for m in matches if m.probability >= least), key=lambda m: -m.probability)[:top]


# --- a stream of requests by address and day ----------------------------------------------------------

LONGEST_GAP = 7
RUN_GAP = 3
GAP_CLASSES = 6
RUN_CLASSES = 5
DETAILED_GAPS = 4
PENALTY = 1.0 / 0.3
THRESHOLDS = np.linspace(0.1, 0.7, 61)


@dataclass(frozen=True)
class Request:
    """One request: number, day, nature of the problem, address."""

    id: str
    day: date
    nature: str
    address: str


def normal_address(address: str) -> str:
    """Capitals and single spaces."""
    return re.sub(r"\s+", " ", address.strip().upper())


def working_days(first: date, last: date) -> int:
    """Mondays to Fridays after `first` up to `last`."""
    return sum((first + timedelta(n)).weekday() < 5 for n in range(1, (last - first).days + 1))


def feature_names() -> list[str]:
    """Names of the inputs, in their order."""
    names = [f"gap{g}_weekday{w}" for g in range(GAP_CLASSES) for w in range(7)]
    for g in range(DETAILED_GAPS):
        names += [f"gap{g}_same_nature", f"gap{g}_log_run_count", f"gap{g}_log_run_days"]
    return [*names, *(f"run_working_days{n}" for n in range(RUN_CLASSES)), "constant"]


def features(requests: Sequence[Request]) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (rows, names) of every request, in the order given, which must be (day, id); and whether it can
    be a duplicate at all: another request at its address within a week before, and its number not seen."""
    matrix = np.zeros((len(requests), len(feature_names())))
    possible = np.zeros(len(requests), bool)
    past: dict[str, list[Request]] = defaultdict(list)
    seen: set[str] = set()
    for i, request in enumerate(requests):
        address = normal_address(request.address)
        recent = [r for r in past[address] if (request.day - r.day).days <= 60]
        earlier = [r for r in recent if r.id != request.id]
        past[address] = [*recent, request]
        repeated, _ = request.id in seen, seen.add(request.id)
        if repeated or not address or not earlier or (request.day - earlier[-1].day).days > LONGEST_GAP:
            continue
        possible[i] = True
        _describe(matrix[i], request, earlier)
    return matrix, possible


def _describe(row: np.ndarray, request: Request, earlier: list[Request]) -> None:
    gap = min((request.day - earlier[-1].day).days, GAP_CLASSES - 1)
    row[gap * 7 + request.day.weekday()] = 1
    begin, after = None, request.day
    for other in reversed(earlier):
        if (after - other.day).days > RUN_GAP:
            break
        begin = after = other.day
    if gap < DETAILED_GAPS:
        at = GAP_CLASSES * 7 + gap * 3
        row[at] = request.nature == earlier[-1].nature
        row[at + 1] = math.log1p(sum((request.day - r.day).days <= RUN_GAP for r in earlier))
        row[at + 2] = math.log1p((request.day - begin).days) if begin else 0
    if begin:
        days = working_days(begin, request.day)
        if days < RUN_CLASSES:
            row[GAP_CLASSES * 7 + DETAILED_GAPS * 3 + days] = 1
    row[-1] = 1


@dataclass(frozen=True)
class DayModel:
    """Weights by feature name order, the threshold above which a request counts as a duplicate, and the
    days it was fitted on."""

    weights: np.ndarray
    threshold: float
    fitted_on: str = ""

    def probabilities(self, requests: Sequence[Request]) -> np.ndarray:
        """Chance of each request to be a duplicate, in the order given."""
        matrix, possible = features(requests)
        return np.where(possible, _sigmoid(matrix @ self.weights), 0.0)

    def predict(self, requests: Sequence[Request]) -> np.ndarray:
        """True where a request counts as a duplicate."""
        return self.probabilities(requests) >= self.threshold

    def save(self, path: Path | str) -> None:
        """Write the parameters as JSON, readable by people."""
        weights = dict(zip(feature_names(), (round(float(w), 4) for w in self.weights), strict=True))
        body = {
            "format": FORMAT,
            "fitted_on": self.fitted_on,
            "threshold": self.threshold,
            "weights": weights,
        }
        Path(path).write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path | str = SHIPPED) -> DayModel:
        """Read what `save` wrote. ValueError when the inputs are not the ones this version computes."""
        body = json.loads(Path(path).read_text(encoding="utf-8"))
        if body.get("format") != FORMAT or list(body["weights"]) != feature_names():
            raise ValueError(f"duplicate model of another version: {path}")
        return cls(np.array(list(body["weights"].values())), float(body["threshold"]), body["fitted_on"])


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


def _logistic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Ridge-penalised logistic regression by Newton steps; convex, so a few dozen steps are exact."""
    weights = np.zeros(x.shape[1])
    penalty = np.full(x.shape[1], PENALTY)
    penalty[-1] = 1e-3
    for _ in range(50):
        p = _sigmoid(x @ weights)
        slope = x.T @ (p - y) + penalty * weights
        curve = (x.T * (p * (1 - p))) @ x + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def f1(predicted: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Precision, recall and their harmonic mean."""
    hits = float((predicted & truth).sum())
    precision = hits / predicted.sum() if predicted.any() else 0.0
    recall = hits / truth.sum() if truth.any() else 0.0
    both = precision + recall
    mean = 2 * precision * recall / both if both else 0.0
    return {"precision": float(precision), "recall": float(recall), "f1": float(mean)}


def fit(requests: Sequence[Request], truth: np.ndarray) -> DayModel:
    """Fit on requests in order of (day, id) with `truth` (is a duplicate).

    The threshold is chosen the way it will be used, forward in time: fitted on all years but the last and
    tried on the last one of these training rows. With a single year it is tried on the last third.
    """
    matrix, possible = features(requests)
    years = np.array([r.day.year for r in requests])
    late = years == years.max()
    if late.all():
        late = np.arange(len(requests)) >= len(requests) * 2 // 3
    early = possible & ~late
    trial = _sigmoid(matrix[late] @ _logistic(matrix[early], truth[early].astype(float)))
    trial[~possible[late]] = 0
    curve = np.array([f1(trial >= t, truth[late])["f1"] for t in THRESHOLDS])
    # Neighbouring thresholds differ by noise: the middle of a smooth top is steadier than the highest tooth.
    smooth = np.convolve(np.pad(curve, 3, mode="edge"), np.ones(7) / 7, mode="valid")
    weights = _logistic(matrix[possible], truth[possible].astype(float))
    days = f"{requests[0].day} to {requests[-1].day}"
    return DayModel(weights, float(THRESHOLDS[int(smooth.argmax())]), days)
