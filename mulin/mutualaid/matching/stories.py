"""What came of help between neighbours, for the stories of a community: a family was helped, later it helped
others, and something grew out of that. Only what families agreed to publish; no names, no kind of help, no
child."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.kernel import clock
from mulin.kernel.links import address
from mulin.kernel.stories import Step, Story
from mulin.mutualaid.matching.models import AidGiveBack, AidMatch
from mulin.mutualaid.matching.queries import public_give_backs
from mulin.voices.models import Matter

LATEST = 20


def stories(place: str, limit: int) -> list[Story]:
    """One story for everything that grew into the same matter, one for each other give-back."""
    together: dict[object, list[AidGiveBack]] = {}
    for one in public_give_backs(place)[:LATEST]:
        together.setdefault(one.grew_id if _shown(one.grew) else one.pk, []).append(one)
    kept = [rows[::-1] for rows in list(together.values())[:limit]]
    begun = _begun(one.need_id for rows in kept for one in rows)
    return [_story(place, rows, begun) for rows in kept]


def _begun(needs: Iterable) -> dict:
    """Need -> the day on which help first began."""
    rows = AidMatch.objects.filter(need__in=set(needs), begun_on__isnull=False)
    return dict(rows.order_by("need", "-begun_on").values_list("need", "begun_on"))


def _shown(matter: Matter | None) -> bool:
    return matter is not None and matter.publication == "shown" and not matter.restriction


def _story(place: str, rows: list[AidGiveBack], begun: dict) -> Story:
    home = reverse("aid:community", args=[place])
    grew = rows[0].grew if _shown(rows[0].grew) else None
    story = Story(grew.public_title or grew.title if grew else rows[0].words, f"{home}#stories")
    days = [begun[one.need_id] for one in rows if one.need_id in begun]
    if days:
        helped = _("一户邻居得到大家帮忙")
        story.steps.append(Step(min(days), helped, home, helped, "heart"))
    for one in rows:
        words = {"what": one.words}
        back = _("这家人也来帮大家：%(what)s") % words
        short = pgettext("story", "这家人也来帮大家：%(what)s") % words
        story.steps.append(Step(one.on, back, f"{home}#stories", short, "thread"))
    if grew:
        words = _("带起了“%(what)s”") % {"what": story.title}
        # It may have been said before somebody helped it along: it is told last all the same.
        on = max(clock.day_of(grew.created_at), rows[-1].on)
        story.steps.append(Step(on, words, _page_of(grew), words, "voice"))
    return story


def _page_of(matter: Matter) -> str:
    """The public page of a matter; empty in a house without a portal."""
    return address("portal:matter", matter.number)
