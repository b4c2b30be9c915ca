"""What happens to a matter: its category, place, facts and publication."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import journal, registry, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.counters import Count
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import require
from mulin.voices import access, drafts, locations, matters, states, understanding
from mulin.voices.actions.reasons import check_reason
from mulin.voices.actions.submit import attach_way, came_in
from mulin.voices.models import KINDS, Lesson, Matter, Photo, Voice

FACT_LENGTH = 2000
ANSWER_KEPT = "voices.matter.answer_kept"
COPIED = ("place", "grid", "building", "category", "kind", "severity", "restriction")


def _before(matter: Matter) -> dict[str, str]:
    return {name: getattr(matter, name) for name in COPIED}


def _sync(actor: Actor, matter: Matter, before: dict[str, str]) -> registry.WayResult:
    """Let the way's record follow the matter."""
    for way in registry.ways(matter.kind):
        if way.code == matter.way and way.sync:
            return way.sync(actor=actor, matter=matter, before=before)
    return registry.WayResult()


def _recount(voices: Iterable[Voice], was: Iterable[Count]) -> list[Count]:
    """Counts that take back what was counted and count anew."""
    taken = [Count(c.measure, c.place, c.day, -c.n, c.state, c.category, c.grid) for c in was]
    return taken + [came_in(voice) for voice in voices]


def _received(matter: Matter) -> list[Voice]:
    return list(Voice.objects.select_for_update().filter(matter=matter, state="received").order_by("id"))


def recategorise_matter(
    *, actor: Actor, number: str, category: str = "", kind: str = "", severity: str = ""
) -> Matter:
    """Set category, kind or severity; what is left empty stays. Choosing the suggested category confirms it.

    Restriction and publication follow, the way's record is told, and the correction is a lesson for the next
    training. Who: voices.matter:recategorise. Raises nothing-changed, way-under-way (a matter that is being
    handled cannot become a wish).
    """
    drafts.check_category(category)
    drafts.check_choice(kind, KINDS, "kind-unknown", "kind")
    drafts.check_choice(severity, states.SEVERITY_WORDS, "severity-unknown", "severity")
    with write():
        matter = access.locked_matter(actor, number)
        require(actor, "voices.matter:recategorise", access.target_of_matter(actor, matter))
        before = _before(matter)
        confirmed = bool(category) and category == matter.category and matter.category_by == "guess"
        wanted = {"category": category, "kind": kind, "severity": severity}
        changed = {name: value for name, value in wanted.items() if value and value != before[name]}
        if not changed and not confirmed:
            raise ActionError("nothing-changed", _("没有变化。"))
        voices = _received(matter)
        was = [came_in(voice) for voice in voices]
        _learn(actor, voices, before, changed, category if confirmed else "")
        result = _apply(actor, matter, voices, before, changed, category)
        journal.record(
            "voices.matter.recategorised",
            actor=actor,
            place=matter.place,
            subject=matter.id,
            matter=matter.id,
            data={
                "number": matter.number,
                "category": matter.category,
                "kind": matter.kind,
                "severity": matter.severity,
                "from": {name: before[name] for name in changed},
                **result.data,
            },
            counts=[*(_recount(voices, was) if "kind" in changed else ()), *result.counts],
        )
    return matter


def _apply(
    actor: Actor,
    matter: Matter,
    voices: list[Voice],
    before: dict[str, str],
    changed: dict[str, str],
    category: str,
) -> registry.WayResult:
    for name, value in changed.items():
        setattr(matter, name, value)
    if category:
        matter.category_by = "desk"
    was_public = matter.publication == "shown"
    matters.settle_publication(matter)
    starts_way = _change_way(actor, matter) if "kind" in changed else False
    matter.save()
    if "kind" in changed:
        for voice in voices:
            if voice.kind == before["kind"]:
                voice.kind = matter.kind
        Voice.objects.filter(matter=matter, kind=before["kind"]).update(kind=matter.kind)
    if was_public and matter.publication != "shown":
        matters.reindex(matter)
    return _attach_all(actor, matter, voices) if starts_way else _sync(actor, matter, before)


def _change_way(actor: Actor, matter: Matter) -> bool:
    """Whether a way begins because of the new kind. A way is left only where it says that it can be."""
    way = rulebook.value("voices.way", at=matter.place, kind=matter.kind)
    if way == matter.way:
        return False
    if matter.way:
        leave = next((one.leave for one in registry.collect("ways") if one.code == matter.way), None)
        if leave is None:
            raise ActionError(
                "way-under-way", _("这件事已经在办理，不能改成心愿。请先办结，或请居民另说一条心愿。")
            )
        leave(actor=actor, matter=matter)
    matter.way = way
    return True


def _attach_all(actor: Actor, matter: Matter, voices: list[Voice]) -> registry.WayResult:
    counts: list[Any] = []
    data: dict[str, Any] = {"way": matter.way}
    for n, voice in enumerate(voices):
        result = attach_way(actor, matter, voice, n > 0)
        counts += result.counts
        data |= result.data
    return registry.WayResult(counts=tuple(counts), data=data)


