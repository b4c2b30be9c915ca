"""Topics: a draft, one that has just been announced, and one whose open step can end."""

from mulin.councils.results.actions import write_finding
from mulin.councils.topics import actions
from mulin.councils.topics.models import Topic
from tests.matrix.objects import Thing, both
from tests.matrix.world import Matrix

NAMES = ("topics_draft", "topics_new", "topics_running")
# What everybody may read, wherever they live.
PUBLISHED = ("topics_place", "topics_new", "topics_running")


def _topic(name: str, **more: str) -> list[Thing]:
    return both(name, lambda side: {"number": side.numbers[name], **more})


def _place() -> list[Thing]:
    return both("topics_place", lambda side: {"place": side.place})


_ALL = [one for name in NAMES for one in _topic(name)]
_MOVES = [
    *_topic("topics_draft", move="announce"),
    *both("topics_draft_dropped", lambda side: {"number": side.numbers["topics_draft"], "move": "discard"}),
]
THINGS = {
    "councils:topics-here": _place(),
    "councils:topic": _ALL,
    "councils_desk:topic": _ALL,
    "councils_desk:topic-edit": _ALL,
    "councils_desk:topic-days": _topic("topics_running"),
    "councils_desk:topic-stop": _topic("topics_running"),
    "councils_desk:topic-move": _MOVES,
    "councils_desk:topic-begin": _topic("topics_new", key="file"),
    "councils_desk:topic-end": _topic("topics_running", key="file"),
    "councils_desk:topic-skip": _topic("topics_running", key="opinions"),
}
BODIES = {
    "councils_desk:topic-new": lambda matrix, side, params: {
        "process": "hearing", "title": "门口放不放长椅", "place": side.place, "starts_on": "2030-01-01",
        "keep": "1",
    },
    "councils_desk:topic-edit": lambda matrix, side, params: {"title": "放两张长椅", "summary": "老人多"},
    "councils_desk:topic-stop": lambda matrix, side, params: {"reason": "大家想换个办法"},
    "councils_desk:topic-end": lambda matrix, side, params: {"remark": "都看过了"},
    "councils_desk:topic-skip": lambda matrix, side, params: {"reason": "这次用不上"},
}  # fmt: skip


def build(matrix: Matrix) -> None:
    """In both communities; what has to be found out in the step that runs is found out."""
    for side in (matrix.home, matrix.away):
        clerk = side.clerk.actor
        for name in NAMES:
            topic: Topic = actions.start_topic(
                actor=clerk, process="hearing", place=side.place, title=f"照明时间{name}"
            )
            side.numbers[name] = topic.number
            if name != "topics_draft":
                actions.announce_topic(actor=clerk, number=topic.number)
        running = side.numbers["topics_running"]
        actions.begin_step(actor=clerk, number=running, key="file")
        for question in ("what", "who"):
            write_finding(actor=clerk, number=running, text="广场夜间照明到几点", question=question)
