"""送能: what a family that was helped does for others, and what grew out of it."""

from datetime import date

from django.utils.translation import gettext as _

from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import ThreadLink
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import can, require
from mulin.mutualaid.matching import access
from mulin.mutualaid.matching.actions import base
from mulin.mutualaid.matching.models import AidGiveBack
from mulin.voices import access as access_to_voices
from mulin.voices import queries
from mulin.voices.models import Matter

WORDS, MOST_TIMES = 300, 1000
KIND = "mutualaid.aidgiveback"


def note_give_back(
    *,
    actor: Actor,
    number: str,
    on: date,
    words: str,
    times: int = 1,
    grew: str = "",
    may_publish: bool = False,
) -> AidGiveBack:
    """Note what the family of a need gave: in words, and how many times. `grew`: the number of the matter
    that this helped to bring about; the thread is kept. `may_publish`: the family agrees that the words,
    without a name, are read by everybody.

    Who: aid.giveback:note (the family itself, workers). Raises not-helped, bad-day, bad-count, text-missing,
    matter-unknown (422).
    """
    words = access.clean_text(words, "words", WORDS, _("请写做了什么，比如“教邻居用手机”。"))
    if on > clock.today():
        raise ActionError("bad-day", _("这一天还没有到，请核对。"), field="on", status=422)
    if not 1 <= times <= MOST_TIMES:
        raise ActionError("bad-count", _("请写做了几次。"), field="times", status=422)
    with write():
        need = access.one(access.visible_needs(actor), number, lock=True)
        require(actor, access.GIVE_BACK, access.target_of_need(need))
        if not need.matches.filter(begun_on__isnull=False).exists():
            raise ActionError("not-helped", _("这一家还没有得到过帮助。"))
        matter = _matter(actor, grew) if grew.strip() else None
        made = AidGiveBack.objects.create(
            number=new_number(), place=need.place, need=need, on=on, times=times, words=words, grew=matter,
            may_publish_at=clock.now() if may_publish else None, noted_by=actor.account,
        )  # fmt: skip
        if matter is not None:
            ThreadLink.objects.create(
                child_kind="voices.matter", child=matter.pk, parent_kind=KIND, parent=made.pk
            )
        base.line("aid.giveback.noted", actor, made, matter=matter.pk if matter else None, times=times)
    return made


def _matter(actor: Actor, number: str) -> Matter:
    """A matter that everybody or the actor reads, or that the actor spoke about; no restricted one."""
    seen = queries.PUBLIC | access_to_voices.matter_q(actor) | access_to_voices.own_matters(actor)
    try:
        return access_to_voices.find(Matter.objects.filter(restriction=""), seen, number)
    except NotVisible:
        refusal = _("没有找到这个编号的事。")
        raise ActionError("matter-unknown", refusal, field="grew", status=422) from None


def publish_give_back(*, actor: Actor, number: str, words: str) -> AidGiveBack:
    """Show it on the community's page, in words that name nobody; only with the family's consent.

    Who: aid.match:manage. Raises no-consent, text-missing; NotVisible.
    """
    words = access.clean_text(words, "words", WORDS, _("请写给大家看的话，不写姓名。"))
    with write():
        found = access.one(AidGiveBack.objects.all(), number, lock=True)
        if not can(actor, access.MANAGE_MATCH, found.place):
            raise NotVisible(number)
        if found.may_publish_at is None:
            raise ActionError("no-consent", _("这一家没有同意公开，不能发。"))
        found.words, found.published_at = words, clock.now()
        found.save(update_fields=["words", "published_at"])
        base.line("aid.giveback.published", actor, found, matter=found.grew_id, times=found.times)
    return found
