"""The 15-minute circle of both communities, and of the street and district above the first."""

from mulin.kernel.testing.cast import DISTRICT, OTHER_STREET, STREET
from tests.matrix.bodies import fixed
from tests.matrix.objects import Thing, both
from tests.matrix.world import Matrix

PUBLISHED: tuple[str, ...] = ()
COMMUNITIES = both("community", lambda side: {"place": side.place})
ABOVE = [
    Thing("street", "home", lambda side: {"place": STREET}),
    Thing("street", "away", lambda side: {"place": OTHER_STREET}),
    Thing("district", "home", lambda side: {"place": DISTRICT}),
]

THINGS = {
    "insight:circle-of": [*COMMUNITIES, *ABOVE],
    "insight:circle-map": [*COMMUNITIES, *ABOVE],
    "insight:circle-export": [*COMMUNITIES, *ABOVE],
    "insight:circle-print": [*COMMUNITIES, *ABOVE],
    "insight:circle-paths": [*COMMUNITIES, *ABOVE],
}

BODIES = {"insight:circle-paths": fixed(drop="1")}


def build(matrix: Matrix) -> None:
    """Nothing is made: a community without a station has a circle too."""