def _learn(
    actor: Actor, voices: list[Voice], before: dict[str, str], changed: dict[str, str], confirmed: str
) -> None:
    """What the desk decided about a text that the machine had an opinion on."""
    if not voices:
        return
    lessons = [
        Lesson(voice=voices[0], what=name, was=before[name], now=value, by=actor.account)
        for name, value in changed.items()
    ]
    if confirmed:
        lessons.append(
            Lesson(voice=voices[0], what="category", was=confirmed, now=confirmed, by=actor.account)
        )
    Lesson.objects.bulk_create(lessons)


def relocate_matter(
    *,
    actor: Actor,
    number: str,
    place: str,
    building: str = "",
    grid: str = "",
    lon: float | None = None,
    lat: float | None = None,
    crs: str = "wgs84",
    address: str = "",
) -> Matter:
    """Move a matter to where it really lies; its voices that lay at the wrong place move along and are
    counted there. What the person wrote about the place stays on the voice.

    Who: voices.matter:relocate at the place where it lies now. Raises place-unknown, building-unknown,
    nothing-changed.
    """
    spot = locations.resolve(
        place, lon=lon, lat=lat, crs=crs, address=address, building=building or grid, given=""
    )
    with write():
        matter = access.locked_matter(actor, number)
        require(actor, "voices.matter:relocate", access.target_of_matter(actor, matter))
        before = _before(matter)
        voices = [v for v in _received(matter) if v.place == matter.place]
        was = [came_in(voice) for voice in voices]
        _move(matter, spot, " ".join(address.split())[: drafts.ADDRESS_LENGTH])
        _take_along(matter, voices, before["place"], spot)
        result = _sync(actor, matter, before)
        moved = {"from": before["place"], "to": matter.place, "grid": matter.grid}
        journal.record(
            "voices.matter.relocated",
            actor=actor,
            place=matter.place,
            subject=matter.id,
            matter=matter.id,
            data={"number": matter.number, **moved, "building": matter.building, **result.data},
            counts=[*_recount(voices, was), *result.counts],
        )
    return matter


def _take_along(matter: Matter, voices: list[Voice], was: str, spot: locations.Spot) -> None:
    """The voices that lay where the matter lay, also those that were withdrawn."""
    for voice in voices:
        voice.place, voice.grid, voice.building = spot.place, spot.grid, spot.building
    Voice.objects.filter(matter=matter, place=was).update(
        place=spot.place, grid=spot.grid, building=spot.building
    )
    matters.reindex(matter)


def _move(matter: Matter, spot: locations.Spot, address: str) -> None:
    """Save the matter at its new spot; without a new address the old one stays, without a point none does."""
    new = (spot.place, spot.grid, spot.building, address or matter.address)
    same_point = spot.lon is None or (spot.lon, spot.lat) == (matter.lon, matter.lat)
    if same_point and new == (matter.place, matter.grid, matter.building, matter.address):
        raise ActionError("nothing-changed", _("地点没有变化。"))
    matter.place, matter.grid, matter.building, matter.address = new
    matter.lon, matter.lat = spot.lon, spot.lat
    matters.settle_publication(matter)
    matter.save()


def edit_facts(*, actor: Actor, number: str, facts: Mapping[str, str]) -> Matter:
    """Fill in parts of the one fact sheet (states.FACT_SECTIONS); parts that are not given stay.

    Who: voices.matter:edit_facts. Raises unknown-fact, fact-too-long, personal-data (it is read at every
    level, so telephone and identity numbers stay out), nothing-changed.
    """
    given = {key: str(text).strip() for key, text in facts.items()}
    if unknown := set(given) - set(states.FACT_SECTIONS):
        raise ActionError("unknown-fact", _("事实单里没有这一栏。"), field=sorted(unknown)[0], status=422)
    for key, text in given.items():
        if len(text) > FACT_LENGTH:
            raise ActionError(
                "fact-too-long", _("这一栏最多写 %d 个字。") % FACT_LENGTH, field=key, status=422
            )
        if understanding.personal_data(text):
            raise ActionError(
                "personal-data",
                _("事实单各级都会看到，请不要写姓名、电话和证件号，写身份就可以。"),
                field=key,
                status=422,
            )
    with write():
        matter = access.locked_matter(actor, number)
        require(actor, "voices.matter:edit_facts", access.target_of_matter(actor, matter))
        changed = {key: text for key, text in given.items() if matter.facts.get(key, "") != text}
        if not changed:
            raise ActionError("nothing-changed", _("内容没有变化。"))
        matter.facts = {**matter.facts, **changed}
        matter.save(update_fields=["facts"])
        journal.record(
            "voices.matter.facts_edited",
            actor=actor,
            place=matter.place,
            subject=matter.id,
            matter=matter.id,
            data={"number": matter.number, "sections": sorted(changed)},
        )
    return matter


