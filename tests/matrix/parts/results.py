"""Study, options, objections, resolutions, works and ratings in the matrix: one topic that stands at all of
them, and resolutions in each state."""

from datetime import timedelta

from mulin.councils.results import actions
from mulin.councils.stepkinds import kinds
from mulin.councils.topics import actions as topics
from mulin.councils.topics.models import Topic
from mulin.kernel import clock
from mulin.kernel.actors import ANONYMOUS
from tests.matrix.objects import both, numbered
from tests.matrix.world import Matrix, Side

PROCESS = "street_trees"
OURS = ("study", "options", "publish", "works", "rate")
WRITTEN = {
    "why": "落果砸人。",
    "decision": "换银杏。",
    "decided_by": "沿街代表会，应到60人，到52人，47人同意。",
}


def _topic(side: Side) -> Topic:
    """A topic whose steps of this part are all open at once."""
    made = topics.start_topic(
        actor=side.clerk.actor, process=PROCESS, place=side.place, title="换行道树", summary="落果砸人。"
    )
    topic = topics.announce_topic(actor=side.clerk.actor, number=made.number)
    for step in topic.steps.filter(kind__in=OURS).order_by("position"):
        step.state = "open"
        step.ends_on = clock.today() + timedelta(days=30)
        step.save()
        step.record = kinds()[step.kind].begin(actor=side.clerk.actor, topic=topic, step=step)
        step.save()
    return topic


def build(matrix: Matrix) -> None:
    secretary = matrix.cast.district.actor
    for side in (matrix.home, matrix.away):
        clerk, numbers, ids = side.clerk.actor, side.numbers, side.ids
        topic = _topic(side)
        of_topic = {"actor": clerk, "number": topic.number}
        numbers["results_topic"] = topic.number
        numbers["results_draft"] = topic.resolutions.get().number
        ids["results_finding"] = actions.write_finding(**of_topic, text="雨水管在一米深。").pk
        ids["results_option"] = actions.put_option(**of_topic, title="银杏", cost=100).pk
        actions.propose_option(actor=ANONYMOUS, number=topic.number, title="桂花")
        for name in ("results_concern", "results_other"):
            said = actions.raise_concern(actor=ANONYMOUS, number=topic.number, text=f"不同意{name[-1]}")
            numbers[name] = said.number
        day = clock.today() + timedelta(days=30)
        for name in ("results_work", "results_done"):
            work = actions.plan_work(actor=clerk, topic=topic.number, title="挖树坑", due_on=day)
            numbers[name] = work.number
        actions.finish_work(actor=clerk, number=numbers["results_done"], text="四十二个坑挖好了。")
        planned = actions.plan_work(
            actor=clerk, resolution=numbers["results_draft"], title="种树", due_on=day
        )
        numbers["results_plan"] = planned.number
        for name in ("results_alone", "results_published", "results_withdrawn"):
            made = actions.draft_resolution(actor=clerk, place=side.place, title="小游园开放时间")
            numbers[name] = made.number
            actions.edit_resolution(actor=clerk, number=made.number, title="小游园开放时间", **WRITTEN)
            if name != "results_alone":
                actions.publish_resolution(actor=secretary, number=made.number)
        actions.withdraw_resolution(actor=secretary, number=numbers["results_withdrawn"], reason="金额写错了")


def named(name: str, **ids: str) -> list:
    return both(
        name, lambda side: {"number": side.numbers[name], **{key: side.ids[one] for key, one in ids.items()}}
    )


def _things() -> dict:
    place = both("community", lambda side: {"place": side.place})
    states = numbered("results_draft", "results_published", "results_withdrawn")
    found = {
        "councils:resolutions-of": place, "councils:resolutions-export-of": place,
        "councils:resolution": states, "councils:resolution-print": states,
        "councils:resolution-word": states,
        "councils_desk:resolution": states,
        "councils_desk:resolution-edit": numbered("results_draft"),
        "councils_desk:resolution-publish": numbered("results_alone"),
        "councils_desk:resolution-withdraw": numbered("results_published"),
        "councils_desk:resolution-print": numbered("results_draft"),
        "councils_desk:resolution-word": numbered("results_draft"),
        "councils_desk:resolution-work-new": numbered("results_draft"),
        "councils_desk:resolution-move": [
            one
            for move, name in (("refresh", "results_draft"), ("revise", "results_withdrawn"))
            for one in both(
                f"{move} {name}",
                lambda side, move=move, name=name: {"number": side.numbers[name], "move": move},
            )
        ],
        "councils_desk:result-concern": numbered("results_concern"),
    }  # fmt: skip
    return found | _of_steps()


