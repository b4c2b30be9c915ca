"""What is done about an everyday voice in the demo: taken up, sent out, answered, judged, asked again.

Every function is something that happens at a moment: (when, street, job, …). Real actions only.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mulin.cases import actions as cases
from mulin.cases.models import Case
from mulin.kernel.actors import ANONYMOUS, Actor
from mulin.people.queries import actor_by_id
from mulin.places.models import Site
from mulin.site.demo import content, replies
from mulin.site.demo.places import BUSY, HOME
from mulin.voices.models import Voice

if TYPE_CHECKING:
    from mulin.site.demo.life import Street

# What the community hands on, and to whom: by category or by its group. Everything else it handles itself.
ROUTES = {
    "public_facilities": "urban",
    "power_supply": "power",
    "gas_supply": "gas",
    "roads_traffic": "urban",
    "sanitation": "urban",
    "cooking_fumes": "ecology",
    "greening": "urban",
    "building_works": "urban",
    "street_order": "urban",
    "unlicensed_business": "market",
    "consumer_dispute": "market",
    "food_safety": "market",
    "lift_installation": "housing",
    "maintenance_fund": "housing",
    "owners_committee": "housing",
    "subsistence": "civil",
    "law_order": "police",
    "gas_leak": "gas",
    "fire": "emergency",
    "fire_hazard": "emergency",
    "natural_hazard": "emergency",
}
FIRMS = {"E01": "firm", "E03": "firm2"}
# At home every so manieth one; chance would leave figures too small for the public board.
UNSOLVED_EVERY, UNHAPPY_EVERY, SILENT_EVERY = 4, 11, 5
# What is mended within a day is mended for good: a second round of weeks would not be believed.
QUICK = {
    "garbage", "gas_supply", "lift_fault", "manhole_cover", "power_supply", "street_lamp", "water_supply",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Job:
    """An everyday case on its way: who works on it, and how often it was done before."""

    number: str
    place: str
    group: str
    building: Site
    unit: str = ""
    round: int = 1


def take_up(when: datetime, street: "Street", job: Job) -> None:
    rng, clerk = street.rng, street.decider(job.number, job.place)
    if rng.random() < 0.15:
        facts = {"root": "现场看过，情况属实", "idea": "按类别交责任单位处理"}
        street.move("find-facts", clerk, job.number, facts=facts)
    if not street.move("accept", clerk, job.number):
        return
    job = replace(job, unit=_unit(job))
    if job.unit in {"", "firm2"} or rng.random() < 0.1:
        street.later(when, _soon(street, job), begin, street, job, clerk)
    else:
        street.later(when, (0.05, 0.4), send_out, street, job)


def _unit(job: Job) -> str:
    category = Case.objects.values_list("category", flat=True).get(number=job.number)
    unit = ROUTES.get(category) or ROUTES.get(job.group) or ""
    if job.group == "estate" and job.place == HOME:
        return FIRMS.get(job.building.estate[-3:], unit)
    return unit


def _soon(street: "Street", job: Job) -> tuple[float, float]:
    """Hours until work begins: mostly within the limit, sometimes not."""
    if street.is_smooth(job.place):
        return (0.1, 0.5)
    return (6, 30) if street.rng.random() < 0.07 else (0.2, 0.9)


def send_out(when: datetime, street: "Street", job: Job) -> None:
    org = street.people.units[job.unit].id
    if not street.move("dispatch", street.decider(job.number, job.place), job.number, org=org, note=""):
        return
    worker = street.officer_of(job.unit, job.place)
    may_object = job.unit == "urban" and not street.is_smooth(job.place)
    if may_object and street.rng.random() < 0.06:
        street.later(when, (0.5, 3), objects, street, job)
        return
    street.later(when, _soon(street, job), begin, street, job, worker)


def objects(when: datetime, street: "Street", job: Job) -> None:
    worker = street.officer_of(job.unit, job.place)
    if street.move("object", worker, job.number, reason=content.OBJECTION):
        street.later(when, (2, 8), decide, street, job)


def decide(when: datetime, street: "Street", job: Job) -> None:
    uphold = street.rng.random() < 0.5
    fields = {"org": street.people.units["housing"].id} if uphold else {}
    reason = "现场核对权属后决定，请住建部门牵头" if uphold else "权属清楚，首接单位负责到底"
    decider = street.dispatcher(job.place)
    street.move("decide-objection", decider, job.number, uphold=uphold, reason=reason, **fields)
    worker = street.officer_of("housing" if uphold else job.unit, job.place)
    street.later(when, (1, 8), begin, street, job, worker)


def begin(when: datetime, street: "Street", job: Job, worker: Actor) -> None:
    if not street.move("start", worker, job.number):
        return
    category = Case.objects.values_list("category", flat=True).get(number=job.number)
    if category in content.WHISTLES and street.rng.random() < 0.25:
        unit, reason = content.WHISTLES[category]
        orgs = [street.people.units[unit].id]
        street.move("whistle", street.clerk(job.place), job.number, orgs=orgs, reason=reason)
    if category in content.EXTENSIONS and street.rng.random() < 0.2:
        street.move(
            "extend", street.decider(job.number, job.place), job.number, reason=content.EXTENSIONS[category]
        )
    street.later(when, _takes(street, job, when), end, street, job, worker)


def _takes(street: "Street", job: Job, when: datetime) -> tuple[float, float]:
    """Hours of work. What was not solved the first time is the harder part of it."""
    if job.round > 1:
        return (220, 420)
    if job.place in BUSY and street.is_lately(when):
        return (220, 500)
    if Case.objects.filter(number=job.number, kind="consult").exists():
        return (1, 30)
    return (60, 260) if street.rng.random() < 0.15 else (3, 70)


def end(when: datetime, street: "Street", job: Job, worker: Actor) -> None:
    kind, category = Case.objects.values_list("kind", "category").get(number=job.number)
    nth = street.nth("answered", kind if kind == "suggestion" else category)
    done, reply = replies.answer(kind, category, nth)
    reply = f"您好，{reply.format(where=job.building.name)}。"
    if not street.move("finish", worker, job.number, done_text=done, reply=reply, confirm_reply=True):
        return
    if Case.objects.filter(number=job.number, matter__publication="shown").exists():
        street.later(when, (1, 10), street.publish, job.number, job.place)
    for voice in Voice.objects.filter(matter__number=job.number, state="received"):
        if street.is_smooth(job.place) or street.nth("finished", job.place) % SILENT_EVERY:
            street.later(when, (2, 60), judge, street, job, voice.number, worker)
        else:
            reached = street.nth("silent", job.place) % 3 == 0
            asked = when + timedelta(days=8)
            street.timeline.plan(asked, call_back, street, job, voice.number, reached, 1)


def judge(when: datetime, street: "Street", job: Job, voice_number: str, worker: Actor) -> None:
    """The person says whether it is solved."""
    is_smooth = street.is_smooth(job.place)
    is_quick = Case.objects.filter(number=job.number, category__in=QUICK).exists()
    may_fail = not (is_smooth or is_quick or job.round > 1)
    solved = not (may_fail and street.nth("judged", job.place) % UNSOLVED_EVERY == 0)
    satisfied = solved and (is_smooth or street.nth("solved", job.place) % UNHAPPY_EVERY != 0)
    remarks = content.REMARKS if satisfied else [""] if solved else content.NOT_SOLVED
    remark = street.rng.choice(remarks)
    fields = {"is_solved": solved, "is_satisfied": satisfied, "remark": remark}
    voice = Voice.objects.get(number=voice_number)
    who = actor_by_id(voice.account_id) if voice.account_id else ANONYMOUS.with_receipt(voice.id)
    street.attempt(when, cases.confirm_case, {"actor": who, "number": voice_number, **fields})
    if not solved:
        street.later(when, (2, 20), begin, street, replace(job, round=job.round + 1), worker)


def call_back(
    when: datetime, street: "Street", job: Job, voice_number: str, reached: bool, attempt: int
) -> None:
    """Nobody said anything: the community asks, on three days if need be, and only then ends it."""
    fields = {"actor": street.decider(job.number, job.place), "number": job.number, "voice": voice_number}
    nameless = not Voice.objects.exclude(account=None, contact_sealed="").filter(number=voice_number).exists()
    if nameless:
        fields |= {"result": "no_contact"}
    elif reached:
        fields |= {"result": "reached", "is_solved": True, "is_satisfied": True}
    else:
        fields |= {"result": "no_answer"}
    street.attempt(when, cases.record_call_back, fields)
    if nameless or (not reached and attempt == 3):
        street.later(when, (0.2, 1), close, street, job)
    elif not reached:
        again = when + timedelta(days=1, minutes=street.rng.randint(-90, 90))
        street.plan_by_day(again, call_back, street, job, voice_number, reached, attempt + 1)


def close(when: datetime, street: "Street", job: Job, tries: int = 1) -> None:
    """Over holidays the time to confirm runs longer: then it is tried again the next day."""
    if not street.move("close", street.decider(job.number, job.place), job.number) and tries < 12:
        street.later(when, (22, 26), close, street, job, tries + 1)