def publish_matter(
    *, actor: Actor, number: str, title: str, text: str, photos: Iterable[UUID | str] = (), answer: str = ""
) -> Matter:
    """Approve what the public register shows: a title, a text without persons, the photos named, the answer.

    Also used to change what is public: photos that are not named are public no more. Who:
    voices.matter:publish. Raises never-public (tip-off, major matter, or a kind or category that the rules
    keep out), personal-data (also a door in title or text), title-missing, photo-unknown.
    """
    title, text, answer = title.strip(), text.strip(), answer.strip()
    _check_public({"title": title, "text": text, "answer": answer})
    wanted = {str(photo) for photo in photos}
    with write():
        matter = access.locked_matter(actor, number)
        require(actor, "voices.matter:publish", access.target_of_matter(actor, matter))
        matters.settle_publication(matter)
        if matter.publication == "never" or matter.restriction:
            raise ActionError("never-public", _("举报、大事和依规不公开的事项不能公开。"))
        _approve_photos(matter, wanted)
        is_first = matter.publication != "shown"
        matter.publication, matter.hidden_reason = "shown", ""
        matter.public_title, matter.public_text = title, text
        matter.public_answer = answer or matter.public_answer
        matter.published_at = matter.published_at or now()
        matter.save()
        matters.reindex(matter)
        journal.record(
            "voices.matter.published",
            actor=actor,
            place=matter.place,
            subject=matter.id,
            matter=matter.id,
            data={"number": matter.number, "photos": len(wanted), "first": is_first},
        )
    return matter


def keep_answer(*, actor: Actor, number: str, reason: str) -> Matter:
    """Decide that the answer a public matter was given stays between those who asked and the desk, for a
    reason that is kept; what was public of an answer is public no more. The matter itself stays public, and a
    later answer is decided on anew.

    Who: voices.matter:publish. Raises reason-missing, not-public, no-answer, wish-answer (who
    joins a wish later gets its public answer).
    """
    reason = reason.strip()
    with write():
        matter = access.locked_matter(actor, number)
        require(actor, "voices.matter:publish", access.target_of_matter(actor, matter))
        check_reason(reason, _("请写一句为什么不公开。"))
        if matter.kind in states.WISHES:
            raise ActionError("wish-answer", _("心愿的答复随心愿一起公开；要收起来，请撤下整条心愿。"))
        if matter.publication != "shown":
            raise ActionError("not-public", _("这件事没有公开，答复也不会公开。"))
        if not Voice.objects.filter(matter=matter, answered_at__isnull=False).exists():
            raise ActionError("no-answer", _("这件事还没有答复。"))
        matter.public_answer, matter.hidden_reason = "", reason
        matter.save(update_fields=["public_answer", "hidden_reason"])
        matters.reindex(matter)
        journal.record(
            ANSWER_KEPT,
            actor=actor,
            place=matter.place,
            subject=matter.id,
            matter=matter.id,
            data={"number": matter.number},
        )
    return matter


def _check_public(texts: dict[str, str]) -> None:
    if not texts["title"]:
        raise ActionError("title-missing", _("请写一个公开用的标题。"), field="title", status=422)
    if len(texts["title"]) > 80:
        raise ActionError("text-too-long", _("标题最多 80 个字。"), field="title", status=422)
    for name, text in texts.items():
        if understanding.personal_data(text):
            raise ActionError(
                "personal-data", _("公开的内容里还有电话、证件号或姓名，请先去掉。"), field=name, status=422
            )
        # An answer may name a room that people should go to; a title or a text never needs anybody's door.
        if name != "answer" and understanding.mask(text) != text:
            raise ActionError(
                "personal-data", _("公开的内容里还有门牌号，写到楼栋、单元就可以。"), field=name, status=422
            )


def _approve_photos(matter: Matter, wanted: set[str]) -> None:
    there = {str(pk) for pk in Photo.objects.filter(matter=matter).values_list("pk", flat=True)}
    if wanted - there:
        raise ActionError("photo-unknown", _("这张照片不属于这件事。"), field="photos", status=422)
    Photo.objects.filter(matter=matter).exclude(pk__in=wanted).update(is_approved=False)
    Photo.objects.filter(matter=matter, pk__in=wanted).update(is_approved=True)


def hide_matter(*, actor: Actor, number: str, reason: str) -> Matter:
    """Keep a matter out of the public register, or take it out again, for a reason that is kept.

    Who: voices.matter:publish. Raises reason-missing.
    """
    reason = reason.strip()
    with write():
        matter = access.locked_matter(actor, number)
        require(actor, "voices.matter:publish", access.target_of_matter(actor, matter))
        check_reason(reason, _("请写一句为什么不公开。"))
        was = matter.publication
        matter.publication = "never" if was == "never" else "hidden"
        matter.hidden_reason, matter.published_at = reason, None
        matter.save(update_fields=["publication", "hidden_reason", "published_at"])
        Photo.objects.filter(matter=matter).update(is_approved=False)
        if was == "shown":
            matters.reindex(matter)
        journal.record(
            "voices.matter.hidden",
            actor=actor,
            place=matter.place,
            subject=matter.id,
            matter=matter.id,
            data={"number": matter.number, "was": was},
        )
    return matter
