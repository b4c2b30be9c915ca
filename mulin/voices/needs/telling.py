"""What the house says of needs: sentences of the journal, notices, the inbox, the card of a community."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from mulin.kernel import clock, codes, policy, rulebook
from mulin.kernel import waiting as waiting_rows
from mulin.kernel.actors import Actor
from mulin.kernel.links import address
from mulin.kernel.models import Entry
from mulin.kernel.numbers import show_number
from mulin.kernel.registry import PUBLIC, InboxItem, InboxSource, NoticeRule, Sentence, sentences
from mulin.people.models import Post
from mulin.people.queries import in_force
from mulin.voices import access
from mulin.voices.models import Matter, MeToo
from mulin.voices.needs import counting, queries, states
from mulin.voices.needs.models import Need, NeedStep

SOON = timedelta(days=7)
ON_CARD = 2


def title_of(number: str) -> str:
    """A need by its words once everybody may read them, else by its number."""
    need = Need.objects.filter(number=number, state__in=states.PUBLIC).only("title").first()
    return _("“%(title)s”") % {"title": need.title} if need else show_number(number)


_STATE = {"state": lambda code: states.STATE_WORDS.get(code, code)}
_KIND = {"kind": lambda code: states.SOURCE_WORDS.get(code, code)}
_NEED = {"need": title_of}
SENTENCES = {
    "voices.need.noted": Sentence(gettext_lazy("记下了一条需要")),
    "voices.need.edited": Sentence(gettext_lazy("改了对这条需要的说明")),
    "voices.need.discarded": Sentence(gettext_lazy("删去了没有列入清单的一条需要")),
    "voices.need.settled": Sentence("%(state)s", PUBLIC, {**_STATE, **_NEED}),
    "voices.need.placed": Sentence(gettext_lazy("排到第 %(rank)s 位，理由写在上面"), PUBLIC),
    "voices.need.unplaced": Sentence(gettext_lazy("不再另排，先后按分数"), PUBLIC),
    "voices.need.matter_linked": Sentence(gettext_lazy("连到急难愁盼清单：%(need)s"), labels=_NEED),
    "voices.need.source_added": Sentence(gettext_lazy("又听到一次：%(kind)s"), labels=_KIND),
    "voices.need.source_removed": Sentence(gettext_lazy("去掉了一个来源：%(kind)s"), labels=_KIND),
}


# Notices ---------------------------------------------------------------------------------------------------


def said_so(need: UUID) -> set[UUID]:
    """Accounts of those who spoke about what a need was heard in, or stand beside it."""
    linked = list(Need.objects.filter(pk=need).values_list("sources__matter", flat=True))
    matters = {one.pk for one in counting.effective([pk for pk in linked if pk]).values()}
    beside = MeToo.objects.filter(matter__in=matters, account__isnull=False)
    found = set(beside.values_list("account", flat=True))
    for matter in matters:
        found.update(access.accounts_of(matter))
    return found


def _everybody(entry: Any) -> Iterable[UUID]:
    return said_so(entry.subject)


def _of_matter(entry: Any) -> Iterable[UUID]:
    """Those of the one matter that was linked, once everybody may read what it was linked to."""
    is_secret = Matter.objects.filter(pk=entry.matter).exclude(restriction="").exists()
    if is_secret or not entry.data.get("public"):
        return ()
    beside = MeToo.objects.filter(matter=entry.matter, account__isnull=False)
    return {*access.accounts_of(entry.matter), *beside.values_list("account", flat=True)}


def _owner(entry: Any) -> Iterable[UUID]:
    """Those who work in the unit that owns it; of a group its leaders."""
    if entry.org is None or entry.data.get("state") != "in_hand":
        return ()
    posts = Post.objects.filter(in_force(), org=entry.org).exclude(role="group_member")
    return posts.values_list("account_id", flat=True).distinct()


def _public_url(entry: Any) -> str:
    number = entry.data.get("number", "")
    return address("portal:need", entry.place, number, otherwise="/")


def _desk_url(entry: Any) -> str:
    return _desk_page(entry.data.get("number", ""))


def _desk_page(number: str) -> str:
    return address("desk:need", number, otherwise="/desk/")


NOTICES = (
    NoticeRule(
        "voices.need.settled",
        gettext_lazy("急难愁盼清单里的%(need)s由您的单位负责"),
        _owner,
        _desk_url,
        name="owner",
    ),
    NoticeRule(
        "voices.need.settled",
        gettext_lazy("您说过的%(need)s，清单上现在是：%(state)s"),
        _everybody,
        _public_url,
    ),
    NoticeRule(
        "voices.need.matter_linked",
        gettext_lazy("您说的事%(about)s列进了急难愁盼清单：%(need)s"),
        _of_matter,
        _public_url,
    ),
)


# The inbox -------------------------------------------------------------------------------------------------


def _keeps_list(actor: Actor) -> Q:
    """Needs whose list is the actor's to keep: of the communities in which they hold a post. Who works above
    keeps none and looks after what their unit owns."""
    if not any(codes.community(post.place) for post in actor.posts if post.place):
        return policy.NOTHING
    return policy.visible(actor, queries.MANAGE, queries.FIELDS)


def waiting(actor: Actor) -> QuerySet[Need]:
    """Needs that wait for the actor: not listed yet, listed without anybody responsible, soon due, to be
    looked at again."""
    today = clock.today()
    keeps, owns = _keeps_list(actor), Q(owner__in=actor.orgs)
    new = Q(state="draft") | Q(state="listed", owner=None)
    again = Q(state="not_now", due_on__lte=today)
    soon = Q(state="in_hand", due_on__lte=today + SOON)
    if not policy.can_somewhere(actor, queries.SETTLE):
        return Need.objects.none()
    return Need.objects.filter(keeps & (new | again) | (keeps | owns) & soon).order_by("id")


def rows(actor: Actor) -> waiting_rows.Waiting | None:
    """What waits, with what its state, category and days say."""
    if not policy.can_somewhere(actor, queries.SETTLE):
        return None
    fact = waiting_rows.facts(state="state", category="category", listed="listed_at")
    return waiting_rows.rows(waiting(actor), due_at=waiting_rows.day("due_on"), fact=fact)


def item(row: waiting_rows.Row) -> InboxItem:
    found = row.facts
    kinds = {
        "draft": _("等列入清单"),
        "listed": _("等定谁负责"),
        "in_hand": pgettext("need", "快到日子"),
        "not_now": _("再看一看"),
    }
    due_at = row.due()
    if found["state"] == "listed":
        days = rulebook.value("voices.needs.owner_days", at=row.place)
        due_at = (waiting_rows.moment(found["listed"]) or row.since) + timedelta(days=days)
    return InboxItem(
        key=f"voices.need:{row.ref}",
        title=row.title,
        url=_desk_page(row.ref),
        kind=kinds[found["state"]],
        due_at=due_at,
        since=row.since,
        place=row.place,
        facts={"number": row.ref, "waits": "need", "category": found["category"]},
    )


INBOX = InboxSource("needs", gettext_lazy("急难愁盼清单"), rows=rows, item=item)


# The card of a community -----------------------------------------------------------------------------------


def card(actor: Actor, place: str) -> dict[str, Any] | None:
    """The first needs of a community's list; None where there is no list."""
    here = Need.objects.filter(place=place)
    shown = queries.rows(here.filter(state__in=states.RANKED).select_related("owner"))
    if not shown and not here.filter(state__in=("not_now", "done")).exists():
        return None
    page = address("portal:needs", place)
    if not page:
        return None  # a house without the residents' shell
    rows = [
        {
            "title": one.need.title,
            "url": address("portal:need", place, one.need.number),
            "state": badge(one.need.state),
            "owner": str(one.need.owner or ""),
            "people": one.people,
        }
        for one in shown[:ON_CARD]
    ]
    return {"rows": rows, "url": page}


