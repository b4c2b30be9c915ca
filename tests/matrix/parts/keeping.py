"""Kept places and rotas: a place that a group asks for and one that it keeps, with a history, things to
count, a rota with turns of two members, and delegates, in both communities."""

from collections.abc import Callable
from datetime import time, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from mulin.academy.keeping import actions, counting, delegating, duties, history, rotas
from mulin.academy.keeping.counting import Item
from mulin.councils.topics import actions as topics
from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.people.models import Account, Organisation, Post
from mulin.people.queries import actor_for
from tests.matrix.objects import POST, Thing, both, numbered
from tests.matrix.world import Matrix, Side

PUBLISHED = ("keeping_kept", "keeping_group", "keeping_photo")


def _of(state: str, **params: str) -> list[Thing]:
    """A place in a state, with what else the address names, by its name in `side.ids`."""

    def found(side: Side) -> dict[str, Any]:
        return {
            "number": side.numbers[f"keeping_{state}"],
            **{name: side.ids.get(value, value) for name, value in params.items()},
        }

    return both(f"keeping_{state}", found)


def _ids(kind: str, **params: str) -> list[Thing]:
    def found(side: Side) -> dict[str, Any]:
        return {name: side.ids.get(value, value) for name, value in params.items()}

    return both(kind, found)


def _each(kind: str, name: str, values: tuple[str, ...], **params: str) -> list[Thing]:
    """One thing for each value of the last part of an address that only takes forms."""

    def params_of(value: str) -> Callable[[Side], dict[str, Any]]:
        return lambda side: {**{key: side.ids[ref] for key, ref in params.items()}, name: value}

    return [
        Thing(f"{value} {kind}", place, params_of(value), methods=POST)
        for value in values
        for place in ("home", "away")
    ]


def _terms() -> list[Thing]:
    def params_of(move: str) -> Callable[[Side], dict[str, Any]]:
        state = "asked" if move in ("agree", "decline", "withdraw") else "kept"
        return lambda side: {"number": side.numbers[f"keeping_term_{state}"], "move": move}

    moves = ("agree", "decline", "withdraw", "renew", "end")
    return [Thing(f"{move} keeping", place, params_of(move)) for move in moves for place in ("home", "away")]


def _rota(kind: str = "rota") -> list[Thing]:
    return both(kind, lambda side: {"number": side.numbers["rota"]})


THINGS: dict[str, list[Thing]] = {
    "academy:keeping-here": both("community", lambda side: {"place": side.place}),
    "academy:keeping-stories": both("community", lambda side: {"place": side.place}),
    "academy:keeping-turning": both("community", lambda side: {"place": side.place}),
    "academy:keeping-group": _ids("keeping_group", group_id="keeping_group"),
    "academy:keeping-photo": _ids("keeping_photo", photo_id="keeping_photo", size="thumb"),
    "academy:keeping": numbered("keeping_asked", "keeping_kept"),
    "academy:keeping-print": numbered("keeping_asked", "keeping_kept"),
    "academy:keeping-report": numbered("keeping_kept"),
    "academy:keeping-count": numbered("keeping_kept"),
    "academy:rota": _rota(),
    "academy:rota-print": _rota(),
    "academy:rota-calendar": _rota(),
    "academy:rota-swap": _ids("rota_turn", duty="rota_turn"),
    "academy:rota-fill": _ids("rota_turn", duty="rota_free"),
    "academy:rota-turn": _each("rota_turn", "move", ("take", "give-back", "done"), duty="rota_free"),
    "academy:rota-swap-answer": _each(
        "rota_swap", "answer", ("agree", "decline", "withdraw"), swap="rota_swap"
    ),
    "academy_desk:rota-new": _ids("keeping_group", org="keeping_group"),
    "academy_desk:rota-edit": _rota(),
    "academy_desk:rota-end": _rota(),
    "academy_desk:keeping-delegates": _ids("keeping_group", org="keeping_group"),
    "academy_desk:keeping-recall": _ids("keeping_delegation", delegation="keeping_delegation"),
    "academy_desk:keeping-term": _terms(),
    "academy_desk:keeping": numbered("keeping_asked", "keeping_kept"),
    "academy_desk:keeping-edit": numbered("keeping_kept"),
    "academy_desk:keeping-items": numbered("keeping_kept"),
    "academy_desk:keeping-again": _of("kept", org="keeping_other"),
    "academy_desk:keeping-entry-new": numbered("keeping_kept"),
    "academy_desk:keeping-entry": _of("kept", entry="keeping_entry"),
    "academy_desk:keeping-entry-remove": _of("kept", entry="keeping_entry"),
    "academy_desk:keeping-photo-remove": _of("kept", photo="keeping_photo"),
}


def _round(_matrix: Matrix, side: Side, _params: dict[str, Any]) -> dict[str, Any]:
    return {"on": f"{clock.today()}", f"n_{side.ids['keeping_item']}": "3"}


def _term(_matrix: Matrix, _side: Side, params: dict[str, Any]) -> dict[str, Any]:
    return {"reason": "要修路"} if params["move"] in ("decline", "end") else {}