def _of_steps() -> dict:
    """The pages of a topic's steps, and its works."""
    topic, found = numbered("results_topic"), {}
    for name in ("study", "options", "concerns", "works", "rating"):
        found[f"councils:result-{name}"] = found[f"councils_desk:result-{name}"] = topic
    for name in ("study-question", "finding-new", "option-new", "concern-new", "work-new", "rating-enter",
                 "rating-publish"):  # fmt: skip
        found[f"councils_desk:result-{name}"] = topic
    for name in ("finding", "finding-drop"):
        found[f"councils_desk:result-{name}"] = named("results_topic", finding="results_finding")
    for name in ("option", "option-decline", "option-order"):
        found[f"councils_desk:result-{name}"] = named("results_topic", option="results_option")
    for name in ("join", "hide", "part"):
        found[f"councils_desk:result-concern-{name}"] = numbered("results_concern")
    for name in ("work", "work-edit", "work-report", "work-delay", "work-done", "work-give-up", "work-case"):
        found[f"councils_desk:{name}"] = numbered("results_work")
    found["councils_desk:work-drop"] = numbered("results_plan")
    found["councils_desk:work-again"] = numbered("results_done")
    return found


def _due(more: int) -> str:
    return str(clock.today() + timedelta(days=more))


BODIES = {
    "councils:result-options": lambda m, s, p: {"title": "香樟", "text": "长得快"},
    "councils:result-concerns": lambda m, s, p: {"kind": "question", "text": "谁来浇水"},
    "councils_desk:resolution-new": lambda m, s, p: {
        "place": s.place, "title": "新决议", "body": "residents",
    },
    "councils_desk:resolution-edit": lambda m, s, p: {"title": "换行道树", "body": "residents", **WRITTEN},
    "councils_desk:resolution-publish": lambda m, s, p: {"days": 7},
    "councils_desk:resolution-withdraw": lambda m, s, p: {"reason": "金额写错了"},
    "councils_desk:resolution-work-new": lambda m, s, p: {"title": "浇水", "due_on": _due(20)},
    "councils_desk:result-study-question": lambda m, s, p: {"title": "夜里能施工吗"},
    "councils_desk:result-finding-new": lambda m, s, p: {"kind": "fact", "text": "查过了"},
    "councils_desk:result-finding": lambda m, s, p: {"kind": "fact", "text": "又查过了"},
    "councils_desk:result-option-new": lambda m, s, p: {"title": "香樟", "cost": 10},
    "councils_desk:result-option": lambda m, s, p: {"title": "大银杏", "cost": 10},
    "councils_desk:result-option-decline": lambda m, s, p: {"reason": "落果"},
    "councils_desk:result-option-order": lambda m, s, p: {"step": "down"},
    "councils_desk:result-concern-new": lambda m, s, p: {
        "kind": "objection", "text": "挡光", "channel": "phone",
    },
    "councils_desk:result-concern": lambda m, s, p: {"answer": "离窗五米。"},
    "councils_desk:result-concern-join": lambda m, s, p: {"into": s.numbers["results_other"]},
    "councils_desk:result-concern-hide": lambda m, s, p: {"reason": "是广告"},
    "councils_desk:result-work-new": lambda m, s, p: {"title": "浇水", "due_on": _due(20)},
    "councils_desk:work-edit": lambda m, s, p: {"title": "挖树坑", "due_on": _due(30)},
    "councils_desk:work-report": lambda m, s, p: {"kind": "progress", "text": "开工了"},
    "councils_desk:work-delay": lambda m, s, p: {"when": _due(60), "text": "下雨"},
    "councils_desk:work-done": lambda m, s, p: {"text": "挖好了"},
    "councils_desk:work-give-up": lambda m, s, p: {"text": "管线太浅"},
    "councils_desk:work-again": lambda m, s, p: {"reason": "三棵没活"},
    "councils_desk:result-rating-enter": lambda m, s, p: {"satisfied": "yes", "channel": "paper"},
    "councils_desk:result-rating-publish": lambda m, s, p: {"conclusion": "接着养护。"},
}  # fmt: skip

THINGS = _things()
PUBLISHED = {"results_topic", "results_published", "results_withdrawn"}
