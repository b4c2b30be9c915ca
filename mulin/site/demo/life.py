"""How the people of the demo behave: they speak, units answer, some things go wrong. Real actions only."""

import csv
import random
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import mulin.voices
from mulin.cases import actions as cases
from mulin.cases import moves
from mulin.cases.models import Case, Route
from mulin.kernel import rulebook
from mulin.kernel.actors import ANONYMOUS, Actor
from mulin.kernel.errors import ActionError, NotVisible
from mulin.people.models import Account
from mulin.people.queries import actor_by_id
from mulin.places.models import Site
from mulin.site.demo import content, replies
from mulin.site.demo.people import People
from mulin.site.demo.places import CITY, COMMUNITIES, DISTRICT, ESTATES, HOME, STREET, TOWN
from mulin.voices import actions as voices
from mulin.voices.categories import catalogue
from mulin.voices.models import Voice

EXAMPLES = Path(mulin.voices.__file__).parent / "packs" / "examples.csv"
# What the community hands on, and to whom. Everything else it handles itself.
ROUTES = {
    "public_facilities": "urban",
    "power_supply": "power",
    "gas_supply": "gas",
    "roads_traffic": "urban",
    "sanitation": "urban",
    "cooking_fumes": "ecology",
    "greening": "urban",
    "building_works": "urban",
    "street_order": "urban",
    "unlicensed_business": "market",
    "consumer_dispute": "market",
    "food_safety": "market",
    "lift_installation": "housing",
    "maintenance_fund": "housing",
    "owners_committee": "housing",
    "subsistence": "civil",
    "law_order": "police",
    "gas_leak": "gas",
    "fire": "emergency",
    "fire_hazard": "emergency",
    "natural_hazard": "emergency",
}
CHANNELS = ["portal"] * 11 + ["phone"] * 4 + ["counter"] * 2 + ["chat"] * 2 + ["patrol"]
# Things that nobody reports to a community as an everyday matter, or that are told as stories below.
STORY_ONLY = {
    "gas_leak",
    "fire",
    "violent_crime",
    "crowd",
    "person_in_danger",
    "building_danger",
    "natural_hazard",
}


