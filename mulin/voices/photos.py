"""Photos: checked by content, made upright, stripped of EXIF and position, kept in two sizes.

Files are written before the row is committed and removed when it is not: a crash may leave a file that
nothing points to, never a row without its file.
"""

import os
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from mulin.kernel import clock, rulebook
from mulin.kernel.errors import ActionError
from mulin.kernel.ids import new_id
from mulin.voices.models import Matter, Photo, Voice

MAX_SIDE, THUMB_SIDE, QUALITY = 1600, 320, 82
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A cleaned photo in memory: two JPEGs and the size of the larger one. `folder`: where it is stored."""

    id: UUID
    large: bytes
    thumb: bytes
    width: int
    height: int
    folder: str = "photos"

    @property
    def name(self) -> str:
        return f"{self.folder}/{clock.today():%Y}/{self.id}.jpg"

    @property
    def thumb_name(self) -> str:
        return f"{self.folder}/{clock.today():%Y}/{self.id}-thumb.jpg"


def _refuse(code: str, message: str) -> ActionError:
    return ActionError(code, message, field="photos", status=422)


def _read(upload: Any, limit: int) -> bytes:
    raw = upload if isinstance(upload, bytes) else upload.read(limit + 1)
    if len(raw) > limit:
        raise _refuse("photo-too-big", _("这张照片超过 %d MB，请选小一点的。") % (limit // 1024 // 1024))
    return raw


def _open(raw: bytes) -> Image.Image:
    if raw[4:8] == b"ftyp" and raw[8:12] in _HEIC_BRANDS:
        raise _refuse(
            "photo-heic", _("这张照片是 HEIC 格式，请在手机相机设置里选“兼容性最佳”，或发一张截图。")
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(raw), formats=FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise _refuse("photo-too-big", _("这张照片的像素太多，请选小一点的。"))
            # A phone's picture is decoded at a fraction of its size: a tenth of the time and memory.
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))
            image.load()
    except ActionError:
        raise
    except Exception as error:  # Pillow's decoders raise almost anything on a broken file
        raise _refuse("photo-unreadable", _("这个文件不是能打开的 JPEG、PNG 或 WebP 照片。")) from error
    return image


def _encode(image: Image.Image, side: int) -> bytes:
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = BytesIO()
    # A new picture from the pixels alone: no EXIF, no position, no comments, no colour profile.
    bare = Image.frombytes("RGB", small.size, small.tobytes())
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def clean(raw: bytes) -> Picture:
    """An upright copy without any metadata, at most 1600 pixels wide and high, with a thumbnail of 320."""
    image = ImageOps.exif_transpose(_open(raw))
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    image = image.convert("RGB")
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return Picture(new_id(), _encode(image, MAX_SIDE), _encode(image, THUMB_SIDE), *image.size)


def prepare(uploads: Iterable[Any], place: str, already: int = 0) -> list[Picture]:
    """Check and clean uploads (bytes or open files); ActionError (422) for too many, too big or no photo."""
    uploads = list(uploads)
    if not uploads:
        return []
    most = rulebook.value("voices.photos.max", at=place)
    if already + len(uploads) > most:
        raise _refuse("photos-too-many", _("最多可以放 %d 张照片。") % most)
    limit = min(rulebook.value("voices.photo.max_bytes", at=place), settings.MULIN_PHOTO_MAX_BYTES)
    return [clean(_read(upload, limit)) for upload in uploads]


@contextmanager
def stored(pictures: list[Picture]) -> Iterator[None]:
    """Write the files, then run the block that makes and commits the rows; take them away if it fails."""
    try:
        for picture in pictures:
            default_storage.save(picture.name, ContentFile(picture.large))
            default_storage.save(picture.thumb_name, ContentFile(picture.thumb))
        _to_disk([name for picture in pictures for name in (picture.name, picture.thumb_name)])
        yield
    except BaseException:
        for picture in pictures:
            default_storage.delete(picture.name)
            default_storage.delete(picture.thumb_name)
        raise


def _to_disk(names: list[str]) -> None:
    """Wait until the disk has the files, as the database does for its rows: a row that survives a power cut
    must not name a file that did not. Storage elsewhere (S3) has them when `save` returns."""
    try:
        paths = [default_storage.path(name) for name in names]
    except NotImplementedError:
        return
    for path in [*paths, *{os.path.dirname(path) for path in paths}]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def rows(
    pictures: list[Picture], matter: Matter, voice: Voice | None, added_by: UUID | None, role: str = "before"
) -> list[Photo]:
    """Make the rows of stored pictures, inside the caller's transaction."""
    return Photo.objects.bulk_create(
        Photo(
            id=picture.id,
            matter=matter,
            voice=voice,
            role=role,
            file=picture.name,
            thumb=picture.thumb_name,
            width=picture.width,
            height=picture.height,
            size=len(picture.large),
            added_by=added_by,
        )
        for picture in pictures
    )


def open_file(photo: Photo, thumb: bool = False) -> IO[bytes]:
    """The stored file, for whoever checked that it may be seen."""
    return default_storage.open((photo.thumb if thumb else photo.file).name, "rb")


# A request is over long before the first, and a worker was not stopped for longer than the second.
UNFINISHED, LOOK_BACK = timedelta(hours=1), timedelta(days=7)


def sweep(folder: str = "photos", rows: QuerySet | None = None) -> int:
    """Delete files of a folder that none of its `rows` (photos of voices) names: a process died between file
    and row. Returns how many.

    The id in the name tells when it was made, so only the names of the last days are looked at.
    """
    since, until = clock.now() - LOOK_BACK, clock.now() - UNFINISHED
    found: dict[UUID, list[str]] = {}
    for year in sorted({since.year, until.year}):
        for path in _stored_in(f"{folder}/{year}"):
            made = _made(path)
            if made and since <= made[1] < until:
                found.setdefault(made[0], []).append(path)
    ids = list(found)
    for start in range(0, len(ids), 500):
        known = (Photo.objects.all() if rows is None else rows).filter(pk__in=ids[start : start + 500])
        for pk in known.values_list("pk", flat=True):
            del found[pk]
    for paths in found.values():
        for path in paths:
            default_storage.delete(path)
    return len(found)


def _stored_in(folder: str) -> list[str]:
    try:
        return [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    except FileNotFoundError:
        return []


def _made(path: str) -> tuple[UUID, datetime] | None:
    """The photo's id and when it was drawn (the first 48 bits of a UUIDv7 are milliseconds)."""
    try:
        key = UUID(path.rpartition("/")[2][:36])
    except ValueError:
        return None
    return key, datetime.fromtimestamp((key.int >> 80) / 1000, UTC)


def delete_files(photos: Iterable[Photo]) -> None:
    """Delete the files of photos whose rows are gone."""
    for photo in photos:
        default_storage.delete(photo.file.name)
        default_storage.delete(photo.thumb.name)
