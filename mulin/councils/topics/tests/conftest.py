"""A process of two kinds that the tests hold in their own hands, and topics by it."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from mulin.councils.stepkinds import kinds
from mulin.councils.steps import Progress, StepKind, only
from mulin.councils.topics import actions, library

PROCESS = """
[process]
code = "bench"
title = "放一张长椅"
title_en = "A bench"
about = "门口放不放长椅，先说后定。"
about_en = "Whether to put a bench at the door."
site = ["estate"]
basis = "约定"
certainty = "house default"

[[step]]
key = "talk"
kind = "talk"
title = "说一说"
title_en = "Talk"
text = "来说说您的想法。"
takes_part = "anyone"
days = 5

[[step]]
key = "think"
kind = "talk"
title = "想一想"
optional = true
days = 2

[[step]]
key = "choose"
kind = "talk"
title = "定下来"
notice = 3
at_least = 2
days = 4
who = ["secretary"]
ends = ["remark"]
"""


def _kind(book: SimpleNamespace) -> StepKind:
    """A step that does what `book` says, and remembers what was asked of it."""

    def note(word: str) -> Callable:
        return lambda *, actor, topic, step: book.done.append((word, step.key))

    return StepKind(
        code="talk",
        title="说",
        icon="chat",
        settings=lambda raw: only(raw, options_from=""),
        begin=note("begin"),
        end=note("end"),
        stop=note("stop"),
        progress=lambda topic, step: book.progress,
        desk_url=lambda topic, step: "/desk/",
        public_url=lambda topic, step: f"/talk/{step.key}/",
    )


@pytest.fixture
def talk(monkeypatch) -> SimpleNamespace:
    """A kind of step of one's own: `talk.progress` is what it answers, `talk.done` what was asked of it."""
    book = SimpleNamespace(done=[], progress=Progress(line="大家在说。", invites=True, outcome="说好了"))
    known = {**kinds(), "talk": _kind(book)}
    for module in ("actions", "moves", "library", "reading", "desk_reading", "naming"):
        monkeypatch.setattr(f"mulin.councils.topics.{module}.kinds", lambda: known)
    return book


@pytest.fixture
def own_folder(settings, tmp_path):
    """The folder in which this house keeps processes of its own."""
    settings.MULIN_PROCESSES = str(tmp_path)
    return tmp_path


@pytest.fixture
def bench(own_folder, talk) -> SimpleNamespace:
    """The process “bench” dropped into that folder; `bench` is the kind's book."""
    (own_folder / "bench.toml").write_text(PROCESS, encoding="utf-8")
    assert "bench" in library.processes(), library.broken()
    return talk


@pytest.fixture
def make_topic(bench, world, cast) -> Callable:
    """`make_topic(…)` is a draft by the clerk; with `announce=True` everybody sees it."""

    def make(actor=None, announce: bool = False, **fields):
        actor = actor or cast.clerk.actor
        fields = {"place": world.home, "title": "三栋门口放不放长椅", **fields}
        made = actions.start_topic(actor=actor, process="bench", **fields)
        return actions.announce_topic(actor=actor, number=made.number) if announce else made

    return make


@pytest.fixture
def published(world, cast) -> Callable:
    """`published()` makes a matter that everybody may see, said by the resident."""
    from mulin.voices.actions import publish_matter, submit_voice

    def make(publish: bool = True, **fields):
        said = {"text": "三栋门口想要一张长椅，老人等车站着累。", "place": world.home, "kind": "suggestion"}
        matter = submit_voice(actor=cast.resident.actor, **{**said, **fields}).voice.matter
        if not publish:
            return matter
        return publish_matter(
            actor=cast.secretary.actor, number=matter.number, title="门口要一张长椅", text="老人等车站着累。"
        )

    return make
