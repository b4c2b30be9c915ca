"""Coming along: sign-up, family, the waiting list that moves by itself, leaving.

Everything is decided under the lock of the session's row: who arrives first under it is first. The counts
`taken` and `waiting` stand in that row, and the database refuses more taken places than there are.
"""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.academy.sessions import queries, wording
from mulin.academy.sessions.models import Session, Signup
from mulin.kernel import clock, journal, rulebook
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.inserting import insert
from mulin.kernel.policy import require

LABEL_LENGTH = 40
COUNTS = ("taken", "waiting", "last_position")


def sign_up(*, actor: Actor, number: str, heads: int = 1) -> Signup:
    """Come along with `heads` people of the family, oneself included: a place each, or the waiting list in
    order of arrival. Pressed twice, the first sign-up is returned as it stands.

    Who: academy.session:sign_up. Raises not-open, begun, bad-heads.
    """
    with write():
        session = queries.get_for(actor, number, lock=True)
        require(actor, queries.SIGN_UP, queries.target_of(session))
        known = queries.signup_of(session, actor.account)
        if known is not None and known.state != "walked_in":
            return known
        _takes(session, heads)
        signup = _enter(session, Signup(session=session, account_id=actor.account, heads=heads))
        line("academy.session.signed_up", actor, session, state=signup.state, heads=heads)
    return signup


def sign_up_for(*, actor: Actor, number: str, label: str, heads: int = 1) -> Signup:
    """Write down somebody who asked at the counter, by telephone or at the door. `label` is what the list
    calls them; equal to a sign-up of one's own.

    Who: academy.session:sign_up_for. Raises no-label, not-open, begun, bad-heads.
    """
    label = label.strip()
    if not label or len(label) > LABEL_LENGTH:
        text = _("请写一个叫得出的称呼，最多40个字，例如“3栋张阿姨”。")
        raise ActionError("no-label", text, field="label", status=422)
    with write():
        session = queries.get_for(actor, number, lock=True)
        require(actor, queries.SIGN_UP_FOR, queries.target_of(session))
        _takes(session, heads)
        signup = _enter(session, Signup(session=session, label=label, heads=heads))
        line("academy.session.signed_up", actor, session, state=signup.state, heads=heads, how="for")
    return signup


def leave(*, actor: Actor, number: str) -> Signup:
    """Take one's own sign-up back, also a place that one moved up to. The place goes to who waits longest.

    Who: academy.session:sign_up. Raises not-signed-up, begun.
    """
    with write():
        session = queries.get_public(number, lock=True)
        require(actor, queries.SIGN_UP, queries.target_of(session))
        signup = queries.signup_of(session, actor.account)
        if signup is None or signup.state == "walked_in":
            raise ActionError("not-signed-up", _("您没有报名这一场，不用退。"))
        return _take_back(actor, session, signup)


def take_off(*, actor: Actor, number: str, signup: UUID | str) -> Signup:
    """Take somebody off the list who said that they do not come. Who: academy.session:manage. Raises
    begun."""
    with write():
        session = queries.locked(actor, number)
        require(actor, queries.MANAGE, queries.target_of(session))
        rows = session.signups.filter(state__in=("coming", "waiting"))
        return _take_back(actor, session, queries.by_id(rows, signup))


def let_go(pk: UUID) -> None:
    """Somebody deletes their account: their place in a session that is still to come goes to who waits
    longest. Inside that transaction."""
    number = Signup.objects.values_list("session__number", flat=True).get(pk=pk)
    session = queries.get_public(number, lock=True)
    signup = session.signups.filter(pk=pk, state__in=("coming", "waiting")).first()
    if signup is not None and session.state == "open" and session.starts_at > clock.now():
        _take_back(SYSTEM, session, signup)


def change_heads(*, actor: Actor, number: str, heads: int) -> Signup:
    """Come with more or fewer. Fewer gives places free; more needs places that are.

    Who: academy.session:sign_up. Raises not-signed-up, not-open, begun, bad-heads, no-room.
    """
    with write():
        session = queries.get_public(number, lock=True)
        require(actor, queries.SIGN_UP, queries.target_of(session))
        signup = queries.signup_of(session, actor.account)
        if signup is None or signup.state == "walked_in":
            raise ActionError("not-signed-up", _("您还没有报名这一场。"))
        _takes(session, heads)
        more = heads - signup.heads
        if more == 0:
            return signup
        if signup.state == "coming":
            in_turn = session.waiting == 0 or _passes_by(session)
            if more > 0 and not (in_turn and _fits(session, more)):
                text = _("位子不够加人了。可以请家人自己报名，排在候补里。")
                raise ActionError("no-room", text, field="heads")
            session.taken += more
        else:
            session.waiting += more
        signup.heads = heads
        signup.save(update_fields=["heads"])
        moved = promote(session)
        session.save(update_fields=COUNTS)
        line("academy.session.heads_changed", actor, session, heads=heads, moved=moved)
    return signup


