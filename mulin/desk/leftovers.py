"""Tables that were uploaded to be looked at and never used: taken away by age."""

from datetime import timedelta

from django.conf import settings
from django.core.files.storage import default_storage

from mulin.kernel import clock, rulebook
from mulin.kernel.models import Job

FOLDER = "imports"


def sweep() -> int:
    """Delete uploads older than `desk.imports.keep_days` that no waiting or running job needs, and the
    folders that they leave empty. How many files went."""
    if not default_storage.exists(FOLDER):
        return 0
    place = settings.MULIN_SITE_PLACE
    before = clock.now() - timedelta(days=rulebook.value("desk.imports.keep_days", at=place))
    asked = Job.objects.filter(finished_at=None).values_list("params", flat=True)
    needed = " ".join(str(one) for one in asked)
    gone = 0
    folders, files = default_storage.listdir(FOLDER)
    names = [f"{FOLDER}/{name}" for name in files]
    for folder in folders:
        names += [f"{FOLDER}/{folder}/{name}" for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]]
    for name in names:
        if name not in needed and default_storage.get_modified_time(name) < before:
            default_storage.delete(name)
            gone += 1
    for folder in folders:
        drop_if_empty(f"{FOLDER}/{folder}")
    return gone


def drop(name: str) -> None:
    """Delete one upload with the folder that was made for it."""
    default_storage.delete(name)
    folder = name.rpartition("/")[0]
    if folder != FOLDER:
        drop_if_empty(folder)


def drop_if_empty(folder: str) -> None:
    if default_storage.exists(folder) and default_storage.listdir(folder) == ([], []):
        default_storage.delete(folder)
