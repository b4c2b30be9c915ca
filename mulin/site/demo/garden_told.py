"""The small garden: a corner where rubbish lay, the group that keeps it, who waters on which day, what was
counted and noticed, and where its delegates went. What came before, the wish and the group, is in `content`.
"""

import random
from datetime import time, timedelta
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from mulin.academy.keeping import (
    access,
    actions,
    counting,
    delegating,
    duties,
    finding,
    history,
    rotas,
)
from mulin.academy.keeping.counting import Item
from mulin.academy.keeping.models import Duty, KeptPlace, Rota
from mulin.cases import moves
from mulin.kernel import clock
from mulin.kernel.errors import ActionError
from mulin.places.models import Site
from mulin.site.demo import content
from mulin.site.demo.places import HOME
from mulin.site.demo.script import Script, after, play, soon

SEED = 53
BEGINS = 81  # days before the present: the day after the group was entered
WATERING = [1, 3, 6]
COMING = (1, 5, 12, 20, 24, 30)  # who takes turns, by their place in the list of residents
BEFORE = "院坝口的一角，堆了六年的旧家具和建渣，夏天有味，老人绕着走。"
WHAT = "清出来种花，十四个人轮流浇水；花台边留一条能过轮椅的路。"
ITEMS = (Item("月季", "棵", 36), Item("绣球", "棵", 12), Item("长椅", "张", 2))
COUNTS = ((36, 12, 1), (36, 11, 2), (33, 12, 2), (35, 12, 2))
COUNT_NOTES = ("长椅先修好一张", "", "太阳大，晒坏了三棵月季", "补栽了两棵")
ENTRIES = (
    (0, "before", "旧家具和建渣堆到了窗台高", "数了数，四车才拉得完。"),
    (2, "decision", "院坝会上说好：清出来种花，不停车", "有人想停车，大家算了算只放得下两辆，就都愿意种花。"),
    (5, "work", "环卫拉走四车，社区送来两车土", "周六上午，二十来个人，一人一把铲子。"),
    (9, "work", "月季和绣球栽下去了", "花苗一半是社区给的，一半是各家阳台上分的。"),
    (40, "after", "第一茬花开了", "孩子放学都从这里走。"),
)
NOTICED = "花园靠墙那根水管接头一直滴水，地面长了青苔，老人走着滑"
FIXED = "接头换了，青苔刷干净，墙边加了一块防滑垫"
FIXED_REPLY = "花园边的水管接头已换好，地面清理过了，谢谢您们发现。"
WORDS = "车棚旁边能不能留一条浇水的路"
GREENS, FLOWERS = ("#5f8a4e", "#6f9c5c", "#4f7a44"), ("#c9566b", "#d98aa0", "#8a7fc0", "#e0b04a")


def plan(street) -> None:
    """Put the garden on the timeline, with chance of its own."""
    begins = (street.timeline.end - timedelta(days=BEGINS)).replace(hour=9, minute=15)
    play(street.timeline, begins, Garden(street).story())


