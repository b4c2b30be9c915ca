"""The street trees of 堰坎路, from the first remark to the rated result, by what the people of the demo do.

Days are counted back from the present. Periods that end on holidays end later; what comes behind waits, and
the time for the works takes up the slack.
"""

import random
from datetime import datetime, timedelta

from mulin.cases import moves
from mulin.cases.actions import confirm_case
from mulin.councils.conversations import actions as talks
from mulin.councils.conversations import moderating
from mulin.councils.conversations.models import Conversation
from mulin.councils.meetings import actions as meetings
from mulin.councils.meetings import attending, minutes
from mulin.councils.meetings.models import Meeting
from mulin.councils.results import actions as results
from mulin.councils.results.models import Resolution
from mulin.councils.topics import actions as topics
from mulin.councils.topics.models import Step, Topic
from mulin.councils.votes.models import Vote
from mulin.kernel import clock, worker
from mulin.places.models import Site
from mulin.site.demo import ballots, talking, trees_told
from mulin.site.demo.places import HOME
from mulin.site.demo.script import Script, after, as_soon_as_may, play, soon, spread
from mulin.voices import actions as voices
from mulin.voices.models import Voice
from mulin.voices.surveys import actions as surveys
from mulin.voices.surveys import answering as sheets
from mulin.voices.surveys.models import Survey

BEGINS = 90  # days before the present
WORKS_DONE, RATED = 13, 5
SHORTEST_WORKS, SHORTEST_RATING, VOTE_DAYS = 8, 4, 4
SEED = 46


def plan(street) -> None:
    """Put the story on the timeline, with chance of its own: the rest of the demo stays as it was."""
    begins = (street.timeline.end - timedelta(days=BEGINS)).replace(hour=18, minute=20)
    play(street.timeline, begins, Trees(street).story())


