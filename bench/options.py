"""How long and how large a run is."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Options:
    """The default run takes some twenty minutes; `quick()` proves in half a minute only that it works."""

    parts: tuple[str, ...]
    is_quick: bool = False
    rounds: int = 3
    load_seconds: float = 5.0
    connections: tuple[int, ...] = (1, 8)
    list_sizes: tuple[int, ...] = (1_000, 100_000, 1_000_000)
    list_rounds: int = 5
    list_repeats: int = 6
    board_sizes: tuple[int, ...] = (10_000, 1_000_000, 10_000_000)
    board_rounds: int = 5
    board_repeats: int = 6
    journal_lines: int = 40_000
    deltas: int = 40_000
    divisions: int = 12_000
    messages: int = 600
    voters: int = 12_000
    owners: int = 100_000
    households: int = 20_000
    sheets: int = 5_140
    week: tuple[int, ...] = (59, 300, 1_000, 3_000)
    week_seconds: float = 60.0
    # People, places, connections.
    signups: tuple[int, ...] = (20_000, 500, 16)
    opinion_sizes: tuple[tuple[int, int], ...] = ((10_000, 300), (50_000, 500))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def quick(parts: tuple[str, ...]) -> Options:
    return Options(
        parts,
        is_quick=True,
        rounds=1,
        load_seconds=0.5,
        connections=(4,),
        list_sizes=(1_000, 3_000),
        list_rounds=1,
        list_repeats=2,
        board_sizes=(500, 2_000),
        board_rounds=1,
        board_repeats=2,
        journal_lines=2_000,
        deltas=2_000,
        divisions=1_500,
        messages=60,
        voters=400,
        owners=2_000,
        households=1_000,
        sheets=300,
        week=(4, 20, 60, 160),
        week_seconds=5.0,
        signups=(200, 50, 8),
        opinion_sizes=((1_500, 120), (2_000, 120)),
    )
