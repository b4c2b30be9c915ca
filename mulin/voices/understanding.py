"""What the machine makes of a text: the one place where the pure engines meet the catalogue and the rules.

The model in use is `MULIN_HOME/models/triage.npz` when somebody trained one, the starter model otherwise.
Every process looks at the file's time and picks a new one up by itself.
"""

import logging
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from mulin.kernel import rulebook
from mulin.voices import masking, triage
from mulin.voices.categories import catalogue
from mulin.voices.classifier import Model, Suggestion

log = logging.getLogger("mulin.voices")
TOP = 3
_LOOK_SECONDS = 2.0
_loading = threading.Lock()
_looked_at = 0.0
_seen: tuple[float, Model | None] = (0.0, None)


def model_file() -> Path:
    return settings.MULIN_HOME / "models" / "triage.npz"


def trained_model() -> Model | None:
    """The instance's own model, or None. Its file's time is looked at every two seconds."""
    global _looked_at, _seen
    if time.monotonic() - _looked_at < _LOOK_SECONDS:
        return _seen[1]
    with _loading:
        _looked_at = time.monotonic()
        try:
            changed = model_file().stat().st_mtime
        except FileNotFoundError:
            changed = 0.0
        if changed != _seen[0]:
            _seen = (changed, _load() if changed else None)
            _understand.cache_clear()
    return _seen[1]


def _load() -> Model | None:
    try:
        return Model.load(model_file())
    except (OSError, ValueError):
        # An unreadable model must not stop people from speaking up; the starter model still works.
        log.exception("the triage model cannot be read; the starter model is used")
        return None


def forget_model() -> None:
    """Look at the file at the next call: after training."""
    global _looked_at
    _looked_at = 0.0


def _knows_catalogue(model: Model) -> bool:
    return any(catalogue().get(label) for label in model.labels)


@lru_cache(maxsize=64)
def _understand(text: str) -> triage.Understanding:
    """Cached: what was suggested while a person typed is asked again when they send it."""
    model = trained_model()
    return triage.understand(text, model if model and _knows_catalogue(model) else None, top=TOP + 2)


def _worded(found: Suggestion) -> dict[str, Any]:
    return {"code": found.label, "confidence": round(found.confidence, 3), "reason": list(found.reason)}


def suggest(text: str, place: str = "") -> dict[str, Any]:
    """Suggestions about a text, as codes: what is kept with the voice and what pages and API show.

    `category` and `kind` are lists, likeliest first, of {code, confidence 0..1, reason [pieces of the text]};
    a category below the rule `voices.suggest.show_from` of the place is not among them: an empty list means
    that it was not recognised;
    `severity` {code minor|major, type, confidence, reason}; `urgency` {level 0..3, confidence, reason};
    `advice` a list of {code, zh, en, phones}; `personal` a list of [start, end, kind] of personal data.
    """
    trained_model()
    known = catalogue()
    found = _understand(text)
    floor = rulebook.value("voices.suggest.show_from", at=place or settings.MULIN_SITE_PLACE)
    offered = [
        s
        for s in found.categories
        if s.confidence >= floor and (c := known.get(s.label)) is not None and c.is_active
    ]
    return {
        "category": [_worded(s) for s in offered[:TOP]],
        "kind": [_worded(s) for s in found.kinds[:TOP]],
        "severity": {
            "code": found.severity.level,
            "type": found.severity.type,
            "confidence": round(found.severity.confidence, 3),
            "reason": list(found.severity.reason),
        },
        "urgency": {
            "level": found.urgency.level,
            "confidence": round(found.urgency.confidence, 3),
            "reason": list(found.urgency.reason),
        },
        "advice": [{"code": a.code, "zh": a.zh, "en": a.en, "phones": list(a.phones)} for a in found.advice],
        "personal": [[span.start, span.end, span.kind] for span in found.spans],
    }


@lru_cache(maxsize=64)
def _spans(text: str) -> tuple[masking.Span, ...]:
    """Cached: one text is masked for its title, for the index and for the public in one request."""
    return tuple(masking.find(text))


def mask(text: str) -> str:
    """Fit for the public: personal data and door numbers covered."""
    return masking.mask(text, _spans(text))


def mask_for_staff(text: str) -> str:
    """Fit for a list or an index that workers use: door numbers stay, they need them to find the place."""
    return masking.mask(text, [span for span in _spans(text) if not span.mild])


def personal_data(text: str) -> list[masking.Span]:
    """What must not stand in a text that is published or that every level reads."""
    return [span for span in _spans(text) if not span.mild]