def badge(state: str) -> dict[str, Any]:
    """The state of a need as a badge."""
    tone, icon = states.TONES[state]
    return {"label": str(states.STATE_WORDS[state]), "tone": tone, "icon": icon, "code": state}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened to a need, with the words that were said with it, if any."""

    at: datetime
    what: str
    words: str = ""
    owner: str = ""
    tone: str = ""
    icon: str = "edit"


def history(need: Need, *audiences: str) -> list[Told]:
    """What happened to a need, oldest first, as these readers may know it; also what a higher level's record
    did to it, whose line in the journal is about that record."""
    steps = {str(one.pk): one for one in queries.steps_of(need)}
    known, found = sentences(), []
    for entry in Entry.objects.filter(subject=need.pk).order_by("id"):
        step, sentence = steps.pop(entry.data.get("step", ""), None), known.get(entry.code)
        if sentence and sentence.audience in audiences:
            found.append(_told(entry.at, sentence.say(entry.data), step))
    found += [_told(one.created_at, str(states.STATE_WORDS[one.state]), one) for one in steps.values()]
    return sorted(found, key=lambda one: one.at)


def _told(at: datetime, what: str, step: NeedStep | None) -> Told:
    if step is None:
        return Told(at, what)
    tone, icon = states.TONES[step.state]
    owner = str(step.owner or "") if step.state == "in_hand" else ""
    return Told(at, what, step.words, owner, tone, icon)
