"""What the floors above do to matters and voices inside their own transaction. No journal line: the
calling action writes its one line and names there what it did."""

from uuid import UUID

from django.db.models import Count, Q

from mulin.kernel import search
from mulin.kernel.clock import now
from mulin.voices import drafts, understanding
from mulin.voices.models import Addition, Matter, MeToo, Photo, Voice

IN = Q(state="received")


def lock(matter: Matter | UUID) -> Matter:
    """The row of a matter, locked until the transaction ends."""
    return Matter.objects.select_for_update().get(pk=getattr(matter, "pk", matter))


def answer_voices(matter: Matter, text: str) -> int:
    """Give the answer to every voice of the matter; each person is asked anew whether it is solved.

    Returns how many voices were answered. The reply kept with the case is the record; here the latest counts.
    """
    return Voice.objects.filter(IN, matter_id=matter.pk).update(
        answer=text, answered_at=now(), is_solved=None, is_satisfied=None, rated_at=None
    )


def answer_latecomer(voice: Voice, text: str) -> None:
    """Give the answer to somebody who joined after it was sent: they too are asked whether it is solved."""
    voice.answer, voice.answered_at = text, now()
    voice.save(update_fields=["answer", "answered_at"])


def outdate_public_answer(matter: Matter) -> None:
    """What is public of an answer no longer holds: the work goes on again, or another answer was given. It is
    shown no more, and somebody decides anew what everyone reads. The replies themselves stay with the case;
    a reason for keeping the whole matter out stays too."""
    row = lock(matter)
    if row.publication == "shown":
        row.hidden_reason = ""
    had_one, row.public_answer = bool(row.public_answer), ""
    row.save(update_fields=["public_answer", "hidden_reason"])
    matter.public_answer, matter.hidden_reason = "", row.hidden_reason
    if had_one:
        reindex(row)


def close_matter(matter: Matter) -> None:
    """Nothing more is to be done: no new voice joins it."""
    Matter.objects.filter(pk=matter.pk).update(is_open=False, closed_at=now())
    matter.is_open = False


def reopen_matter(matter: Matter) -> None:
    """Work goes on; ratings of the earlier answer stay until the next answer comes."""
    Matter.objects.filter(pk=matter.pk).update(is_open=True, closed_at=None)
    matter.is_open, matter.closed_at = True, None


def confirm_category(matter: Matter) -> None:
    """A person worked with the suggested category: from now on it counts as the desk's."""
    if matter.category and matter.category_by == "guess":
        Matter.objects.filter(pk=matter.pk).update(category_by="desk")
        matter.category_by = "desk"


def move_voices(source: Matter, target: Matter) -> int:
    """Two matters are one: the voices, their photos and those who stand beside go over to `target`.

    The source stays, closed, and leads to the target. Every voice remembers where it began.
    Returns how many voices moved.
    """
    first, second = sorted((source.pk, target.pk))
    lock(first)
    lock(second)
    moved = Voice.objects.filter(matter_id=source.pk).update(matter_id=target.pk)
    Photo.objects.filter(matter_id=source.pk, voice__isnull=False).update(matter_id=target.pk)
    there = MeToo.objects.filter(matter_id=target.pk)
    MeToo.objects.filter(matter_id=source.pk).exclude(
        Q(account__isnull=False, account__in=there.values("account"))
        | (~Q(device_hash="") & Q(device_hash__in=there.values("device_hash")))
    ).update(matter_id=target.pk)
    Matter.objects.filter(pk=source.pk).update(merged_into=target.pk, is_open=False, closed_at=now())
    recount(source.pk, target.pk)
    _refresh(source, target)
    return moved


def move_back(source: Matter) -> int:
    """They were two after all: the voices that began in `source` return to it. Who stood beside stays."""
    source_row = lock(source)
    target = source_row.merged_into_id
    moved = Voice.objects.filter(first_matter_id=source.pk).update(matter_id=source.pk)
    Photo.objects.filter(voice__first_matter_id=source.pk).update(matter_id=source.pk)
    Matter.objects.filter(pk=source.pk).update(merged_into=None, is_open=True, closed_at=None)
    recount(source.pk, *([target] if target else []))
    _refresh(source)
    return moved


def recount(*matters: UUID) -> None:
    """Set the numbers on matters from their rows."""
    for pk in matters:
        voices = Voice.objects.filter(IN, matter_id=pk).aggregate(n=Count("id"))["n"]
        beside = MeToo.objects.filter(matter_id=pk).aggregate(n=Count("id"))["n"]
        Matter.objects.filter(pk=pk).update(voices_count=voices, me_too_count=beside)


def _refresh(*matters: Matter) -> None:
    for matter in matters:
        if isinstance(matter, Matter):
            matter.refresh_from_db()


# What search finds ---------------------------------------------------------------------------------


def text_for_desk(text: str, address: str = "") -> str:
    """Door numbers and addresses stay findable; telephone and identity numbers do not enter the index."""
    return f"{understanding.mask_for_staff(text)} {address}"


def reindex(matter: Matter) -> None:
    """Write the search rows of a matter anew: what was said (for the desk) and what is public."""
    search.remove(matter.pk)
    for voice in Voice.objects.filter(IN, first_matter_id=matter.pk).only("id", "text", "address"):
        search.index("matter", matter.pk, matter.place, text_for_desk(voice.text, voice.address))
    added = Addition.objects.filter(
        voice__first_matter_id=matter.pk, voice__state="received", is_former=False
    )
    for addition in added.only("id", "text"):
        search.index("matter", matter.pk, matter.place, text_for_desk(addition.text))
    if matter.publication == "shown" and not matter.restriction:
        public = f"{matter.public_title} {matter.public_text} {matter.public_answer}"
        search.index("public", matter.pk, matter.place, public)


# Restriction and publication follow kind, category and severity --------------------------------------


def settle_publication(matter: Matter) -> None:
    """Set restriction and publication from kind, category and severity; does not save.

    What may not be public any more disappears at once; what may be again waits for a decision.
    """
    matter.restriction = drafts.restriction_of(matter.kind, matter.severity)
    allowed = drafts.publication_of(matter.place, matter.kind, matter.category, matter.restriction)
    if allowed == "never":
        matter.publication = "never"
    elif matter.publication == "never":
        matter.publication = "asked"
