"""Understanding a voice: what it is about, what kind it is, how grave, how urgent, and whose it is.

Everything here is a suggestion with a confidence and a reason; people decide, unless a rule pack allows
automatic dispatch above a stated precision. What is learned (the category) lives in `classifier`; what is
said by rule (kind, 大事, urgency, other doors) is read from packs/cues.toml, so a clerk can change it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache

from mulin.voices import catalogue, masking
from mulin.voices.classifier import Model, Suggestion, train
from mulin.voices.grams import PACKS

__all__ = [
    "Advice",
    "Model",
    "Severity",
    "Suggestion",
    "Understanding",
    "Urgency",
    "elsewhere",
    "kind_of",
    "other_doors",
    "severity_of",
    "starter_model",
    "train",
    "understand",
    "urgency_of",
]

# A voice without any cue is most often someone who wants something mended.
DEFAULT_KIND, DEFAULT_KIND_CONFIDENCE = "help", 0.3
# Slopes of the two small models, fitted once by five-fold cross-validation on the invented sentences.
STARTER_SLOPE, KIND_SLOPE = 15.0, 4.0
NEGATION_REACH = 3
NEGATIONS = ("没有", "不是", "并非", "没")
_CLAUSE_END = re.compile(r"[，。；！？!?,;\n]")
_SENTENCE_END = re.compile(r"[。；！？!?;\n]")


@dataclass(frozen=True)
class Severity:
    """`level` is "minor" 小事 or "major" 大事; `type` names the 大事, else it is empty."""

    level: str
    type: str
    confidence: float
    reason: tuple[str, ...] = ()


@dataclass(frozen=True)
class Urgency:
    """0 can wait its turn, 1 soon, 2 today, 3 now."""

    level: int
    confidence: float
    reason: tuple[str, ...] = ()


@dataclass(frozen=True)
class Advice:
    """What to tell the person at once, in both languages, because it is an emergency or belongs elsewhere."""

    code: str
    zh: str
    en: str
    phones: tuple[str, ...]
    confidence: float
    reason: tuple[str, ...] = ()


@dataclass(frozen=True)
class Understanding:
    """All suggestions about one text. Spans are places in the text that hold personal data."""

    categories: tuple[Suggestion, ...]
    kinds: tuple[Suggestion, ...]
    severity: Severity
    urgency: Urgency
    advice: tuple[Advice, ...]
    spans: tuple[masking.Span, ...]


@lru_cache(maxsize=1)
def _cues() -> dict:
    with (PACKS / "cues.toml").open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=1)
def starter_model() -> Model:
    """The category model learned from the invented examples and keywords, made once a process. Numpy only."""
    model = train(catalogue.starter_rows(), method="ridge", calibrate=False)
    model.slope = STARTER_SLOPE
    return model


@lru_cache(maxsize=1)
def _kind_model() -> Model:
    """What the invented sentences say about kinds; asked only when no cue speaks."""
    model = train(catalogue.kind_rows(), method="ridge", calibrate=False)
    model.slope = KIND_SLOPE
    return model


def _negated(text: str, at: int) -> bool:
    """A cue right after "没有" and the like means its opposite: 没有着火."""
    before = text[max(0, at - NEGATION_REACH) : at]
    return any(before.endswith(word) for word in NEGATIONS)


@cache
def _passing(name: str) -> re.Pattern[str]:
    """What stands near a danger that is only feared, supposed or long over, by how it governs it."""
    return re.compile("|".join(_cues()["passing"][name]))


def _bounds(text: str, start: int, stop: int, end: re.Pattern[str]) -> tuple[int, int]:
    """Where the clause or sentence around a found piece begins and ends."""
    after = end.search(text, stop)
    begin = max((m.end() for m in end.finditer(text, 0, start)), default=0)
    return begin, after.start() if after else len(text)


def _is_fact(before: str, piece: str, after: str) -> bool:
    """Told as something that happened: 着火了, 发生了…, a smell in the air."""
    named = (("fact_before", before), ("fact_itself", piece), ("fact_after", after))
    return any(_passing(name).search(where) for name, where in named)


def _is_in_passing(text: str, start: int, end: int, cue: dict) -> bool:
    """Whether a danger is only feared, supposed, usual or over. See [passing] in the pack for the order."""
    first, last = _bounds(text, start, end, _SENTENCE_END)
    if _passing("help").search(text[first:last]):
        return False
    begin, stop = _bounds(text, start, end, _CLAUSE_END)
    before, after = text[begin:start], text[end:stop]
    if _passing("supposed").search(text[first:start]) or _passing("feared").search(before):
        return True
    if _passing("over").search(after):
        return True
    if _passing("now").search(text[begin:stop]):
        return False
    if _passing("told").search(before) or (not cue.get("looming") and _passing("looming").search(before)):
        return True
    weak = _passing("caused").search(before) or _passing("topic").search(after)
    return bool(weak) and not _is_fact(before, text[start:end], after)


def _holds(text: str, start: int, end: int, cue: dict) -> bool:
    """Whether a found piece means what the cue means, from the words around it in the same clause."""
    if _negated(text, start):
        return False
    begin, stop = _bounds(text, start, end, _CLAUSE_END)
    if any(word in text[begin:stop] for word in cue.get("unless", ())):
        return False
    return not (cue.get("here_and_now") and _is_in_passing(text, start, end, cue))


def _hits(text: str, cue: dict) -> list[str]:
    """The different pieces of the text that say what the cue is about."""
    if any(word in text for word in cue.get("never_with", ())):
        return []
    found = dict.fromkeys(
        match[0]
        for pattern in _patterns(*cue["words"], *cue.get("patterns", ()), words=len(cue["words"]))
        for match in pattern.finditer(text)
        if _holds(text, *match.span(), cue)
    )
    return [piece for piece in found if not any(piece != other and piece in other for other in found)]


@lru_cache(maxsize=256)
def _patterns(*said: str, words: int) -> tuple[re.Pattern[str], ...]:
    """`words` plain pieces as one pattern, the longest first, and each further one as it is."""
    plain = sorted(said[:words], key=len, reverse=True)
    whole = [re.compile("|".join(map(re.escape, plain)))] if plain else []
    return (*whole, *map(re.compile, said[words:]))


def _confidence(weight: float, hits: int) -> float:
    """Each further hit leaves less doubt: 1 - (1 - weight)^hits, and never quite 1."""
    return min(0.98, 1 - (1 - weight) ** hits)


def kind_of(text: str, top: int = 3) -> list[Suggestion]:
    """Likely kinds (consult, help, complaint, tip_off, suggestion, wish, offer), likeliest first."""
    out = []
    for cue in _cues()["kind"]:
        hits = _hits(text, cue)
        if hits:
            out.append(Suggestion(cue["label"], _confidence(cue["weight"], len(hits)), tuple(hits[:4])))
    out.sort(key=lambda s: -s.confidence)
    if not out:
        out = _kind_model().suggest(text, top) or [Suggestion(DEFAULT_KIND, DEFAULT_KIND_CONFIDENCE)]
    return out[:top]


@lru_cache(maxsize=2)
def _matters(text: str) -> tuple[tuple[dict, float, tuple[str, ...]], ...]:
    """Cues of 大事 in the text. Remembered for a moment: severity, urgency and advice each ask for them."""
    found = []
    for cue in _cues()["matter"]:
        hits = _hits(text, cue)
        if hits:
            found.append((cue, _confidence(cue["weight"], len(hits)), tuple(hits[:4])))
    return tuple(sorted(found, key=lambda item: (-item[0]["urgency"], -item[1])))


def severity_of(text: str, category: str = "") -> Severity:
    """小事 or 大事 from the words, or from a category that the catalogue calls major."""
    found = _matters(text)
    if found:
        cue, confidence, hits = max(found, key=lambda item: item[1])
        return Severity("major", cue["type"], confidence, hits)
    entry = catalogue.shipped().get(category) if category else None
    if entry and entry.severity == "major":
        return Severity("major", entry.code, 0.5, (entry.zh,))
    return Severity("minor", "", 0.8)


def urgency_of(text: str) -> Urgency:
    """0 to 3 from the words; a 大事 sets it first."""
    found = _matters(text)
    if found:
        cue, confidence, hits = found[0]
        return Urgency(cue["urgency"], confidence, hits)
    for cue in sorted(_cues()["urgency"], key=lambda cue: -cue["level"]):
        hits = _hits(text, cue)
        if hits:
            return Urgency(cue["level"], _confidence(cue["weight"], len(hits)), tuple(hits[:4]))
    return Urgency(0, 0.6)


def other_doors() -> dict[str, dict]:
    """What the pack says to people whose matter belongs elsewhere: advice code -> {zh, en, phones}."""
    pack = _cues()
    return {cue["advice"]: pack["advice"][cue["advice"]] for cue in pack["elsewhere"]}


def elsewhere(text: str) -> list[Advice]:
    """Emergency advice first, then doors that are not ours, each once."""
    pack = _cues()
    out: dict[str, Advice] = {}
    others = [(cue, _hits(text, cue)) for cue in pack["elsewhere"]]
    candidates = [(cue, confidence, hits) for cue, confidence, hits in _matters(text)]
    candidates += [(cue, _confidence(cue["weight"], len(hits)), tuple(hits)) for cue, hits in others if hits]
    for cue, confidence, hits in candidates:
        code = cue["advice"]
        words = pack["advice"][code]
        out.setdefault(code, Advice(code, words["zh"], words["en"], tuple(words["phones"]), confidence, hits))
    return list(out.values())


def understand(text: str, model: Model | None = None, top: int = 3) -> Understanding:
    """Everything at once. `model` is the instance's own category model; without one the starter model."""
    categories = tuple((model or starter_model()).suggest(text, top))
    likely = categories[0].label if categories and categories[0].confidence >= 0.5 else ""
    return Understanding(
        categories,
        tuple(kind_of(text, top)),
        severity_of(text, likely),
        urgency_of(text),
        tuple(elsewhere(text)),
        tuple(masking.find(text)),
    )
