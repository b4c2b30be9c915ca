"""The owners' vote of the demo's renewal: by area and by heads, named as the law wants it; online, by proxy
and on paper."""

from datetime import datetime, timedelta
from typing import Any

from mulin.councils.rosters import actions as rosters
from mulin.councils.rosters.models import Roster
from mulin.councils.votes import actions as votes
from mulin.councils.votes import running
from mulin.councils.votes.models import Vote
from mulin.site.demo import renewal_doors as doors
from mulin.site.demo import renewal_words as words
from mulin.site.demo.places import HOME

HEAD = ["楼栋", "单元", "房号", "登记面积", "业主", "业主编号"]
# How many of the first forty lines belong to residents with an account; every ninth paper stays away, every
# thirteenth says no, and one in forty hands in a blank one.
ONLINE, PROXIES = 30, 3
AWAY, NO, BLANK = 9, 13, 40
AREAS = ("58.32", "61.40", "61.40", "72.85")


def plan(renewal: Any) -> None:
    """Notice, papers, close, count, certificate."""
    renewal.plan(renewal.on("vote"), _prepare, renewal)
    renewal.plan(renewal.on("notice"), _notice, renewal)
    renewal.plan(renewal.on("opens"), _tick)
    days = int(renewal.estate.days["opens"] - renewal.estate.days["closes"])
    for n in range(days):
        renewal.plan(renewal.on("opens", 15, days=n), _papers, renewal, n, days)
    renewal.plan(renewal.on("closes", 21), _tick)
    renewal.plan(renewal.on("counted"), _count, renewal)


def _tick(when: datetime) -> None:
    running.tick()


def vote_of(renewal: Any) -> Vote:
    return Vote.objects.get(pk=renewal.step("vote").record)


def _prepare(when: datetime, renewal: Any) -> None:
    renewal.begin(when, "vote")
    lines = []
    for n, (building, stair, door) in enumerate(doors.rows(renewal)):
        owners, numbers = _owners(n)
        area = AREAS[int(door.split("-")[1]) + 2 * (int(stair) % 2) - 1]
        lines.append([building, stair, door, area, "、".join(owners), "、".join(numbers)])
    title = f"{renewal.estate.title}：业主"
    renewal.roster = doors.import_roster(renewal, "owners", title, HEAD, lines)


def _owners(n: int) -> tuple[list[str], list[str]]:
    """Every sixth flat has two owners; the old works still own five."""
    if n % 31 == 17:
        return ["原仪表厂留守处"], ["Y900"]
    name = words.SURNAMES[n % len(words.SURNAMES)] + words.GIVEN[n * 7 % len(words.GIVEN)]
    if n % 6 == 4:
        other = words.SURNAMES[(n + 37) % len(words.SURNAMES)] + words.GIVEN[(n * 3 + 1) % len(words.GIVEN)]
        return [name, other], [f"Y{n + 1}", f"Y{n + 1}B"]
    return [name], [f"Y{n + 1}"]


def _notice(when: datetime, renewal: Any) -> None:
    vote, roster = vote_of(renewal), Roster.objects.get(number=renewal.roster)
    votes.edit_vote(
        actor=renewal.clerk, number=vote.number, roster=roster.pk, opens_at=renewal.on("opens", 8),
        closes_at=renewal.on("closes", 20),
        text="同不同意按“改造清单”改造共有部分：换管、补漏、电线入管、院坝加坡道和扶手，共255万元，不向各家收钱。",
    )  # fmt: skip
    votes.give_notice(actor=renewal.clerk, number=vote.number)
    _letters(renewal, roster)
    holder = renewal.street.resident(renewal.estate.canvassers[0][0])
    far = roster.entries.filter(is_developers=False).order_by("-position")
    single = [one for one in far.prefetch_related("owners") if len(one.owners.all()) == 1][:PROXIES]
    for entry in single:
        rosters.record_proxy(
            actor=renewal.clerk, number=roster.number, keys=[entry.key], signed_on=when.date(),
            until=(when + timedelta(days=60)).date(), holder=holder, vote=vote.number,
        )  # fmt: skip


def _letters(renewal: Any, roster: Roster) -> None:
    """Letters with codes to the first doors; whose account uses one acts for that flat from then on."""
    entries = list(roster.entries.order_by("position").prefetch_related("owners")[: ONLINE * 2])
    single = [one for one in entries if len(one.owners.all()) == 1][:ONLINE]
    letters = rosters.make_letters(
        actor=renewal.clerk, number=roster.number, keys=[one.key for one in single]
    )
    for account, letter in zip(renewal.street.people.residents[HOME], letters, strict=False):
        rosters.use_code(actor=renewal.street.actor_of(account), code=letter.code)


def _papers(when: datetime, renewal: Any, day: int, days: int) -> None:
    """A share of the flats each day: who has an account votes with it, the others on paper."""
    vote = vote_of(renewal)
    held = {}
    for proxy in vote.roster.proxies.prefetch_related("entries"):
        held |= {entry.pk: proxy.holder for entry in proxy.entries.all()}
    rows = vote.roster.entries.order_by("position").prefetch_related("owners__account")
    for n, entry in enumerate(rows):
        if n % days != day or n % AWAY == 5:
            continue
        choice = ["no"] if n % NO == 3 else [] if n % BLANK == 11 else ["yes"]
        for owner in entry.owners.all():
            holder = held.get(entry.pk) or owner.account
            if holder is not None:
                who = renewal.street.actor_of(holder)
                votes.cast(actor=who, number=vote.number, entries=[entry.pk], choice=choice)
            else:
                votes.enter_named(
                    actor=renewal.clerk, number=vote.number, entry=entry.pk, owner=owner.code, choice=choice
                )


def _count(when: datetime, renewal: Any) -> None:
    number = vote_of(renewal).number
    votes.count_vote(actor=renewal.secretary, number=number)
    votes.certify_vote(actor=renewal.secretary, number=number)
    renewal.end(when, "vote")
