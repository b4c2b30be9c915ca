"""The officers' keys of a secret vote. The private halves pass through and are kept nowhere."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from mulin.councils.votes import access, box
from mulin.councils.votes.drafting import line, must_be
from mulin.councils.votes.models import Vote, VoteKey
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible


def key_of(vote: Vote, actor: Actor) -> VoteKey:
    """The actor's own part of the key; NotVisible for who is no officer of this vote."""
    found = vote.keys.filter(account=actor.account).first() if actor.account else None
    if found is None:
        raise NotVisible(vote.number)
    return found


def make_key(*, actor: Actor, number: str) -> str:
    """A new key for the officer who asks, as text to be kept; an older one of theirs is worthless now.

    Only its public half is stored. Until the vote opens. Who: the officer alone. Raises not-now, NotVisible.
    """
    private, public = box.new_key()
    with write():
        vote = access.locked(actor, number)
        key = key_of(vote, actor)
        must_be(vote, "draft", "notice")
        key.public, key.is_kept = public, False
        key.save(update_fields=["public", "is_kept"])
        line("councils.vote.key_made", actor, vote)
    return box.written(private)


def show_key(*, actor: Actor, number: str, text: str) -> VoteKey:
    """The officer shows that the key is in their hands. Who: the officer alone. Raises not-now, no-key,
    wrong-key, NotVisible."""
    with write():
        vote = access.locked(actor, number)
        key = key_of(vote, actor)
        must_be(vote, "draft", "notice", "open", "closed")
        if not key.public:
            raise ActionError("no-key", _("请先领一把钥匙。"))
        private = read(text)
        if box.public_of(private) != bytes(key.public):
            raise ActionError("wrong-key", _("这不是您在这次表决里领的钥匙。"), field="text", status=422)
        key.is_kept = True
        key.save(update_fields=["is_kept"])
        line("councils.vote.key_kept", actor, vote)
    return key


def read(text: str) -> bytes:
    try:
        return box.read(text)
    except box.BoxError as error:
        said = _("没有认出钥匙。请把钥匙文件里以 mulin-key 开头的那一行完整贴进来。")
        raise ActionError("no-key", said, field="text", status=422) from error


def in_order(vote: Vote, texts: Sequence[str]) -> list[bytes]:
    """The private keys of all officers, in the order in which papers were sealed. Raises wrong-key with the
    names of those whose key is not among them."""
    given = {box.public_of(private): private for private in map(read, filter(str.strip, texts))}
    parts = list(vote.keys.select_related("account").order_by("position", "id"))
    absent = [str(one.account) for one in parts if bytes(one.public) not in given]
    if absent or len(given) != len(parts):
        names = _("、").join(absent) or _("有一把不是这次表决的")
        said = _("钥匙没有到齐或不对：%(names)s。少一把都打不开。") % {"names": names}
        raise ActionError("wrong-key", said, field="keys", status=422)
    return [given[bytes(one.public)] for one in parts]


def publics(vote: Vote) -> list[bytes]:
    return [bytes(one.public) for one in vote.keys.order_by("position", "id")]


def are_ready(vote: Vote) -> bool:
    """Whether every officer has shown their key."""
    parts = list(vote.keys.all())
    return bool(parts) and all(one.public and one.is_kept for one in parts)
