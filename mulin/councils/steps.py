"""What a typed step of a process is to the process that chains it.

A process is data (`topics.definition`): a chain of steps, each of a kind. A kind is code and belongs to one
part of this module (surveys, meetings, votes …): it makes the record that a step works with, says how far
that is, and what came out. The chain knows nothing more of it, so that a part can be added without touching
the chain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

Settings = Mapping[str, Any]


class SettingError(ValueError):
    """A step of a process file that cannot be read; the message names the key and says what is expected."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step is, in words of the current language.

    `line`: one sentence for residents. `invites`: whether they can take part now (at the kind's public
    address). `missing`: what keeps the step from ending, one sentence each, for who runs it; empty when it
    may end. `outcome`: what came out, for the record; `result`: the same for the steps behind it, as plain
    JSON: {"options": [{"key", "title", "text", "cost"}], "winners": [key]} where there are any.
    """

    line: str = ""
    invites: bool = False
    missing: tuple[str, ...] = ()
    outcome: str = ""
    result: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StepKind:
    """One kind of step.

    `settings(raw)` checks the kind's own keys of a process file and fills in what is left out; raises
    SettingError. `begin(actor=, topic=, step=)` makes the step's record, or finds the one it goes on with,
    and returns its id (None where the step itself holds everything); `end(actor=, topic=, step=)` closes what
    is still open; `stop` the same when the whole topic is given up. All three run in the action's own
    transaction and write no journal line of their own. `progress(topic, step)` reads.
    """

    code: str
    title: Any
    icon: str
    settings: Callable[[Settings], Settings]
    begin: Callable[..., UUID | None]
    progress: Callable[[Any, Any], Progress]
    desk_url: Callable[[Any, Any], str]
    public_url: Callable[[Any, Any], str] = lambda topic, step: ""
    end: Callable[..., None] = lambda *, actor, topic, step: None
    stop: Callable[..., None] = lambda *, actor, topic, step: None


def only(raw: Settings, **defaults: Any) -> Settings:
    """The settings of a kind: every key is known and has its default's type. Raises SettingError."""
    if unknown := sorted(set(raw) - set(defaults)):
        known = ", ".join(sorted(defaults)) or "no keys"
        raise SettingError(f"{unknown[0]}: this kind of step knows {known}")
    for key, value in raw.items():
        expected = type(defaults[key])
        if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
            raise SettingError(f"{key}: expected {expected.__name__}, not {value!r}")
    return {**defaults, **raw}