class Garden:
    """The story and what it remembers on its way."""

    def __init__(self, street):
        self.street, self.rng = street, random.Random(SEED)
        self.clerk = street.actor("clerk")
        self.kept = KeptPlace()
        self.wish = ""

    def leader(self) -> Any:
        return self.street.new_actor_of(self.street.resident("garden1"))

    def story(self) -> Script:
        yield from self.asked()
        yield from self.made()
        yield from self.weeks()

    def asked(self) -> Script:
        """The group asks for the corner; the community agrees three days later."""
        group = self.street.people.units["garden"]
        self.wish = self.street.told["garden"]
        site = Site.objects.get(community=HOME, name=content.GARDEN)
        asked = actions.ask_place(
            actor=self.leader(), org=group.pk, place=HOME, name=content.GARDEN, site=site.code,
            spot="院坝口，靠围墙那一角", about=BEFORE, what=WHAT, lon=site.lon, lat=site.lat,
            matter=self.wish,
        )  # fmt: skip
        self.kept = asked.kept
        yield after(3, 10, 20)
        actions.agree(actor=self.clerk, number=asked.number)

    def made(self) -> Script:
        """What became of it, and who waters."""
        yield soon(40)
        leader, number = self.leader(), self.kept.number
        counting.set_items(actor=leader, number=number, items=ITEMS)
        rotas.make_rota(
            actor=leader, org=self.street.people.units["garden"].pk, title="浇水", days=WATERING,
            starts=time(18), minutes=30, kept=number, note="水龙头在传达室后面，用完关紧",
        )  # fmt: skip
        begun = clock.now()
        for day, stage, title, text in ENTRIES:
            yield max(begun + timedelta(days=day, hours=1), soon(3))
            pictures = [_drawn(self.rng, stage)] if stage in ("before", "after") else []
            history.write_entry(
                actor=self.leader(), number=number, title=title, stage=stage, text=text, photos=pictures,
                alts=["示意图：" + title] * len(pictures), consented=True,
                link=self.wish if stage == "decision" else "",
            )  # fmt: skip

    def weeks(self) -> Script:
        """Every ten days or so: turns are taken, things are counted; once something is noticed."""
        for n, (numbers, note) in enumerate(zip(COUNTS, COUNT_NOTES, strict=True)):
            yield after(1, 19)
            self._take_turns()
            items = list(self.kept.items.order_by("position"))
            found = {item.pk: amount for item, amount in zip(items, numbers, strict=True)}
            counting.count_place(actor=self.leader(), number=self.kept.number, found=found, note=note)
            if n == 1:
                yield from self._notice()
            if n == 2:
                self._send()
            yield after(8, 18, 30)
        self._take_turns()

    def _take_turns(self) -> None:
        """Who has time takes a turn; one name is written down for a neighbour without a telephone."""
        rotas.lay_all()
        until = clock.now() + timedelta(days=9)
        rota = Rota.objects.get(kept=self.kept)
        free = Duty.objects.filter(
            rota=rota, account=None, label="", starts_at__gt=clock.now(), starts_at__lt=until
        )
        for n, duty in enumerate(free.order_by("starts_at")[:3]):
            if n == 2:
                duties.fill_duty(actor=self.leader(), duty=duty.pk, label="七楼的罗婆婆")
                continue
            person = self.street.resident(self.rng.choice(COMING))
            duties.take_duty(actor=self.street.new_actor_of(person), duty=duty.pk)

    def _notice(self) -> Script:
        """A leaking pipe: said from the garden, repaired within two days, told to everybody."""
        member = self.street.new_actor_of(self.street.resident(5))
        receipt = finding.report_from_place(
            actor=member, number=self.kept.number, text=NOTICED, category="water_supply"
        )
        number = receipt.voice.matter.number
        yield soon(50)
        self.street.publish(clock.now(), number, HOME)
        for move in ("accept", "start"):
            moves.perform(move, actor=self.clerk, number=number)
        yield after(2, 11)
        fields = {"done_text": FIXED, "reply": FIXED_REPLY, "confirm_reply": True}
        moves.perform("finish", actor=self.clerk, number=number, **fields)

    def _send(self) -> None:
        """Two delegates to whatever is talked over in the yard just now."""
        open_now = [one for one in delegating.gatherings(HOME) if one["kind"] == "topic"]
        if not open_now:
            return
        group = self.street.people.units["garden"]
        try:
            delegating.send_delegates(
                actor=self.leader(), group_id=group.pk, gathering=open_now[0]["number"], heads=2, words=WORDS
            )
        except ActionError:  # it ended a moment ago
            return


def kept_garden() -> KeptPlace:
    """The garden's page, for lists of pages."""
    return access.public_places(HOME).order_by("id").first()


def _drawn(rng: random.Random, stage: str) -> bytes:
    """A drawing in place of a photograph: a heap, or a bed of flowers, before a wall."""
    image = Image.new("RGB", (960, 720), "#dfe6ea")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 240, 960, 470), fill="#c9bfb0")
    pen.rectangle((0, 470, 960, 720), fill="#9d9486" if stage == "before" else "#8b7a5e")
    for _ in range(70 if stage == "before" else 260):
        x, y = rng.randrange(60, 900), rng.randrange(430, 690)
        if stage == "before":
            w, h = rng.randrange(40, 140), rng.randrange(20, 70)
            pen.rectangle((x, y - h, x + w, y), fill=rng.choice(("#7d6f5f", "#8f5f4a", "#6b6b66", "#a08a6c")))
        else:
            r = rng.randrange(8, 26)
            colour = rng.choice(GREENS if rng.random() < 0.6 else FLOWERS)
            pen.ellipse((x - r, y - r, x + r, y + r), fill=colour)
    out = BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