class Trees:
    """The story and what it remembers on its way."""

    def __init__(self, street):
        self.street, self.rng, self.end = street, random.Random(SEED), street.timeline.end
        self.clerk, self.secretary = street.actor("clerk"), street.actor("secretary")
        self.matter = self.topic = ""

    def story(self) -> Script:
        for chapter in (
            self.remarks, self.look, self.opinions, self.council, self.courtyards, self.whether,
            self.species, self.which, self.resolution, self.works, self.rating,
        ):  # fmt: skip
            yield from chapter()

    # — steps —

    def begin(self, key: str) -> Script:
        act = lambda: topics.begin_step(actor=self.clerk, number=self.topic, key=key)  # noqa: E731
        return (yield from as_soon_as_may(act))

    def finish(self, key: str, remark: str = "") -> Script:
        act = lambda: topics.end_step(actor=self.clerk, number=self.topic, key=key, remark=remark)  # noqa: E731
        return (yield from as_soon_as_may(act))

    def record_of(self, key: str):
        """Id of what a step works with."""
        return Step.objects.get(topic__number=self.topic, key=key).record

    # — said, and made a topic —

    def remarks(self) -> Script:
        for n, (person, text) in enumerate(trees_told.REMARKS):
            actor = self.street.actor_of(self.street.resident(person))
            joins = {"join": self.matter} if n else {"category": "tree_pruning"}
            building = Site.objects.get(code=f"{HOME}-B{n + 1:03d}")
            voice = self.street.submit(actor, text, building, kind="complaint", **joins)
            if n == 0:
                self.matter = voice.matter.number
                yield soon(35)
                self.street.publish(clock.now(), self.matter, HOME)
            yield soon(52) if n % 2 else after(1, 8, 40)
        for person in trees_told.BESIDE:
            voices.me_too(actor=self.street.actor_of(self.street.resident(person)), number=self.matter)
        for move in ("accept", "start"):
            moves.perform(move, actor=self.clerk, number=self.matter)
        yield soon(40)
        self.topic = topics.start_topic(
            actor=self.clerk, process="street_trees", matter=self.matter, title=trees_told.TITLE,
            summary=trees_told.SUMMARY,
        ).number  # fmt: skip
        topics.announce_topic(actor=self.clerk, number=self.topic)
        fields = {"done_text": "现场查看并提成议题", "reply": trees_told.REPLY, "confirm_reply": True}
        moves.perform("finish", actor=self.clerk, number=self.matter, **fields)
        yield after(1, 9)
        for voice in Voice.objects.filter(matter__number=self.matter).select_related("account"):
            who = self.street.actor_of(voice.account)
            confirm_case(actor=who, number=voice.number, is_solved=True, is_satisfied=True)
        moves.perform("close", actor=self.clerk, number=self.matter)

    # — hearing —

    def look(self) -> Script:
        yield from self.begin("look")
        until = after(6, 18)
        number = self._survey(until)
        rows = [row for who, row in trees_told.SHEETS.items() for row in self._sheets(who, *row)]
        self.rng.shuffle(rows)
        yield from spread(self.rng, until, [self._hand_in(number, n, row) for n, row in enumerate(rows)])
        yield soon()
        surveys.close_survey(actor=self.clerk, number=number)
        yield after(1, 10)
        conclusion = trees_told.SURVEY_CONCLUSION
        surveys.publish_results(
            actor=self.secretary, number=number, questions=["who", "trouble", "want"], conclusion=conclusion
        )
        for question, text, source in trees_told.FINDINGS:
            results.write_finding(
                actor=self.clerk, number=self.topic, question=question, text=text, source=source
            )
        yield from self.finish("look")

    def _survey(self, until: datetime) -> str:
        number = surveys.draft_survey(actor=self.clerk, place=HOME).number
        surveys.edit_questions(actor=self.clerk, number=number, data=_form())
        surveys.edit_survey(
            actor=self.clerk, number=number, title=trees_told.SURVEY_TITLE, intro=trees_told.SURVEY_INTRO,
            closes_on=clock.day_of(until), issued=60,
        )  # fmt: skip
        return surveys.open_survey(actor=self.clerk, number=number).number

    def _sheets(self, who: str, n: int, troubles: dict[str, int], wants: tuple[int, ...]) -> list[dict]:
        wish = [key for key, times in zip(trees_told.WANTS, wants, strict=True) for _ in range(times)]
        rows = []
        for want in wish[:n]:
            left = [key for key in troubles if want != "replace" or key != "none"]
            chosen = {self.rng.choices(left, [troubles[key] for key in left])[0] for _ in range(2)}
            rows.append(
                {"who": who, "trouble": sorted(chosen - {"none"}) or ["none"], "want": want}
                | ({"words": self.rng.choice(trees_told.SURVEY_WORDS)} if self.rng.random() < 0.25 else {})
            )
        return rows

    def _hand_in(self, number: str, n: int, answers: dict):
        if n % 3 == 2:
            return lambda: sheets.enter_sheet(
                actor=self.street.actor("gridworker"), number=number, answers=answers, channel="visit"
            )
        key = f"{number}-a-browser-{n:04}"
        return lambda: sheets.submit_sheet(number=number, key=key, answers=answers)

    def opinions(self) -> Script:
        yield after(0, 14)
        yield from self.begin("opinions")
        talk = Conversation.objects.get(pk=self.record_of("opinions"))
        until = after(6, 20)
        people = talking.people(self.rng, trees_told.VIEWS.values())
        writers = trees_told.WRITTEN
        first = [talking.write(talk.number, n, text) for n, (text, _fate) in enumerate(writers)]
        yield from spread(self.rng, after(1, 20), first)
        yield soon(20)
        self._moderate(talk)
        yield from spread(
            self.rng, until, [talking.answers(talk.number, n, row) for n, row in enumerate(people)]
        )
        yield after(1, 9)
        talks.close_conversation(actor=self.clerk, number=talk.number)
        yield after(0, 15)
        talks.publish_conversation(actor=self.secretary, number=talk.number, conclusion=trees_told.CONCLUSION)
        yield from self.finish("opinions")

    def _moderate(self, talk: Conversation) -> None:
        fates = dict(trees_told.WRITTEN)
        for one in talk.statements.filter(state="waiting").order_by("n"):
            fields = {"actor": self.clerk, "number": talk.number, "n": one.n}
            if fates[one.text] == "rejected":
                moderating.reject_statement(**fields, reason=trees_told.REJECTED_WHY)
            else:
                moderating.approve_statement(**fields)

    # — meetings —

    def council(self) -> Script:
        yield after(1, 9)
        yield from self.begin("council")
        yield from self._meetings("council", "courtyard_council", trees_told.COUNCIL)
        yield from self.finish("council")

    def courtyards(self) -> Script:
        yield soon()
        yield from self.begin("courtyards")
        yield from self._meetings("courtyards", "courtyard_residents", trees_told.COURTYARDS)
        yield from self.finish("courtyards")

    def _meetings(self, key: str, kind: str, rows) -> Script:
        """Announce all of them, then hold each on its day."""
        draft, coming = Meeting.objects.get(pk=self.record_of(key)), []
        for n, (days, hour, venue, *said) in enumerate(rows):
            at, title = after(days, hour), f"{trees_told.TITLE}（{venue}）"
            if n == 0:
                made = meetings.edit_meeting(
                    actor=self.clerk, number=draft.number, title=title, begins_at=at, venue=venue
                )
            else:
                made = meetings.draft_meeting(
                    actor=self.clerk, type=kind, place=HOME, topic=self._topic(), begins_at=at, venue=venue,
                    title=title,
                )  # fmt: skip
            meetings.announce_meeting(actor=self.clerk, number=made.number, told=["residents"])
            coming.append((at, made, said))
        for at, made, said in coming:
            yield max(at, soon(1))
            self._hold(made, *said)
            yield soon(95)
            self._write_up(made, *said)

    def _topic(self):
        return Topic.objects.get(number=self.topic)

    def _hold(self, made: Meeting, came: int, _said: str, _minority: str) -> None:
        meetings.open_door(actor=self.clerk, number=made.number)
        made.attendance.all().delete()
        names = "\n".join(self.rng.sample(trees_told.ATTENDED, came))
        attending.list_people(actor=self.clerk, number=made.number, text=names)
        for person in made.attendance.all():
            attending.mark(actor=self.clerk, number=made.number, person=person.pk, state="present")

    def _write_up(self, made: Meeting, _came: int, said: str, minority: str) -> None:
        item = made.items.get()
        minutes.save_minutes(
            actor=self.clerk, number=made.number, words={}, kept=True,
            items={str(item.pk): {"discussion": said, "minority": minority}},
        )  # fmt: skip
        minutes.decide_item(actor=self.clerk, number=made.number, item=item.pk, decision="heard")
        meetings.close_meeting(actor=self.clerk, number=made.number)
        minutes.confirm_minutes(actor=self.clerk, number=made.number)
        minutes.publish_minutes(actor=self.clerk, number=made.number)

    # — two votes and the options between them —

    def whether(self) -> Script:
        yield from self._objections()
        yield after(1, 9)
        yield from self.begin("whether")
        choices = ["yes"] * trees_told.YES + ["no"] * trees_told.NO
        yield from ballots.hold(self.street, self.rng, self.record_of("whether"), choices, VOTE_DAYS)
        yield from self.finish("whether")

    def species(self) -> Script:
        yield soon()
        yield from self.begin("species")
        for title, text, cost, gains, loses in trees_told.OPTIONS:
            results.put_option(
                actor=self.clerk, number=self.topic, title=title, text=text, cost=cost, gains=gains,
                loses=loses,
            )  # fmt: skip
        yield after(1, 19)
        for n, (title, text, declined) in enumerate(trees_told.PROPOSED):
            who = self.street.actor_of(self.street.resident(25 + n))
            found = results.propose_option(actor=who, number=self.topic, title=title, text=text)
            yield after(1, 10)
            fields = {"actor": self.clerk, "number": self.topic, "option": found.pk}
            if declined:
                results.decline_option(**fields, reason=declined)
            else:
                cost, gains, loses = trees_told.MIXED
                results.put_option(**fields, title=title, text=text, cost=cost, gains=gains, loses=loses)
        yield from self.finish("species")

    def which(self) -> Script:
        yield soon()
        yield from self.begin("which")
        vote = Vote.objects.get(pk=self.record_of("which"))
        keys = [one["key"] for one in vote.options]
        choices = [key for key, n in zip(keys, trees_told.CHOICES, strict=True) for _ in range(n)]
        yield from ballots.hold(self.street, self.rng, vote.pk, choices, VOTE_DAYS)
        yield from self.finish("which")

    # — objections, resolution —

    def _objections(self) -> Script:
        made = []
        for person, kind, text, _answer in trees_told.OBJECTIONS:
            yield after(0, 20) if len(made) % 2 else soon(90)
            who = self.street.actor_of(self.street.resident(person))
            made.append(
                results.raise_concern(actor=who, number=self.topic, text=text, kind=kind, tell_me=True)
            )
        again, rude = (
            results.enter_concern(actor=self.clerk, number=self.topic, text=text, channel="phone")
            for text in (trees_told.SAME_AGAIN, trees_told.RUDE)
        )
        yield after(1, 10)
        for one, (_person, _kind, _text, answer) in zip(made, trees_told.OBJECTIONS, strict=True):
            results.answer_concern(actor=self.clerk, number=one.number, answer=answer)
        results.join_concern(actor=self.clerk, number=again.number, into=made[1].number)
        results.hide_concern(actor=self.clerk, number=rude.number, reason="只是骂人，没有说事")

    def resolution(self) -> Script:
        yield after(1, 10)
        yield from self.begin("resolution")
        draft = Resolution.objects.get(pk=self.record_of("resolution"))
        results.edit_resolution(
            actor=self.clerk, number=draft.number, title=trees_told.TITLE, cost=trees_told.COST,
            decided_on=draft.decided_on, money_from=trees_told.MONEY_FROM, **trees_told.RESOLUTION,
        )  # fmt: skip
        self._plan_works(draft.number)
        yield soon(50)
        results.publish_resolution(actor=self.secretary, number=draft.number)
        yield from self.finish("resolution")

    # — works —

    def _plan_works(self, resolution: str) -> None:
        org, due = self.street.people.units["urban"].pk, self._works_until() + timedelta(days=4)
        self.planned = [
            results.plan_work(
                actor=self.clerk, resolution=resolution, title=title, text=text, money=money, org=org,
                due_on=clock.day_of(due),
            ).number
            for title, text, money, *_more in (*trees_told.WORKS, trees_told.CASE_WORK)
        ]  # fmt: skip

    def _works_until(self) -> datetime:
        shortest = clock.now() + timedelta(days=SHORTEST_WORKS)
        return max(shortest, self.end - timedelta(days=WORKS_DONE))

    def works(self) -> Script:
        permit, trees, bricks = self.planned
        officer = self.street.actor("department")
        yield soon()
        yield from self.begin("works")
        until = self._works_until()
        case = results.hand_to_cases(actor=self.clerk, number=bricks, category=trees_told.CASE_CATEGORY)
        number = case.matter.number
        yield after(1, 9)
        moves.perform("start", actor=officer, number=number)
        results.finish_work(actor=officer, number=permit, text=trees_told.WORKS[0][3])
        yield clock.now() + (until - clock.now()) / 2
        results.report_work(actor=officer, number=trees, kind="progress", text=trees_told.PROGRESS)
        yield max(until - timedelta(days=2), soon())
        yield from self._repaired(officer, number)
        yield max(until, soon())
        results.finish_work(
            actor=officer, number=trees, text=trees_told.WORKS[1][3], spent=trees_told.WORKS[1][2]
        )
        yield from self.finish("works")

    def _repaired(self, officer, number: str) -> Script:
        done, reply = trees_told.CASE_DONE
        fields = {"done_text": done, "reply": reply, "confirm_reply": True}
        moves.perform("finish", actor=officer, number=number, **fields)
        yield after(1, 10)
        moves.perform(
            "call-back", actor=self.clerk, number=number, how="visit", result="reached", is_solved=True,
            is_satisfied=True, note="一起走了一遍，轮椅过得去",
        )  # fmt: skip
        moves.perform("close", actor=self.clerk, number=number)
        worker.settle()

    # — rated —

    def rating(self) -> Script:
        yield soon(30)
        yield from self.begin("rate")
        number = Survey.objects.get(pk=self.record_of("rate")).number
        shortest = clock.now() + timedelta(days=SHORTEST_RATING)
        until = max(shortest, self.end - timedelta(days=RATED))
        rows = ["yes"] * trees_told.SATISFIED + ["no"] * trees_told.NOT_SATISFIED
        words = {side: [text for one, text in trees_told.RATINGS if one == side] for side in ("yes", "no")}
        self.rng.shuffle(rows)
        acts = [
            self._rate(number, n, side, words[side].pop() if words[side] and n > 5 else "")
            for n, side in enumerate(rows)
        ]
        yield from spread(self.rng, until, acts)
        yield soon(30)
        results.publish_rating(actor=self.clerk, number=self.topic, conclusion=trees_told.RATED)
        yield from self.finish("rate")

    def _rate(self, number: str, n: int, satisfied: str, words: str):
        if n % 5 == 4:
            return lambda: results.enter_rating(
                actor=self.clerk, number=self.topic, satisfied=satisfied, words=words, channel="paper"
            )
        answers = {"satisfied": satisfied} | ({"words": words} if words else {})
        key = f"{number}-a-browser-{n:04}"
        return lambda: sheets.submit_sheet(number=number, key=key, answers=answers)


def _form() -> dict:
    def options(words: dict[str, str]) -> list[dict[str, str]]:
        return [{"key": key, "text": text} for key, text in words.items()]

    asked = (
        ("who", "single", "您是", trees_told.WHO),
        ("trouble", "multiple", "这些树给您带来什么麻烦", trees_told.TROUBLES),
        ("want", "single", "您希望", trees_told.WANTS),
    )
    questions: list[dict] = [
        {"key": key, "kind": kind, "text": text, "options": options(words), "required": key == "who"}
        for key, kind, text, words in asked
    ]
    questions.append({"key": "words", "kind": "text", "text": "还有什么想说的"})
    return {"sections": [{"questions": questions}]}
