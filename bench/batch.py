"""One batch of cases with all that hangs on them, as columns."""

from functools import cached_property
from typing import Any

import numpy as np

from bench import databases, filling, rows, worlds
from bench.filling import Ground

DAY = 86_400.0
NEVER = "9999-12-30 00:00:00"


class Batch:
    """The cases numbered from `start` to `end`, as they would stand at the moment `now`."""

    def __init__(self, ground: Ground, start: int, end: int, now: float):
        self.ground, self.start, self.n, self.now = ground, start, end - start, now
        self.rng = np.random.default_rng([ground.seed, start])
        self.is_young = start < filling.YOUNG
        self._when_and_where()
        self._what()
        self._how_far()

    def _pick(self, count: int, weights: Any = None) -> np.ndarray:
        return self.rng.choice(count, self.n, p=weights)

    def _when_and_where(self) -> None:
        ground = self.ground
        span = 30 if self.is_young else filling.DAYS
        self.made = np.sort(self.now - span * DAY * self.rng.random(self.n) - 60)
        weights = ground.weights
        if self.is_young:
            at_home = np.array([place.startswith(worlds.STREET[:9]) for place in ground.communities])
            weights = np.where(at_home, 1.0, 0.0)
            weights[ground.communities.index(worlds.HOME)] = weights.sum()
            weights = weights / weights.sum()
        self.where = self._pick(len(ground.communities), weights)
        self.places = [ground.communities[i] for i in self.where.tolist()]
        serials = self.rng.integers(0, worlds.GRIDS_EACH + 1, self.n).tolist()
        self.grids = [f"{p}-G{g:03d}" if g else "" for p, g in zip(self.places, serials, strict=True)]

    def _what(self) -> None:
        ground = self.ground
        self.text = self.rng.integers(0, len(ground.texts), self.n).tolist()
        chosen = self._pick(len(ground.categories), ground.category_weights)
        self.categories = [ground.categories[i] for i in chosen.tolist()]
        kinds = self._pick(len(filling.KINDS), filling.KIND_WEIGHTS)
        self.kinds = [filling.KINDS[i] for i in kinds.tolist()]
        self.major = self.rng.random(self.n) < 0.005
        tip_off = kinds == len(filling.KINDS) - 1
        self.restrictions = [
            "tip_off" if t else "major" if m else "" for t, m in zip(tip_off, self.major, strict=True)
        ]
        self.numbers = numbers(self.start, self.n)
        self.titles = [ground.texts[i][:30] for i in self.text]
        self.full = (np.arange(self.start, self.start + self.n) % 10) == 0

    def _how_far(self) -> None:
        """Fresh cases are mostly open, old ones hardly ever: three in a hundred of all."""
        age = (self.now - self.made) / DAY
        chance = self.rng.random(self.n)
        self.open = chance < (0.33 if self.is_young else np.where(age < 10, 0.8, 0.01))
        states = self._pick(len(filling.STATES), filling.STATE_WEIGHTS).tolist()
        self.states = [filling.STATES[s] if o else "closed" for s, o in zip(states, self.open, strict=True)]
        outcomes = self._pick(len(filling.OUTCOMES), filling.OUTCOME_WEIGHTS).tolist()
        self.outcomes = ["" if o else filling.OUTCOMES[i] for i, o in zip(outcomes, self.open, strict=True)]
        self.ended = np.minimum(self.made + DAY * self.rng.gamma(2, 2, self.n), self.now - 1)
        due = rows.moments(self.made + DAY * 7)
        never = NEVER + ("+00" if databases.is_postgres() else "")
        self.due = [d if o else never for d, o in zip(due, self.open, strict=True)]
        self.leads = self._leads()

    def _leads(self) -> list[str | None]:
        """Who leads: a department of the district once it was sent on; in a young instance mostly one."""
        units = self.ground.units.by_district
        picks = self.rng.integers(0, 6, self.n)
        if self.is_young:
            picks[self.rng.random(self.n) < 0.6] = 0
        picks = picks.tolist()
        waiting = {"reported", "found", "accepted", "returned"}
        return [
            None if state in waiting else _id(units[place[:6]][pick])
            for state, place, pick in zip(self.states, self.places, picks, strict=True)
        ]

    @cached_property
    def matters(self) -> list[str]:
        return rows.ids(self.made, self.rng)

    @cached_property
    def cases(self) -> list[str]:
        return rows.ids(self.made, self.rng)

    @cached_property
    def closed_at(self) -> list[str | None]:
        return self._unless_open(rows.moments(self.ended))

    def _unless_open(self, values: list[Any]) -> list[Any]:
        return [None if o else value for value, o in zip(values, self.open.tolist(), strict=True)]

    def _where_full(self, values: list[Any]) -> list[Any]:
        return [value for value, full in zip(values, self.full.tolist(), strict=True) if full]

    def write(self) -> None:
        self.moments = rows.moments(self.made)
        self._write_matters()
        self._write_voices()
        self._write_cases()
        self._write_clocks()
        self._write_lines()
        self._write_search()

    def _write_matters(self) -> None:
        from mulin.voices.models import Matter

        shown = (self.rng.random(self.n) < 0.4).tolist()
        public = [s and not r for s, r in zip(shown, self.restrictions, strict=True)]
        rows.Table(Matter).write(
            self.n,
            id=self.matters,
            created_at=self.moments,
            number=self.numbers,
            place=self.places,
            grid=self.grids,
            lon=(106.5 + 0.1 * self.rng.random(self.n)).tolist(),
            lat=(29.5 + 0.1 * self.rng.random(self.n)).tolist(),
            kind=self.kinds,
            category=self.categories,
            category_by="desk",
            title=self.titles,
            severity=["major" if m else "minor" for m in self.major.tolist()],
            is_open=self.open.tolist(),
            restriction=self.restrictions,
            publication=[
                "shown" if p else "never" if r else "asked"
                for p, r in zip(public, self.restrictions, strict=True)
            ],
            public_title=[t if p else "" for t, p in zip(self.titles, public, strict=True)],
            public_text=[t if p else "" for t, p in zip(self.titles, public, strict=True)],
            published_at=[m if p else None for m, p in zip(self.moments, public, strict=True)],
            way="case",
            voices_count=np.where(self.full, 2, 1).tolist(),
            closed_at=self.closed_at,
        )

    def _write_voices(self) -> None:
        from mulin.voices.models import Voice

        table = rows.Table(Voice)
        said = [self.ground.texts[i] for i in self.text]
        common = {"channel": "portal", "suggestions": "{}", "answer": "", "text_masked": ""}
        first = {
            "id": rows.ids(self.made, self.rng),
            "created_at": self.moments,
            "number": self.numbers,
            "matter_id": self.matters,
            "first_matter_id": self.matters,
            "kind": self.kinds,
            "text": said,
            "place": self.places,
            "grid": self.grids,
        }
        table.write(self.n, **first, **common)
        second = {key: self._where_full(values) for key, values in first.items()}
        count = len(second["id"])
        second["id"] = rows.ids(self.made[self.full] + 3600, self.rng)
        second["number"] = [f"9{number[:9]}" for number in second["number"]]
        table.write(count, **second, **common)

    def _write_cases(self) -> None:
        from mulin.cases.models import Case

        urgency = np.where(self.major, 3, self.rng.choice(3, self.n, p=(0.85, 0.1, 0.05)))
        desks = [
            f"{p[:9]}000" if r == "tip_off" else p
            for p, r in zip(self.places, self.restrictions, strict=True)
        ]
        solved = (self.rng.random(self.n) < 0.8).tolist()
        rows.Table(Case).write(
            self.n,
            id=self.cases,
            created_at=self.moments,
            number=self.numbers,
            matter_id=self.matters,
            place=self.places,
            grid=self.grids,
            desk=desks,
            category=self.categories,
            kind=self.kinds,
            severity=["major" if m else "minor" for m in self.major.tolist()],
            urgency=urgency.tolist(),
            title=self.titles,
            state=self.states,
            is_open=self.open.tolist(),
            restriction=self.restrictions,
            lead_id=self.leads,
            opened_on=rows.days(self.made),
            due_at=self.due,
            acknowledged_at=[m if major else None for m, major in zip(self.moments, self.major, strict=True)],
            done_at=self.closed_at,
            closed_at=self.closed_at,
            outcome=self.outcomes,
            is_solved=self._unless_open(solved),
            updated_at=self.moments,
        )

    def _write_clocks(self) -> None:
        from mulin.cases.models import Clock

        table = rows.Table(Clock)
        columns = {
            "case_id": self.cases,
            "started_at": self.moments,
            "due_at": rows.moments(self.made + 7 * DAY),
            "stopped_at": self.closed_at,
            "is_met": self._unless_open([True] * self.n),
        }
        rule = '{"pack": "cases", "version": "2026.1", "basis": "", "certainty": "house default"}'
        table.write(
            self.n, id=rows.ids(self.made, self.rng), kind="solve", limit="5 wd", rule=rule, **columns
        )
        fewer = {key: self._where_full(values) for key, values in columns.items()}
        count = len(fewer["case_id"])
        for kind, limit in (("response", "2 wh"), ("stop", "24 h")):
            fresh = rows.ids(self.made[self.full], self.rng)
            table.write(count, id=fresh, kind=kind, limit=limit, rule=rule, **fewer)

    def _write_lines(self) -> None:
        from mulin.kernel.models import Entry

        table = rows.Table(Entry)
        chain, hash_ = "bench", "0" * 64
        first = {
            "place": self.places,
            "subject": self.cases,
            "matter": self.matters,
            "data": [f'{{"number": "{n}", "way": "case"}}' for n in self.numbers],
        }
        position = self.start * 2 + 1
        common = {"chain": chain, "hash": hash_, "actor_kind": "person"}
        where = list(range(position, position + self.n))
        table.write(
            self.n,
            id=rows.ids(self.made, self.rng),
            at=self.moments,
            code="voices.voice.submitted",
            seq=where,
            position=where,
            **first,
            **common,
        )
        some = {key: self._where_full(values) for key, values in first.items()}
        many, position = len(some["place"]), position + self.n
        for step, (code, _state) in enumerate(filling.LIFE, 1):
            moments = self.made[self.full] + step * 1800
            where = list(range(position, position + many))
            position += many
            table.write(
                many,
                id=rows.ids(moments, self.rng),
                at=rows.moments(moments),
                code=code,
                seq=where,
                position=where,
                **some,
                **common,
            )

    def _write_search(self) -> None:
        ground = self.ground
        where = self.where.tolist()
        words = [f"{ground.tokens[t]} {ground.scope[w]}" for t, w in zip(self.text, where, strict=True)]
        keys = list(range(self.start + 1, self.start + self.n + 1))
        columns = {"id": keys, "kind": "matter", "object": self.matters, "place": self.places}
        if databases.is_postgres():
            rows.write("kernel_searchrow", self.n, {**columns, "tokens": words})
            rows.execute("SELECT setval(pg_get_serial_sequence('kernel_searchrow', 'id'), %s)", [keys[-1]])
            return
        rows.write("kernel_searchrow", self.n, columns)
        rows.write("kernel_searchtext", self.n, {"rowid": keys, "tokens": words})


def _id(key: Any) -> str:
    return key.hex


def numbers(start: int, n: int) -> list[str]:
    """Ten digits with a check digit, all different: 100000000 and on, the last by Luhn."""
    bodies = np.arange(start, start + n) + 100_000_000
    total = np.zeros(n, dtype=np.int64)
    rest = bodies.copy()
    for place in range(9):
        digit = rest % 10
        rest //= 10
        if place % 2 == 0:  # every second digit from the right of the body is doubled
            digit = digit * 2
            digit = np.where(digit > 9, digit - 9, digit)
        total += digit
    checks = (10 - total % 10) % 10
    return (bodies * 10 + checks).astype(str).tolist()
