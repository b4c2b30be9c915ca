"""The demo's renewals: one from the first remark to the rated result, one where doors are being knocked at.

Everything is done by the actions that people use, on the days on which it happened. The first is older than
the demo's three months, since such a thing takes most of a year. Draws from chance of its own, so that
everything else in the demo stays as it was.
"""

import random
from datetime import datetime, timedelta
from typing import Any

from mulin.councils.canvasses.models import Canvass
from mulin.councils.meetings import actions as meetings
from mulin.councils.meetings import attending, minutes
from mulin.councils.meetings.models import Meeting
from mulin.councils.results import actions as results
from mulin.councils.results import ratings
from mulin.councils.results.models import Resolution, TopicOption, Work
from mulin.councils.topics import actions as topics
from mulin.councils.topics.models import Step, Topic
from mulin.site.demo import renewal_doors as doors
from mulin.site.demo import renewal_vote
from mulin.site.demo import renewal_words as words
from mulin.site.demo.places import HOME
from mulin.voices import actions as voices
from mulin.voices.surveys import actions as surveys
from mulin.voices.surveys import answering
from mulin.voices.surveys.models import Survey

SEED = 23
STANCES = ("yes", "unsure", "no")
WANTS = {"pipes": 9, "roof": 6, "wires": 5, "stairs": 4, "ways": 4, "parking": 3, "fire": 2, "green": 1}
WORRIES = {"cost": 8, "noise": 5, "later": 4, "inside": 4, "quality": 3, "fees": 3}
RATINGS, NOT_CONTENT = 96, 5


def plan(street: Any) -> None:
    """Put both renewals on the timeline, counted back from the present."""
    Renewal(street, words.OLD).plan_whole()
    Renewal(street, words.NEW).plan_until_doors()


