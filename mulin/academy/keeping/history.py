"""What became of a place: dated entries with words, pictures, and the decisions that led to them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.academy.keeping import access, links, states
from mulin.academy.keeping.actions import place_line
from mulin.academy.keeping.models import EntryPhoto, KeptPlace, PlaceEntry
from mulin.academy.keeping.wording import public_words
from mulin.kernel import rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.voices import photos as pictures
from mulin.voices.photos import Picture

TITLE, TEXT, ALT = 80, 1000, 120
FOLDER = "keeping"


def write_entry(
    *,
    actor: Actor,
    number: str,
    title: str,
    on: date | None = None,
    stage: str = "work",
    text: str = "",
    link: str = "",
    photos: Iterable[Any] = (),
    alts: Sequence[str] = (),
    consented: bool = False,
    entry: UUID | None = None,
) -> PlaceEntry:
    """A new entry of a place's history, or (`entry`) other words for one that stands; pictures are added.

    `link`: the number of a matter, a topic or a resolution that everybody may read; its own page and pictures
    are linked. `consented`: nobody in the pictures can be recognised, or all who can agreed.
    Who: academy.keeping:tend. Raises no-title, no-stage, bad-day, link-unknown, no-consent, photos-too-many,
    personal-data, and what a bad picture raises.
    """
    title = public_words(title, "title", TITLE)
    if not title:
        raise ActionError("no-title", _("请写一句发生了什么。"), field="title", status=422)
    if stage not in states.STAGES:
        raise ActionError("no-stage", _("请选一样。"), field="stage", status=422)
    on = on or today()
    if on > today():
        raise ActionError("bad-day", _("这一天还没有到，请核对。"), field="on", status=422)
    uploads = list(photos)
    if uploads and not consented:
        text_ = _("照片里有认得出的人，要他们同意才能放上来。都同意，或者认不出人，请在下面勾上。")
        raise ActionError("no-consent", text_, field="consented", status=422)
    found_kind, found = links.find(link) if link else ("", None)
    ready = _prepared(actor, number, uploads, entry)
    with pictures.stored(ready), write():
        kept = access.locked_place(actor, number, access.TEND)
        fields = {
            "on": on, "stage": stage, "title": title, "text": public_words(text, "text", TEXT),
            "link_kind": found_kind, "link": found, "written_by": actor.account,
        }  # fmt: skip
        row = _saved(kept, entry, fields)
        _rows(row, ready, alts, actor)
        code = "academy.keeping.entry_edited" if entry else "academy.keeping.entry_written"
        place_line(code, actor, kept, stage=stage, photos=len(ready))
    return row


def _prepared(actor: Actor, number: str, uploads: list[Any], entry: UUID | None) -> list[Picture]:
    """Cleaned pictures; who may not write there is refused before they are looked at."""
    kept = access.get_place(actor, number)
    if not uploads:
        return []
    already = EntryPhoto.objects.filter(entry=entry, entry__kept=kept).count() if entry else 0
    most = int(rulebook.value("academy.keeping.entry_photos", at=kept.place))
    if already + len(uploads) > most:
        text = _("一条最多放 %d 张照片。") % most
        raise ActionError("photos-too-many", text, field="photos", status=422)
    return [replace(one, folder=FOLDER) for one in pictures.prepare(uploads, kept.place)]


def _saved(kept: KeptPlace, entry: UUID | None, fields: dict[str, Any]) -> PlaceEntry:
    if entry is None:
        return PlaceEntry.objects.create(kept=kept, **fields)
    row = access.by_id(kept.entries.select_for_update(), entry)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return row


def _rows(row: PlaceEntry, ready: list[Picture], alts: Sequence[str], actor: Actor) -> None:
    said = [*alts, *[""] * len(ready)]
    EntryPhoto.objects.bulk_create(
        EntryPhoto(
            id=one.id, entry=row, file=one.name, thumb=one.thumb_name, width=one.width, height=one.height,
            size=len(one.large), alt=public_words(said[n], "photos", ALT), added_by=actor.account,
        )
        for n, one in enumerate(ready)
    )  # fmt: skip


def remove_entry(*, actor: Actor, number: str, entry: UUID) -> KeptPlace:
    """Take an entry and its pictures away. Who: academy.keeping:tend."""
    with write():
        kept = access.locked_place(actor, number, access.TEND)
        row = access.by_id(kept.entries.select_for_update(), entry)
        gone = list(row.photos.all())
        place_line("academy.keeping.entry_removed", actor, kept, stage=row.stage, photos=len(gone))
        row.delete()
    pictures.delete_files(gone)
    return kept


def remove_photo(*, actor: Actor, number: str, photo: UUID) -> KeptPlace:
    """Take one picture away, as whoever is in it may ask. Who: academy.keeping:tend."""
    with write():
        kept = access.locked_place(actor, number, access.TEND)
        row = access.by_id(EntryPhoto.objects.filter(entry__kept=kept), photo)
        row.delete()
        place_line("academy.keeping.photo_removed", actor, kept)
    pictures.delete_files([row])
    return kept


def sweep() -> int:
    """Delete files of pictures that no row names: a process died between file and row."""
    return pictures.sweep(folder=FOLDER, rows=EntryPhoto.objects.all())
