"""By which words a notice may name a matter to its reader: never by those of another resident."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from mulin.people.models import Post
from mulin.people.queries import actor_by_id, in_force
from mulin.voices.drafts import title_of
from mulin.voices.models import Matter, Voice
from mulin.voices.queries import PUBLIC, visible_matters

Pair = tuple[UUID, UUID]


def titles(wanted: Iterable[Pair], outside: bool) -> dict[Pair, str]:
    """(account, matter) -> words; a pair without any keeps the number alone.

    Whoever spoke about the matter reads the first words of what they said themselves, with personal data
    covered; whoever may open it at their post, its title; everybody else, its public title once it is shown.
    `outside`: for SMS, mail and WeChat, where what a major matter or a tip-off is about is never said.
    """
    pairs = set(wanted)
    found = _public(pairs) | _at_their_post(pairs, outside) | _own_words(pairs, outside)
    return {pair: words for pair, words in found.items() if pair in pairs and words}


def _public(pairs: set[Pair]) -> dict[Pair, str]:
    shown = Matter.objects.filter(PUBLIC, pk__in={matter for _who, matter in pairs})
    known = dict(shown.values_list("pk", "public_title"))
    return {(who, matter): known[matter] for who, matter in pairs if matter in known}


def _at_their_post(pairs: set[Pair], outside: bool) -> dict[Pair, str]:
    """Titles for those who may open the matter now; only holders of a post are looked at one by one."""
    posts = Post.objects.filter(in_force(), account__in={who for who, _matter in pairs})
    found: dict[Pair, str] = {}
    for who in set(posts.values_list("account_id", flat=True)):
        matters = visible_matters(actor_by_id(who)).filter(pk__in={m for one, m in pairs if one == who})
        if outside:
            matters = matters.filter(restriction="")
        found |= {(who, pk): title for pk, title in matters.values_list("pk", "title")}
    return found


def _own_words(pairs: set[Pair], outside: bool) -> dict[Pair, str]:
    """What each said first of the matter, also where it was merged into another one or out of it."""
    matters = {matter for _who, matter in pairs}
    said = Voice.objects.filter(
        Q(matter__in=matters) | Q(first_matter__in=matters), account__in={who for who, _matter in pairs}
    )
    if outside:
        said = said.filter(Q(first_matter=None) | Q(first_matter__restriction=""), matter__restriction="")
    found: dict[Pair, str] = {}
    for who, now, first, text in said.order_by("-id").values_list(
        "account_id", "matter_id", "first_matter_id", "text"
    ):
        found |= {(who, now): title_of(text), (who, first): title_of(text)}
    return found