class Renewal:
    """One renewal and its people. `number` is the topic's, once there is one."""

    def __init__(self, street: Any, estate: words.Estate):
        self.street, self.estate = street, estate
        self.rng = random.Random(f"{SEED}{estate.key}")
        self.site = f"{HOME}-{estate.site}"
        self.number = self.canvass = self.roster = ""
        self.days = 0  # of knocking at doors
        self.canvassers = [street.resident(who) for who, _home in estate.canvassers]

    # — who and when —

    @property
    def clerk(self):
        return self.street.actor("clerk")

    @property
    def secretary(self):
        return self.street.actor("secretary")

    def on(self, name: str, hour: int = 10, *, days: float = 0) -> datetime:
        """The day of the story with this name, or some days later."""
        day = self.street.timeline.end - timedelta(days=self.estate.days[name] - days)
        return day.replace(hour=hour, minute=5, second=0, microsecond=0)

    def plan(self, moment: datetime, what, *args: Any) -> None:
        self.street.timeline.plan(moment, what, *args)

    def step(self, key: str) -> Step:
        return Step.objects.select_related("topic").get(topic__number=self.number, key=key)

    def begin(self, when: datetime, key: str) -> Step:
        return topics.begin_step(actor=self.clerk, number=self.number, key=key)

    def end(self, when: datetime, key: str, remark: str = "") -> None:
        topics.end_step(actor=self.clerk, number=self.number, key=key, remark=remark)

    # — the roads —

    def plan_until_doors(self) -> None:
        """Take stock, ask every household, sit in the yard, knock at doors, until the present."""
        self.plan(self.on("start", 9), self._start)
        self.plan(self.on("look"), self._look)
        self.plan(self.on("looked"), self.end, "look")
        self.plan(self.on("survey"), self._survey)
        self.plan(self.on("published", 15), self._publish)
        self.plan(self.on("open_day"), self._meet, "meeting1", True)
        self.plan(self.on("meeting1", 16), self._meet, "meeting2", False)
        for name in ("meeting1", "meeting2"):
            self.plan(self.on(name, 21), self._write_minutes)
        self.plan(self.on("talked"), self.end, "open_day")
        self.plan(self.on("list"), self._list)
        self.plan(self.on("canvass"), doors.prepare, self)
        for n, question in enumerate(self.estate.questions):
            self.plan(self.on("knock", 17, days=2 + 2 * n), doors.answer, self, *question)
        days = int(self.estate.days["knock"] - self.estate.days["knocked"])
        for n in range(days):
            self.plan(self.on("knock", 18, days=n), doors.knock, self)
        self.plan(self.street.timeline.end - timedelta(minutes=2), doors.plan_today, self)

    def plan_whole(self) -> None:
        """The same, and on: vote, resolution, works, rating."""
        self.plan(self.on("wish", 20), self._wish)
        self.plan_until_doors()
        self.plan(self.on("listed"), self.end, "list")
        self.plan(self.on("knocked"), self.end, "canvass")
        renewal_vote.plan(self)
        self.plan(self.on("resolution"), self._resolve)
        self.plan(self.on("resolved"), self._publish_resolution)
        self.plan(self.on("works", 9), self.end, "resolution")
        self.plan(self.on("works"), self.begin, "works")
        for work in self.estate.works:
            end = self.street.timeline.end
            self.plan(end - timedelta(days=work.began), self._report, work)
            self.plan(end - timedelta(days=work.ended), self._finish, work)
        self.plan(self.on("worked"), self.end, "works")
        self.plan(self.on("rate"), self._rate)
        self.plan(self.on("rated"), self._publish_rating)

    # — from the remark to the survey —

    def _wish(self, when: datetime) -> None:
        """Somebody says it, neighbours stand beside it, the community takes it up."""
        people = self.street.people.residents[HOME]
        person = self.street.resident(self.estate.canvassers[0][0])
        receipt = voices.submit_voice(
            actor=self.street.actor_of(person), text=self.estate.wish, place=HOME, kind="wish",
            category="convenience", channel="portal",
        )  # fmt: skip
        number = self.street.told[self.estate.key] = receipt.voice.matter.number
        self.street.publish(when, number, HOME)
        for neighbour in self.rng.sample([one for one in people if one != person], 14):
            voices.me_too(actor=self.street.actor_of(neighbour), number=number)
        text = "说到的人多，这件事转为议题：先摸底，再一户一户问，愿意的多了才往下走。进展在议题页上看。"
        fields = {"actor": self.clerk, "number": number, "decision": "accepted", "text": text}
        self.plan(self.on("start", 8), lambda _when: voices.answer_wish(**fields))

    def _start(self, when: datetime) -> None:
        made = topics.start_topic(
            actor=self.clerk, process="old_estate", place=HOME, title=self.estate.title,
            summary=self.estate.summary, site=self.site, matter=self.street.told.get(self.estate.key, ""),
        )  # fmt: skip
        self.number = made.number
        topics.announce_topic(actor=self.clerk, number=self.number)

    def _look(self, when: datetime) -> None:
        self.begin(when, "look")
        for n, (question, text) in enumerate(self.estate.findings.items(), 1):
            fields = {"actor": self.clerk, "number": self.number, "question": question, "text": text}
            fields["kind"] = "cost" if question == "money" else "fact"
            self.plan(when + timedelta(days=1.5 * n), lambda _when, f=fields: results.write_finding(**f))

    def _survey(self, when: datetime) -> None:
        self.begin(when, "survey")
        found = Survey.objects.get(pk=self.step("survey").record)
        households = len(self.estate.buildings) * self.estate.stairs * self.estate.floors * 2
        surveys.edit_survey(
            actor=self.clerk, number=found.number, title=f"{self.estate.title}：您家愿意吗", once="household",
            intro="一户一份，不记姓名。这是摸底，不是表决。", closes_on=self.on("published", days=-2).date(),
            issued=households, roster=households, roster_of="households",
        )  # fmt: skip
        surveys.open_survey(actor=self.clerk, number=found.number)
        codes = iter(surveys.make_codes(actor=self.clerk, number=found.number, n=households))
        said = [stance for stance, n in zip(STANCES, self.estate.sheets, strict=True) for _ in range(n)]
        self.rng.shuffle(said)
        for n, stance in enumerate(said):
            day = when + timedelta(days=1 + 8 * n / len(said))
            self.plan(day, self._sheet, found.number, next(codes), stance, n)

    def _sheet(self, when: datetime, number: str, code: str, stance: str, n: int) -> None:
        rng = self.rng
        answers: dict[str, Any] = {"stance": stance, "wants": _draw(rng, WANTS, rng.randint(2, 4))}
        if stance != "yes":
            answers["worries"] = _draw(rng, WORRIES, rng.randint(1, 2))
        if n % 3:
            who = self.street.actor("gridworker" if n % 6 == 1 else "clerk")
            channel = "visit" if n % 6 == 1 else "paper"
            answering.enter_sheet(actor=who, number=number, channel=channel, answers=answers, code=code)
        else:
            answering.submit_sheet(number=number, key=f"{number}-{n:04}-renewal", answers=answers, code=code)

    def _publish(self, when: datetime) -> None:
        found = Survey.objects.get(pk=self.step("survey").record)
        surveys.close_survey(actor=self.clerk, number=found.number)
        surveys.publish_results(
            actor=self.secretary, number=found.number, questions=["stance", "wants", "worries"],
            conclusion=self.estate.conclusion,
        )  # fmt: skip
        self.end(when, "survey")

    # — in the yard —

    def _meet(self, when: datetime, name: str, is_first: bool) -> None:
        """Announce a meeting in the yard for the evening of that day; at its time it opens."""
        begins = self.on(name, 19)
        if is_first:
            found = Meeting.objects.get(pk=self.begin(when, "open_day").record)
        else:
            topic = Topic.objects.get(number=self.number)
            found = meetings.draft_meeting(
                actor=self.clerk, type="courtyard_meeting", place=HOME, title=self.estate.title, topic=topic,
            )  # fmt: skip
        meetings.edit_meeting(
            actor=self.clerk, number=found.number, title=f"{self.estate.title}：院坝会", begins_at=begins,
            venue="院坝里，下雨就在1栋门厅", chair="社区书记", site=self.site,
        )  # fmt: skip
        meetings.announce_meeting(actor=self.clerk, number=found.number, told=["residents"])
        self.plan(begins - timedelta(minutes=20), self._open, found.number)

    def _open(self, when: datetime, number: str) -> None:
        meetings.open_door(actor=self.clerk, number=number)
        attending.count_heads(actor=self.clerk, number=number, counted=self.rng.randint(32, 58), due=0)

    def _write_minutes(self, when: datetime) -> None:
        """After each evening: what was said, no decision. Who agrees signed, for neighbours to
        call on those they know."""
        topic = Topic.objects.get(number=self.number)
        found = topic.meetings.exclude(opened_at=None).get(state="announced")
        clerk, number = self.clerk, found.number
        said = "政策、花费和工期念了一遍，听到的说法当面答了。愿意的住户签了名，同意请熟悉的邻居上门说。"
        item = found.items.get()
        minutes.save_minutes(
            actor=clerk, number=number, words={"voices": said}, kept=True,
            items={str(item.pk): {"discussion": said, "minority": "有人担心改完没有人管，要求写进决议。"}},
        )  # fmt: skip
        minutes.decide_item(actor=clerk, number=number, item=item.pk, decision="heard")
        meetings.close_meeting(actor=clerk, number=number)
        minutes.confirm_minutes(actor=clerk, number=number)
        minutes.publish_minutes(actor=clerk, number=number)

    # — what will be done —

    def _list(self, when: datetime) -> None:
        self.begin(when, "list")
        for work in self.estate.works:
            results.put_option(
                actor=self.clerk, number=self.number, title=work.title, text=work.text, cost=work.yuan * 100,
                gains=work.gains, loses=work.loses,
            )  # fmt: skip

    def _resolve(self, when: datetime) -> None:
        """The draft is filled from the steps before; an objection is answered before it can be published."""
        kind, text, answer = words.CONCERN
        raised = results.raise_concern(
            actor=self.street.actor_of(self.canvassers[2]), number=self.number, kind=kind, text=text
        )
        results.answer_concern(actor=self.clerk, number=raised.number, answer=answer)
        draft = Resolution.objects.get(pk=self.begin(when, "resolution").record)
        chosen = list(TopicOption.objects.filter(topic=draft.topic).values_list("key", flat=True))
        works = self.estate.works
        results.edit_resolution(
            actor=self.secretary, number=draft.number, title=draft.title, body="owners",
            decided_on=draft.decided_on, cost=sum(work.yuan for work in works) * 100,
            money_from="区老旧小区改造补助，原厂维修款", chosen=chosen,
            decision="\n".join(work.title for work in works),
            gains="\n".join(work.gains for work in works), loses="\n".join(work.loses for work in works),
            minority="有住户认为停车比坡道急；有住户担心改完没有人管。",
        )  # fmt: skip
        for work in works:
            results.plan_work(
                actor=self.secretary, resolution=draft.number, title=work.title, text=work.text,
                org=self.street.people.units[work.unit].pk, money=work.yuan * 100,
                due_on=(self.street.timeline.end - timedelta(days=work.ended - 4)).date(),
            )  # fmt: skip

    def _publish_resolution(self, when: datetime) -> None:
        found = Resolution.objects.get(pk=self.step("resolution").record)
        results.publish_resolution(actor=self.secretary, number=found.number)

    # — done, and rated —

    def _work(self, work: words.Work) -> Work:
        return Work.objects.get(topic__number=self.number, title=work.title)

    def _report(self, when: datetime, work: words.Work) -> None:
        results.report_work(actor=self.clerk, number=self._work(work).number, text=work.report)

    def _finish(self, when: datetime, work: words.Work) -> None:
        found = self._work(work)
        spent = found.money - self.rng.randrange(0, 20) * 100_000
        results.finish_work(actor=self.clerk, number=found.number, text=work.done, spent=spent)

    def _rate(self, when: datetime) -> None:
        self.begin(when, "rate")
        survey = ratings.of_step(self.step("rate"))
        for n in range(RATINGS):
            moment = when + timedelta(hours=3 + 14 * 24 * n / RATINGS)
            self.plan(moment, self._one_rating, survey.number, n)

    def _one_rating(self, when: datetime, number: str, n: int) -> None:
        is_content = n % (RATINGS // NOT_CONTENT) != 7
        said = words.SATISFIED if is_content else words.NOT_SATISFIED
        text = self.rng.choice(said) if n % 4 == 0 or not is_content else ""
        answers = {"satisfied": "yes" if is_content else "no", **({"words": text} if text else {})}
        if n % 3 == 0:
            results.enter_rating(
                actor=self.clerk, number=self.number, satisfied=answers["satisfied"], words=text
            )
        else:
            answering.submit_sheet(number=number, key=f"{number}-{n:04}-rated", answers=answers)

    def _publish_rating(self, when: datetime) -> None:
        results.publish_rating(actor=self.secretary, number=self.number, conclusion=words.RATED)
        self.end(when, "rate")

    def canvass_of(self) -> Canvass:
        return Canvass.objects.get(pk=self.step("canvass").record)


def _draw(rng: random.Random, weights: dict[str, int], n: int) -> list[str]:
    left, drawn = dict(weights), []
    for _ in range(n):
        drawn.append(rng.choices(list(left), list(left.values()))[0])
        del left[drawn[-1]]
    return drawn