def free_places(session: Session) -> int | None:
    """How many places are left; None where as many come as like to."""
    return None if session.places_most is None else max(session.places_most - session.taken, 0)


def promote(session: Session) -> list[str]:
    """Give free places to who waits longest, under the session's lock: moves them up and counts them, saves
    the sign-ups, not the session. Returns the ids of the sign-ups that moved.

    Nobody is passed by: a family that needs more than is free keeps its turn, unless the rule
    academy.session.pass_by says otherwise.
    """
    if session.waiting == 0 or session.state != "open" or session.starts_at <= clock.now():
        return []
    free = free_places(session)
    passes = _passes_by(session)
    queue = session.signups.filter(state="waiting").order_by("position")
    # Everybody takes one place at least, so nobody further back can have a turn.
    rows = queue if free is None or passes else queue[: free + 1]
    moved: list[Signup] = []
    for one in rows:
        if free is not None and one.heads > free:
            if passes:
                continue
            break
        moved.append(one)
        free = None if free is None else free - one.heads
    ids = [one.pk for one in moved]
    if ids:
        heads = sum(one.heads for one in moved)
        Signup.objects.filter(pk__in=ids).update(state="coming", moved_up_at=clock.now())
        session.taken, session.waiting = session.taken + heads, session.waiting - heads
    return [str(one) for one in ids]


def line(code: str, actor: Actor, session: Session, **data: Any) -> None:
    """The one line of an action about who comes. It says how many, and only its actor who."""
    data = {key: value for key, value in data.items() if value not in ([], "")}
    journal.record(
        code, actor=actor, place=session.place, subject=session.pk,
        org=session.club.org_id if session.club else None,
        data={**wording.facts(session), **data},
    )  # fmt: skip


def _takes(session: Session, heads: int) -> None:
    """Refuse what cannot be signed up for now."""
    if session.state != "open":
        raise ActionError("not-open", _("这一场现在不能报名。"))
    if session.starts_at <= clock.now():
        raise ActionError("begun", _("已经开始了，直接到现场问一声就好。"))
    most = int(rulebook.value("academy.session.heads_most", at=session.place))
    if session.places_most is not None:
        most = min(most, session.places_most)
    if not 1 <= heads <= most:
        text = _("一次可以报1到%(most)s个人，请改一下人数。") % {"most": most}
        raise ActionError("bad-heads", text, field="heads", status=422)


def _fits(session: Session, heads: int) -> bool:
    return session.places_most is None or session.taken + heads <= session.places_most


def _passes_by(session: Session) -> bool:
    return bool(rulebook.value("academy.session.pass_by", at=session.place))


def _enter(session: Session, signup: Signup) -> Signup:
    """Put a sign-up on the list, under the session's lock."""
    session.last_position += 1
    signup.position = session.last_position
    in_turn = session.waiting == 0 or _passes_by(session)
    if in_turn and _fits(session, signup.heads):
        signup.state = "coming"
        session.taken += signup.heads
    else:
        signup.state = "waiting"
        session.waiting += signup.heads
    if signup.account_id:
        # Who walked in before and signs up now is one person, not two.
        session.signups.filter(account=signup.account_id, state="walked_in").delete()
    insert([signup])
    session.save(update_fields=COUNTS)
    return signup


def _take_back(actor: Actor, session: Session, signup: Signup) -> Signup:
    if session.state != "open" or session.starts_at <= clock.now():
        raise ActionError("begun", _("已经开始了，不用再退。没来成也没关系。"))
    if signup.state == "coming":
        session.taken -= signup.heads
    else:
        session.waiting -= signup.heads
    signup.state = "cancelled"
    signup.save(update_fields=["state"])
    moved = promote(session)
    session.save(update_fields=COUNTS)
    line("academy.session.left", actor, session, heads=signup.heads, moved=moved)
    return signup
