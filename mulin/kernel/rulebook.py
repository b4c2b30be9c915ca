"""The rule packs of all modules plus what administrators set: `rule(name, at=place, on=date)`."""

import logging
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from mulin.kernel import clock, steady
from mulin.kernel.errors import ActionError
from mulin.kernel.rules import PackError, Rule, RuleBook, RuleUnset, load_packs

log = logging.getLogger("mulin.rules")

PACKS = Path(__file__).resolve().parent.parent


@cache
def _packs():
    return load_packs(sorted(PACKS.glob("*/packs/rules*.toml")))


_book: tuple[float, RuleBook] | None = None
_TTL_SECONDS = 5.0


def book() -> RuleBook:
    """The current book. Overrides are read again every few seconds, so that all processes follow."""
    import time

    from mulin.kernel.models import RuleOverride

    global _book
    steady.passing()
    moment = time.monotonic()
    if _book is None or moment - _book[0] > _TTL_SECONDS:
        rows = RuleOverride.objects.filter(withdrawn_at=None).order_by("id")
        overrides = [as_entry(row) for row in rows]
        if _book is None or overrides != getattr(_book[1], "overrides_as_given", None):
            fresh = _book_of(overrides)
            fresh.overrides_as_given = overrides
            _book = (moment, fresh)
        else:
            _book = (moment, _book[1])
    return _book[1]


def as_entry(row: Any) -> dict[str, Any]:
    """An override as the rule book reads it. No value means: unset, nobody may rely on one here."""
    entry = {
        "id": row.id,
        "name": row.name,
        "place": row.place,
        "from": row.valid_from,
        "to": row.valid_to,
        "match": row.match,
        "basis": row.basis,
        "certainty": row.certainty,
        "note": row.note,
    }
    return entry | ({"unset": True} if row.value is None else {"value": row.value})


def _book_of(overrides: list[dict[str, Any]]) -> RuleBook:
    """The book with all overrides. Should two contradict each other (streets that were merged brought theirs
    along), the later one is left out: one bad row must not stop every act that asks a rule."""
    try:
        return RuleBook(_packs(), overrides=overrides)
    except PackError:
        log.exception("overrides contradict each other; the later ones are left out")
    kept: list[dict[str, Any]] = []
    for entry in overrides:
        with suppress(PackError):
            RuleBook(overrides=[*kept, entry])
            kept.append(entry)
    return RuleBook(_packs(), overrides=kept)


def forget() -> None:
    """Read the overrides again at the next call: after one was set, and between tests."""
    global _book
    _book = None


def rule(name: str, *, at: str, on: date | None = None, **facts: Any) -> Rule:
    """The rule in force at a place on a day (today by default). An unset one refuses the act."""
    try:
        return book().rule(name, at, on or clock.today(), **facts)
    except RuleUnset as error:
        raise ActionError(
            "rule-unset",
            _("这里还没有设定规则“%(name)s”。请管理员在“规则”里为 %(place)s 填写后再办。")
            % {"name": name, "place": at},
        ) from error


def value(name: str, *, at: str, on: date | None = None, **facts: Any) -> Any:
    return rule(name, at=at, on=on, **facts).value