BODIES: dict[str, Callable[[Matrix, Side, dict[str, Any]], dict[str, Any]]] = {
    "academy:keeping-report": lambda m, s, p: {"text": "墙边的水管漏水"},
    "academy:keeping-count": _round,
    "academy:rota-swap": lambda m, s, p: {"other": str(s.ids["rota_theirs"])},
    "academy:rota-fill": lambda m, s, p: {"label": "王婆婆"},
    "academy_desk:keeping-new": lambda m, s, p: {"name": "墙角", "spot": "东头", "what": "种花"},
    "academy_desk:rota-new": lambda m, s, p: {
        "title": "开门", "days": ["2"], "starts": "09:00", "minutes": "60", "heads": "1", "every": "1",
    },
    "academy_desk:rota-edit": lambda m, s, p: {
        "title": "浇花", "days": ["2"], "starts": "09:00", "minutes": "60", "heads": "1", "every": "1",
    },
    "academy_desk:keeping-delegates": lambda m, s, p: {"gathering": s.numbers["keeping_topic"], "heads": "1"},
    "academy_desk:keeping-term": _term,
    "academy_desk:keeping-edit": lambda m, s, p: {"name": "花园", "spot": "墙角"},
    "academy_desk:keeping-items": lambda m, s, p: {"items": "月季 棵"},
    "academy_desk:keeping-again": lambda m, s, p: {"what": "一起种"},
    "academy_desk:keeping-entry-new": lambda m, s, p: {
        "on": f"{clock.today()}", "stage": "work", "title": "浇了水",
    },
    "academy_desk:keeping-entry": lambda m, s, p: {
        "on": f"{clock.today()}", "stage": "work", "title": "改过的一条",
    },
}  # fmt: skip


def build(matrix: Matrix) -> None:
    """At home the cast's group with its leader and member, elsewhere a group of two strangers."""
    for side in (matrix.home, matrix.away):
        group = getattr(matrix.world, "group", None) if side is matrix.home else None
        if group is None:
            group = Organisation.objects.create(name="种花队", kind="volunteer_team", place=side.place)
            members = (_member(group), _member(group))
        else:
            members = (matrix.cast.group_member.actor, matrix.cast.group_leader.actor)
        _place(side, group)
        _turns(side, group, members)


def _member(group: Organisation) -> Actor:
    n = Post.objects.filter(org=group).count()
    account = Account.objects.create_user(f"keeps:{group.place}:{n}", name="种花的人", is_demo=True)
    Post.objects.create(account=account, role="group_member", place=group.place, org=group)
    return actor_for(account)


def _place(side: Side, group: Organisation) -> None:
    clerk, ids = side.clerk.actor, side.ids
    ids["keeping_group"] = group.pk
    ids["keeping_other"] = Organisation.objects.create(name="种菜社", kind="club", place=side.place).pk
    for state in ("asked", "kept"):
        made = actions.ask_place(
            actor=clerk, org=group.pk, place=side.place, name="花园", spot="墙角", what="种花"
        )
        side.numbers[f"keeping_{state}"] = made.kept.number
        side.numbers[f"keeping_term_{state}"] = made.number
    number = actions.agree(actor=clerk, number=made.number).kept.number
    kept = counting.set_items(actor=clerk, number=number, items=[Item("月季", "棵", 5)])
    ids["keeping_item"] = kept.items.get().pk
    out = BytesIO()
    Image.new("RGB", (40, 30), "#806040").save(out, "JPEG")
    entry = history.write_entry(
        actor=clerk, number=number, title="从前", stage="before", photos=[out.getvalue()], consented=True
    )
    ids["keeping_entry"], ids["keeping_photo"] = entry.pk, entry.photos.get().pk


def _turns(side: Side, group: Organisation, members: tuple[Actor, Actor]) -> None:
    clerk, ids = side.clerk.actor, side.ids
    rota = rotas.make_rota(
        actor=clerk, org=group.pk, title="浇水", days=[1, 2, 3, 4, 5, 6, 7], starts=time(12),
        begins_on=clock.today() + timedelta(days=2), kept=side.numbers["keeping_kept"],
    )  # fmt: skip
    side.numbers["rota"] = rota.number
    turns = list(rota.duties.order_by("starts_at")[:4])
    mine = duties.take_duty(actor=members[0], duty=turns[0].pk)
    ids["rota_turn"], ids["rota_free"], ids["rota_theirs"] = turns[1].pk, turns[2].pk, mine.pk
    for turn in (turns[1], turns[3]):
        duties.take_duty(actor=members[1], duty=turn.pk)
    ids["rota_swap"] = duties.ask_swap(actor=members[0], mine=mine.pk, other=turns[3].pk).pk
    topic = topics.start_topic(
        actor=clerk, process="covenant", place=side.place, title="院坝公约", summary="一起定"
    )
    topics.announce_topic(actor=clerk, number=topic.number)
    side.numbers["keeping_topic"] = topic.number
    sent = delegating.send_delegates(actor=clerk, group_id=group.pk, gathering=topic.number)
    ids["keeping_delegation"] = sent.pk
