"""Photos of a session: cleaned like all photos, and seen by everybody only when all who are shown agreed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import IO, Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from mulin.academy.sessions import planning, queries, states
from mulin.academy.sessions.changing import held_by
from mulin.academy.sessions.models import PhotoConsent, Session, SessionPhoto
from mulin.kernel import clock, policy
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import require
from mulin.voices import photos as cleaning

SHOWN_MOST, WORDS_LENGTH = 40, 80
FOLDER = "sessions"


def add_photos(*, actor: Actor, number: str, uploads: Iterable[Any]) -> list[SessionPhoto]:
    """Keep photos of a session; nobody but those who hold it sees them yet.

    Who: academy.session:manage. Raises not-now, no-photo, and what cleaning refuses (422).
    """
    session = queries.get_session(actor, number)
    pictures = [replace(one, folder=FOLDER) for one in cleaning.prepare(uploads, session.place)]
    if not pictures:
        raise ActionError("no-photo", _("请先选照片。"), field="photos", status=422)
    with cleaning.stored(pictures), write():
        session = held_by(actor, number, "open", "held")
        rows = SessionPhoto.objects.bulk_create(
            SessionPhoto(
                id=one.id, session=session, file=one.name, thumb=one.thumb_name, width=one.width,
                height=one.height, size=len(one.large), added_by=actor.account,
            )
            for one in pictures
        )  # fmt: skip
        planning.line("academy.session.photo_added", actor, session, n=len(rows))
    return rows


def publish_photo(
    *,
    actor: Actor,
    number: str,
    photo: UUID | str,
    shown: int,
    consents: Sequence[str],
    stated: bool,
    words: str = "",
) -> SessionPhoto:
    """Show a photo to everybody. `shown`: how many people can be recognised; `consents`: how each of them
    agreed, from the left; `stated`: the actor states that all of them did, and answers for it.

    Who: academy.session:manage. Raises not-now, bad-count, consent-missing, not-stated.
    """
    if not 0 <= shown <= SHOWN_MOST:
        text = _("请写照片上认得出几个人，最多%(most)s个。") % {"most": SHOWN_MOST}
        raise ActionError("bad-count", text, field="shown", status=422)
    if len(consents) != shown or any(one not in states.CONSENTS for one in consents):
        text = _("照片上每一位都要同意才能公布。还没问到的，先不公布，或者换一张。")
        raise ActionError("consent-missing", text, status=422)
    if not stated:
        text = _("请确认照片上的人都同意公布。")
        raise ActionError("not-stated", text, field="stated", status=422)
    with write():
        session = held_by(actor, number, "open", "held")
        found = queries.by_id(session.photos.select_for_update(), photo)
        found.consents.all().delete()
        PhotoConsent.objects.bulk_create(
            PhotoConsent(photo=found, spot=spot, how=how) for spot, how in enumerate(consents, 1)
        )
        found.shown, found.words, found.state = shown, words.strip()[:WORDS_LENGTH], "published"
        found.stated_by, found.stated_at = actor.account, clock.now()
        found.save()
        planning.line("academy.session.photo_published", actor, session, n=shown)
    return found


def hide_photo(*, actor: Actor, number: str, photo: UUID | str, spot: int | None = None) -> SessionPhoto:
    """Take a photo off the page at once: one of those shown does not want it any more (`spot`), or it was a
    mistake. It is published again only with new consents. Who: academy.session:manage."""
    with write():
        session = queries.locked(actor, number)
        require(actor, queries.MANAGE, queries.target_of(session))
        found = queries.by_id(session.photos.select_for_update(), photo)
        found.state = "hidden"
        found.save(update_fields=["state"])
        if spot:
            found.consents.filter(spot=spot).update(withdrawn_at=clock.now())
        planning.line("academy.session.photo_hidden", actor, session)
    return found


def delete_photo(*, actor: Actor, number: str, photo: UUID | str) -> None:
    """Delete a photo with its files. Who: academy.session:manage."""
    with write():
        session = queries.locked(actor, number)
        require(actor, queries.MANAGE, queries.target_of(session))
        found = queries.by_id(session.photos.select_for_update(), photo)
        SessionPhoto.objects.filter(pk=found.pk).delete()
        planning.line("academy.session.photo_deleted", actor, session)
    for name in (found.file.name, found.thumb.name):
        default_storage.delete(name)


def sweep() -> int:
    """Delete files of pictures that no row names: a process died between file and row."""
    return cleaning.sweep(folder=FOLDER, rows=SessionPhoto.objects.all())


def published(session: Session) -> list[SessionPhoto]:
    """What everybody may see."""
    return list(session.photos.filter(state="published").order_by("id"))


def open_photo(actor: Actor, photo: UUID | str, *, thumb: bool) -> tuple[IO[bytes], bool]:
    """The file, and whether everybody may see it: published, or for who holds it. NotVisible (404)."""
    found = queries.by_id(SessionPhoto.objects.select_related("session__club"), photo)
    is_public = found.state == "published" and found.session.state in states.PUBLIC_STATES
    if not is_public and not policy.can(actor, queries.MANAGE, queries.target_of(found.session)):
        raise NotVisible(str(photo))
    return default_storage.open((found.thumb if thumb else found.file).name, "rb"), is_public
