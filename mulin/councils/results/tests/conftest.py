"""A process of this part's own steps, and topics that stand at one of them."""

from collections.abc import Callable

import pytest

from mulin.councils.results import actions
from mulin.councils.topics import actions as topics
from mulin.councils.topics import library
from mulin.councils.topics.models import Topic
from mulin.voices.actions import submit_voice

PROCESS = """
[process]
code = "whole"
title = "从摸底到评价"
about = "查清、比较、决议、落实、评价。"
basis = "约定"
certainty = "house default"

[[step]]
key = "look"
kind = "study"
title = "摸底"
days = 5
[step.settings]
questions = [{ key = "pipes", title = "管网在哪里" }, "花多少钱"]

[[step]]
key = "ways"
kind = "options"
title = "比方案"
days = 5

[[step]]
key = "paper"
kind = "publish"
title = "决议"
days = 5
[step.settings]
options_from = "ways"

[[step]]
key = "work"
kind = "works"
title = "落实"
days = 30

[[step]]
key = "say"
kind = "rate"
title = "评价"
days = 10
"""
KEYS = ("look", "ways", "paper", "work", "say")


@pytest.fixture
def process(settings, tmp_path) -> str:
    """The process “whole”, dropped into the house's own folder."""
    settings.MULIN_PROCESSES = str(tmp_path)
    (tmp_path / "whole.toml").write_text(PROCESS, encoding="utf-8")
    assert "whole" in library.processes(), library.broken()
    return "whole"


@pytest.fixture
def make_topic(process, world, cast) -> Callable[..., Topic]:
    """`make_topic("ways")` is a topic of the clerk's, announced, that stands at that step; all steps before
    it went through their least."""

    def make(at: str = "look", *, matter: str = "", **fields) -> Topic:
        actor = cast.clerk.actor
        given = {"place": world.home, "title": "换行道树", "summary": "落果砸人，根顶破了路面。", **fields}
        topic = topics.start_topic(actor=actor, process=process, matter=matter, **given)
        topics.announce_topic(actor=actor, number=topic.number)
        for key in KEYS:
            topics.begin_step(actor=actor, number=topic.number, key=key)
            if key == at:
                break
            pass_through(cast, topic.number, key)
            topics.end_step(actor=actor, number=topic.number, key=key)
        return Topic.objects.get(pk=topic.pk)

    return make


def pass_through(cast, number: str, key: str) -> None:
    """The least that a step needs before it may end."""
    clerk, secretary = cast.clerk.actor, cast.secretary.actor
    if key == "look":
        actions.write_finding(actor=clerk, number=number, text="雨水管在人行道下一米。", question="pipes")
        actions.write_finding(
            actor=clerk, number=number, text="三家报价。", question="q2", kind="cost", cost=120_000_00
        )
    elif key == "ways":
        actions.put_option(
            actor=clerk, number=number, title="银杏", cost=80_000_00, gains="沿街住户", loses="两家商铺门前"
        )
        actions.put_option(actor=clerk, number=number, title="香樟", cost=60_000_00)
    elif key == "paper":
        found = Topic.objects.get(number=number).resolutions.get()
        write_up(clerk, found.number, chosen=["o1"])
        actions.publish_resolution(actor=secretary, number=found.number)
    elif key == "work":
        from mulin.kernel.clock import today

        work = actions.plan_work(actor=clerk, topic=number, title="挖树坑", due_on=today())
        actions.finish_work(actor=clerk, number=work.number, text="四十二个坑挖好了。")


def write_up(actor, number: str, **more) -> None:
    """Everything that a resolution must say."""
    texts = {
        "title": "换行道树",
        "why": "落果砸人，根顶破了路面。",
        "decision": "换银杏，今年秋天种。",
        "decided_by": "沿街居民和商家代表会，应到60人，到52人，47人同意。",
        "minority": "五人想保留两棵老黄葛树。",
    }
    actions.edit_resolution(actor=actor, number=number, **{**texts, **more})


@pytest.fixture
def matter(world, cast):
    """What the resident said, out of which a topic may grow."""
    text = "门口的行道树一直落果，老人差点滑倒。"
    said = submit_voice(actor=cast.resident.actor, text=text, place=world.home, kind="suggestion")
    return said.voice.matter
