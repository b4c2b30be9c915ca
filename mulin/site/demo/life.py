"""How the people of the demo behave: they speak, stand beside one another, and publish. Real actions only."""

import csv
import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import mulin.voices
from mulin.cases import moves
from mulin.cases.models import Case
from mulin.kernel.actors import ANONYMOUS, Actor
from mulin.kernel.errors import ActionError, NotVisible
from mulin.people.models import Account
from mulin.people.queries import actor_by_id
from mulin.places.models import Site
from mulin.site.demo import handling
from mulin.site.demo.people import People
from mulin.site.demo.places import COMMUNITIES, HOME, STREET
from mulin.voices import actions as voices
from mulin.voices.categories import catalogue
from mulin.voices.models import Matter, Voice

EXAMPLES = Path(mulin.voices.__file__).parent / "packs" / "examples.csv"
CHANNELS = ["portal"] * 11 + ["phone"] * 4 + ["counter"] * 2 + ["chat"] * 2 + ["patrol"]
# Things that nobody reports to a community as an everyday matter, or that are told as stories.
STORY_ONLY = {
    "gas_leak", "fire", "violent_crime", "crowd", "person_in_danger", "building_danger", "natural_hazard",
}  # fmt: skip
TOO_URGENT = ("快来", "被困", "救护车")  # words of what cannot wait for its turn
# What this month is full of at home: enough of each that the public board may name it.
THIS_MONTH = {
    "garbage", "noise", "street_lamp", "illegal_parking", "property_service", "tree_pruning", "water_leak",
    "lift_fault",
}  # fmt: skip
LATELY = timedelta(days=31)