class Street:
    """The street of the demo and everybody in it."""

    def __init__(self, rng: random.Random, timeline, people: People):
        self.rng, self.timeline, self.people = rng, timeline, people
        self._actors: dict[str, Actor] = {}
        self.groups = {c.code: c.group for c in catalogue()}
        self.texts: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        with EXAMPLES.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["kind"] not in {"wish", "offer"} and row["label"] not in STORY_ONLY:
                    self.texts[self.groups.get(row["label"], "other")].append(
                        (row["label"], row["kind"], row["text"])
                    )

    # — who —

    def actor(self, key: str) -> Actor:
        if key not in self._actors:
            self._actors[key] = actor_by_id(self.people.accounts[key].pk)
        return self._actors[key]

    def actor_of(self, account: Account) -> Actor:
        return self.actor(account.username)

    def clerk(self, place: str) -> Actor:
        return self.actor("clerk" if place == HOME else f"clerk:{place}")

    def officer_of(self, unit: str, place: str) -> Actor:
        """Someone who works at a unit."""
        keys = {
            "urban": "department", "housing": "housing1", "police": "police1", "emergency": "emergency1",
            "market": "market1", "ecology": "ecology1", "civil": "civil1", "power": "power1", "gas": "gas1",
            "firm": "firm1", "yard": "yard1", "garden": "garden1",
        }  # fmt: skip
        return self.actor(keys[unit]) if unit in keys else self.clerk(place)

    def dispatcher(self, place: str) -> Actor:
        return self.actor("street" if place.startswith(STREET[:9]) else "town")

    def decider(self, number: str, place: str) -> Actor:
        """Who takes a case up: the community, or the street for a tip-off that may be about the community."""
        kind = Case.objects.values_list("kind", flat=True).get(number=number)
        return self.dispatcher(place) if kind == "tip_off" else self.clerk(place)

    # — before the story begins —

    def set_up(self) -> None:
        """Routes, managers of estates, a group that keeps a place."""
        for category, unit in ROUTES.items():
            Route.objects.create(place=DISTRICT, category=category, org=self.people.units[unit])
        for code in COMMUNITIES:
            Route.objects.create(
                place=code, category="", org=self.people.units[f"committee:{code}"], is_fallback=True
            )
        for place, unit in ((STREET, "street_office"), (TOWN, "town_office")):
            Route.objects.create(place=place, category="", org=self.people.units[unit])
        firms = iter(("firm", "firm2"))
        for i, (_, _, _, _, managed) in enumerate(ESTATES[HOME]):
            if managed:
                Site.objects.filter(community=HOME, code__endswith=f"E{i + 1:02d}").update(
                    manager=self.people.units[next(firms)].id
                )
        garden = self.people.units["garden"]
        garden.adopted = Site.objects.get(code=f"{HOME}-C02")
        garden.about = "原来堆垃圾的墙角，现在是一块小花园。二十一个人轮流浇水。"
        garden.save()
        self.buildings = defaultdict(list)
        for site in Site.objects.filter(kind="building"):
            self.buildings[site.community].append(site)

    # — everyday voices —

    def someone_speaks(self, when: datetime) -> None:
        rng = self.rng
        place = HOME if rng.random() < 0.42 else rng.choice([c for c in COMMUNITIES if c != HOME])
        group = rng.choices(
            list(self.texts),
            weights=[{"sanitation": 5, "estate": 5, "public_facilities": 4}.get(g, 2) for g in self.texts],
        )[0]
        category, kind, text = rng.choice(self.texts[group])
        building = rng.choice(self.buildings[place])
        channel = rng.choice(CHANNELS)
        spot = f"{building.name}：" if rng.random() < 0.1 else ""
        person = rng.choice(self.people.residents[place])
        anonymous = kind == "tip_off" or (channel == "portal" and rng.random() < 0.2)
        for_someone = channel in {"phone", "counter", "chat", "patrol"}
        actor = self.clerk(place) if for_someone else ANONYMOUS if anonymous else self.actor_of(person)
        receipt = voices.submit_voice(
            actor=actor,
            text=spot + text,
            kind=kind,
            place=place,
            category=category if for_someone else "",
            building=building.code,
            lon=building.lon,
            lat=building.lat,
            address=building.name,
            channel=channel,
            contact="" if anonymous else f"138{rng.randrange(10**8):08d}",
            entered_for=for_someone,
            located_by="list",
        )
        voice = receipt.voice
        if voice.matter.category != category:
            self.later(when, (0.2, 3), self._recategorise, voice.matter.number, category, place)
        number = voice.matter.number
        if rng.random() < 0.35 and kind != "tip_off":
            for _ in range(rng.randint(1, 6)):
                neighbour = rng.choice(self.people.residents[place])
                self.later(
                    when,
                    (1, 90),
                    self.attempt,
                    voices.me_too,
                    {"actor": self.actor_of(neighbour), "number": number},
                )
        if kind != "tip_off" and rng.random() < 0.7:
            self.later(when, (1, 20), self.publish, number, place)
        self.later(when, (0.3, 3), self.take_up, number, place, group, building)

    def later(self, when: datetime, hours: tuple[float, float], what, *args: Any) -> None:
        """Plan something for some hours later, moved into the day if it falls into the night."""
        moment = when + timedelta(hours=self.rng.uniform(*hours))
        if not 8 <= moment.hour < 20:
            moment = moment.replace(hour=9, minute=self.rng.randint(0, 59)) + timedelta(
                days=moment.hour >= 20
            )
        self.timeline.plan(moment, what, *args)

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

    def _recategorise(self, when: datetime, number: str, category: str, place: str) -> None:
        self.attempt(
            when,
            voices.recategorise_matter,
            {"actor": self.clerk(place), "number": number, "category": category},
        )

    def publish(self, when: datetime, number: str, place: str) -> None:
        case = Case.objects.select_related("matter").get(number=number)
        first = Voice.objects.filter(matter=case.matter).order_by("id").first()
        if first is not None:
            text = first.text_masked or first.text
            fields = {"title": case.matter.title, "text": text, "answer": case.reply}
            self.attempt(
                when, voices.publish_matter, {"actor": self.clerk(place), "number": number, **fields}
            )

    # — what is done about it —

    def take_up(self, when: datetime, number: str, place: str, group: str, building: Site) -> None:
        rng, clerk = self.rng, self.decider(number, place)
        chance = rng.random()
        if chance < 0.03:
            code, text = rng.choice(content.REFUSALS)
            reasons = [r["code"] for r in rulebook.value("cases.refusal.reasons", at=place)]
            self.move(
                "refuse", clerk, number, reason=text, reason_code=code if code in reasons else reasons[0]
            )
            self.later(when, (1, 8), self.second, number, place)
            return
        if chance < 0.18:
            self.move(
                "find-facts",
                clerk,
                number,
                facts={"root": "现场看过，情况属实", "idea": "按类别交责任单位处理"},
            )
        if not self.move("accept", clerk, number):
            return
        unit = ROUTES.get(self._category(number)) or ROUTES.get(group)
        if group == "estate" and building.estate and building.community == HOME:
            unit = {"E01": "firm", "E03": "firm2"}.get(building.estate[-3:], unit)
        if unit in {None, "firm2"} or rng.random() < 0.1:
            self.later(when, (0.5, 6), self.begin, number, place, group, building, clerk, unit)
            return
        self.later(when, (0.2, 2), self.send_out, number, place, group, building, unit)

    def _category(self, number: str) -> str:
        return Case.objects.values_list("category", flat=True).get(number=number)

    def send_out(self, when, number, place, group, building, unit) -> None:
        fields = {"org": self.people.units[unit].id, "note": "请尽快联系居民"}
        if not self.move("dispatch", self.decider(number, place), number, **fields):
            return
        worker = self.officer_of(unit, place)
        if self.rng.random() < 0.05:
            self.later(when, (2, 20), self.object, number, place, group, building, unit)
            return
        self.later(when, (0.5, 9), self.begin, number, place, group, building, worker, unit)

    def object(self, when, number, place, group, building, unit) -> None:
        worker = self.officer_of(unit, place)
        if self.move("object", worker, number, reason=self.rng.choice(content.OBJECTIONS)):
            self.later(when, (2, 12), self.decide, number, place, group, building, unit)

    def decide(self, when, number, place, group, building, unit) -> None:
        uphold = self.rng.random() < 0.5
        other = "housing" if unit != "housing" else "urban"
        fields = {"org": self.people.units[other].id} if uphold else {}
        reason = "现场核对权属后决定" if uphold else "权属清楚，首接单位负责到底"
        self.move("decide-objection", self.dispatcher(place), number, uphold=uphold, reason=reason, **fields)
        worker = self.officer_of(other if uphold else unit, place)
        self.later(when, (2, 30), self.begin, number, place, group, building, worker, unit)

    def begin(self, when, number, place, group, building, worker, unit) -> None:
        if not self.move("start", worker, number):
            return
        chance = self.rng.random()
        if chance < 0.04:
            self.move(
                "suspend", worker, number, reason=self.rng.choice(content.SUSPENSIONS),
                review_on=(when + timedelta(days=60)).date(),
            )  # fmt: skip
            self.later(when, (2, 20), self.second, number, place)
            return
        if chance < 0.08:
            self.move(
                "whistle",
                self.clerk(place),
                number,
                orgs=[self.people.units["police"].id],
                reason="需要一起到现场",
            )
        if chance > 0.94:
            self.move("extend", worker, number, reason="缺一个配件，厂家三天后到货，已经告诉居民")
        slow = self.rng.random() < 0.15
        self.later(when, (60, 300) if slow else (3, 70), self.end, number, group, building, worker, place)

    def second(self, when, number, place) -> None:
        """Another person agrees to what needs two."""
        other = self.actor("secretary") if place == HOME else self.dispatcher(place)
        self.attempt(when, cases.approve_pending, {"actor": other, "number": number})

    def end(self, when, number, group, building, worker, place) -> None:
        kind, category = Case.objects.values_list("kind", "category").get(number=number)
        asked = kind == "consult" and category not in {"social_insurance", "certificates", "school_entry"}
        done, reply = self.rng.choice(replies.ASKED) if asked else replies.DONE.get(category, replies.OTHER)
        reply = f"您好，{reply.format(where=building.name)}。"
        if self.move("finish", worker, number, done_text=done, reply=reply, confirm_reply=True):
            if Case.objects.filter(number=number, matter__publication="shown").exists():
                self.later(when, (1, 10), self.publish, number, place)
            for voice in Voice.objects.filter(matter__number=number, state="received"):
                if self.rng.random() < 0.82:
                    self.later(
                        when, (2, 60), self.judge, voice.number, number, group, building, worker, place
                    )
                else:
                    self.timeline.plan(
                        when + timedelta(days=8), self.call_back, voice.number, number, place, 1
                    )

    def judge(self, when, voice_number, number, group, building, worker, place) -> None:
        """The person says whether it is solved."""
        voice = Voice.objects.get(number=voice_number)
        who = actor_by_id(voice.account_id) if voice.account_id else ANONYMOUS.with_receipt(voice.id)
        solved = self.rng.random() < 0.91
        remark = self.rng.choice(content.REMARKS if solved else content.NOT_SOLVED)
        fields = {"is_solved": solved, "is_satisfied": solved and self.rng.random() < 0.93, "remark": remark}
        self.attempt(when, cases.confirm_case, {"actor": who, "number": voice_number, **fields})
        if not solved:
            self.later(when, (2, 20), self.begin, number, place, group, building, worker, "")

    def call_back(self, when, voice_number, number, place, attempt) -> None:
        """Nobody said anything: the community asks, on three days if need be, and only then ends it."""
        reached = self.rng.random() < 0.4
        fields = {"actor": self.clerk(place), "number": number, "voice": voice_number}
        fields |= (
            {"result": "reached", "is_solved": True, "is_satisfied": True}
            if reached
            else {"result": "no_answer"}
        )
        self.attempt(when, cases.record_call_back, fields)
        if not reached and attempt < 3:
            again = when + timedelta(days=1, hours=self.rng.uniform(-2, 2))
            self.timeline.plan(again, self.call_back, voice_number, number, place, attempt + 1)
        elif not reached:
            self.timeline.plan(when + timedelta(hours=3), self.close, number, place)

    def close(self, when, number, place) -> None:
        self.move("close", self.clerk(place), number)

    # — stories that are told by hand —

    def plan_stories(self, stories) -> None:
        from mulin.site.demo import stories as told

        told.plan(self, stories, CITY)
