"""`mulin coverage --place CODE`: who can walk to a station; the last line is
{"buildings": n, "covered": k, "people_share": x}."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from mulin.insight.coverage import actions, queries, reading
from mulin.kernel.actors import SYSTEM
from mulin.kernel.errors import NotVisible


class Command(BaseCommand):
    help = "Which buildings, and what share of the people, can walk to a station; where the next one belongs."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--place", required=True, metavar="CODE", help="community, street or district")
        parser.add_argument("--minutes", type=float, help="on foot; by default what the rules say")
        parser.add_argument("--pace", choices=reading.PACES, default="walk", help="how one walks")
        parser.add_argument(
            "--stations", type=int, default=0, metavar="K", help="also say where K more would serve most"
        )
        parser.add_argument("--paths", metavar="FILE", help="first store this GeoJSON of walking paths")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["minutes"] is not None and not 0 < options["minutes"] <= 120:
            raise CommandError("--minutes must be more than 0 and at most 120")
        if not 0 <= options["stations"] <= queries.MOST_STATIONS:
            raise CommandError(f"--stations must be a number from 0 to {queries.MOST_STATIONS}")
        with translation.override("en"):
            try:
                self._answer(**options)
            except NotVisible as error:
                raise CommandError(f"{options['place']} is no community, street or district") from error

    def _answer(
        self, *, place: str, minutes: float | None, pace: str, stations: int, paths: str | None, **_rest: Any
    ) -> None:
        if paths:
            self._store(place, paths)
        found = queries.circle_of(SYSTEM, place, minutes, pace)
        unplaced, left = found.parts["unplaced"], found.parts["left_out"]
        self.stdout.write(
            f"{found.place.name}: {len(found.stations)} stations, {found.walk.minutes:g} minutes at "
            f"{found.walk.speed:g} m a minute, " + (f"{found.lines} paths" if found.lines else
            f"straight lines times {found.walk.detour:g}")
        )  # fmt: skip
        self.stdout.write(f"{left.buildings} buildings out of reach")
        if unplaced.buildings:
            self.stdout.write(
                f"{unplaced.buildings} buildings have no position and are not counted as covered"
            )
        if found.total.unknown:
            self.stdout.write(f"{found.total.unknown} buildings have no number of households: 0 people")
        if stations:
            self._next(found, stations)
        share = found.people_share
        answer = {
            "buildings": len(found.homes),
            "covered": found.parts["covered"].buildings,
            "people_share": None if share is None else round(share, 4),
        }
        self.stdout.write(json.dumps(answer))

    def _store(self, place: str, paths: str) -> None:
        try:
            data = Path(paths).read_bytes()
        except OSError as error:
            raise CommandError(str(error)) from error
        n = actions.store_paths(actor=SYSTEM, place=place, data=data)
        self.stdout.write(f"{n} lines stored for {place}")

    def _next(self, found: queries.Circle, k: int) -> None:
        best = queries.next_stations(found, k)
        for spot in best.spots:
            self.stdout.write(f"next: {spot.name} ({spot.key}), {spot.households} households more")
        choice = best.choice
        proof = "proven best" if choice.is_proven else f"at most {choice.gap:.1%} more is possible"
        self.stdout.write(
            f"together {choice.buildings} buildings, {choice.households} households more: {proof} "
            f"among {best.candidates} candidates"
        )