class Street:
    """The street of the demo and everybody in it."""

    def __init__(self, rng: random.Random, timeline, people: People):
        self.rng, self.timeline, self.people = rng, timeline, people
        self._actors: dict[str, Actor] = {}
        self.told: dict[str, str] = {}  # key of a story -> number of its matter
        self.counted: Counter[str] = Counter()
        self.groups = {c.code: c.group for c in catalogue()}
        self.texts = self._read_texts()
        self.buildings: dict[str, list[Site]] = defaultdict(list)
        for site in Site.objects.filter(kind="building").order_by("code"):
            self.buildings[site.community].append(site)

    def _read_texts(self) -> dict[str, list[tuple[str, str]]]:
        """category -> (kind, text) of what may be said; each is said once: no two titles are alike."""
        texts: dict[str, list[tuple[str, str]]] = defaultdict(list)
        with EXAMPLES.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                urgent = row["label"] in STORY_ONLY or any(word in row["text"] for word in TOO_URGENT)
                if row["kind"] not in {"wish", "offer"} and not urgent:
                    texts[row["label"]].append((row["kind"], row["text"]))
        for said in texts.values():
            self.rng.shuffle(said)
        return texts

    # — who —

    def actor(self, key: str) -> Actor:
        if key not in self._actors:
            self._actors[key] = actor_by_id(self.people.accounts[key].pk)
        return self._actors[key]

    def actor_of(self, account: Account) -> Actor:
        return self.actor(account.username)

    def new_actor_of(self, account: Account) -> Actor:
        """The same after a post was given to them."""
        self._actors.pop(account.username, None)
        return self.actor_of(account)

    def resident(self, person: int | str) -> Account:
        """A resident of the home community by place in the list, or an account by its key."""
        if isinstance(person, int):
            return self.people.residents[HOME][person]
        return self.people.accounts[person]

    def clerk(self, place: str) -> Actor:
        return self.actor("clerk" if place == HOME else f"clerk:{place}")

    def officer_of(self, unit: str, place: str) -> Actor:
        """Someone who works at a unit."""
        keys = {"urban": "department"} | {
            key: f"{key}1"
            for key in (
                "housing", "police", "emergency", "market", "ecology", "civil", "power", "gas", "firm",
            )
        }  # fmt: skip
        return self.actor(keys[unit]) if unit in keys else self.clerk(place)

    def dispatcher(self, place: str) -> Actor:
        return self.actor("street" if place.startswith(STREET[:9]) else "town")

    def decider(self, number: str, place: str) -> Actor:
        """Who takes a case up: the community, or the street for a tip-off that may be about the community."""
        kind = Case.objects.values_list("kind", flat=True).get(number=number)
        return self.dispatcher(place) if kind == "tip_off" else self.clerk(place)

    # — when —

    def later(self, when: datetime, hours: tuple[float, float], what, *args: Any) -> None:
        """Plan something for some hours later, moved into the day if it falls into the night."""
        self.plan_by_day(when + timedelta(hours=self.rng.uniform(*hours)), what, *args)

    def plan_by_day(self, moment: datetime, what, *args: Any) -> None:
        if not 8 <= moment.hour < 20:
            moment = moment.replace(hour=9, minute=self.rng.randint(0, 59)) + timedelta(
                days=moment.hour >= 20
            )
        self.timeline.plan(moment, what, *args)

    def is_lately(self, when: datetime) -> bool:
        return when > self.timeline.end - LATELY

    def is_smooth(self, place: str) -> bool:
        """Elsewhere all goes smoothly: a single unsolved case there would make the public board hide the
        figure of the home community as well, so that the small one cannot be worked out."""
        return place != HOME

    def nth(self, what: str, place: str) -> int:
        """Counts up: what happens at home to every so manieth case should not depend on chance."""
        self.counted[what, place] += 1
        return self.counted[what, place]

    # — everyday voices —

    def someone_speaks(self, when: datetime, place: str = "") -> None:
        place = place or self.rng.choice([c for c in COMMUNITIES if c != HOME])
        said = self._pick_text(when, place)
        if said is None:
            return
        category, kind, text = said
        building = self.rng.choice(self.buildings[place])
        voice = self._say(place, building, category, kind, text)
        number = voice.matter.number
        if voice.matter.category != category:
            self.later(when, (0.02, 0.1), self._recategorise, number, category, place)
        if kind != "tip_off":
            self._stand_beside(when, number, place)
            if self.rng.random() < 0.75:
                self.later(when, (1, 20), self.publish, number, place)
        job = handling.Job(number, place, self.groups.get(category, "other"), building)
        hours = (0.1, 0.3) if self.is_smooth(place) else (0.1, 0.6)
        self.later(when, hours, handling.take_up, self, job)

    def _pick_text(self, when: datetime, place: str) -> tuple[str, str, str] | None:
        """(category, kind, text), with what this month is full of kept for it."""
        left = [category for category, said in self.texts.items() if said]
        often = 5.0 if place == HOME and self.is_lately(when) else 0.15
        weights = [often if category in THIS_MONTH else 1.0 for category in left]
        if not left:
            return None
        category = self.rng.choices(left, weights)[0]
        return category, *self.texts[category].pop()

    def _say(self, place: str, building: Site, category: str, kind: str, text: str) -> Voice:
        rng, channel = self.rng, self.rng.choice(CHANNELS)
        person = rng.choice(self.people.residents[place])
        for_someone = channel in {"phone", "counter", "chat", "patrol"}
        anonymous = kind == "tip_off" or (not for_someone and rng.random() < 0.2)
        actor = self.clerk(place) if for_someone else ANONYMOUS if anonymous else self.actor_of(person)
        return self.submit(
            actor, text, building, kind=kind, category=category if for_someone else "", channel=channel,
            contact="" if anonymous else f"138{rng.randrange(10**8):08d}", entered_for=for_someone,
        )  # fmt: skip

    def submit(self, actor: Actor, text: str, building: Site, **fields: Any) -> Voice:
        """Somebody says something at a building."""
        receipt = voices.submit_voice(
            actor=actor, text=text, place=building.community, building=building.code, lon=building.lon,
            lat=building.lat, address=building.name, located_by="list", **fields,
        )  # fmt: skip
        return receipt.voice

    def _stand_beside(self, when: datetime, number: str, place: str) -> None:
        if self.rng.random() < 0.35:
            neighbours = self.people.residents[place]
            for neighbour in self.rng.sample(neighbours, min(self.rng.randint(1, 6), len(neighbours))):
                fields = {"actor": self.actor_of(neighbour), "number": number}
                self.later(when, (1, 90), self.attempt, voices.me_too, fields)

    def _recategorise(self, when: datetime, number: str, category: str, place: str) -> None:
        fields = {"actor": self.decider(number, place), "number": number, "category": category}
        self.attempt(when, voices.recategorise_matter, fields)

    # — doing —

    def attempt(self, when: datetime, action, fields: dict[str, Any]) -> Any:
        """Do something that the state of things may have overtaken; then nothing happens."""
        try:
            return action(**fields)
        except (ActionError, NotVisible):
            return None

    def move(self, name: str, actor: Actor, number: str, **fields: Any) -> bool:
        try:
            moves.perform(name, actor=actor, number=number, **fields)
        except (ActionError, NotVisible):
            return False
        return True

    def publish(self, when: datetime, number: str, place: str) -> None:
        """Show the first words of a matter, masked, with the answer there is."""
        matter = Matter.objects.get(number=number)
        first = Voice.objects.filter(matter=matter).order_by("id").first()
        answer = Case.objects.filter(matter=matter).values_list("reply", flat=True).first()
        fields = {"title": matter.title, "text": first.text_masked or first.text}
        if answer is not None:
            fields["answer"] = answer
        fields |= {"actor": self.clerk(place), "number": number}
        self.attempt(when, voices.publish_matter, fields)
