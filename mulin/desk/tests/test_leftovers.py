"""Uploads that were only looked at do not stay for ever."""

import os
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from mulin.desk import leftovers
from mulin.kernel import clock
from mulin.kernel.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(settings, tmp_path):
    """`upload("a.csv", days=5)`: a table that was sent in that long ago."""
    settings.MEDIA_ROOT = str(tmp_path)

    def make(name: str, days: float) -> str:
        stored = default_storage.save(f"imports/{name.partition('.')[0]}/{name}", ContentFile(b"old,new\n"))
        at = (clock.now() - timedelta(days=days)).timestamp()
        os.utime(default_storage.path(stored), (at, at))
        return stored

    return make


def test_old_previews_go_with_their_folders_and_fresh_ones_stay(upload):
    old, fresh = upload("old.csv", 5), upload("fresh.csv", 0.5)
    assert leftovers.sweep() == 1
    assert not default_storage.exists(old) and not default_storage.exists("imports/old")
    assert default_storage.exists(fresh)


def test_what_a_job_still_waits_for_stays(upload, cast):
    stored = upload("waiting.csv", 30)
    Job.objects.create(kind="places.import", account=cast.admin.account, params={"stored": stored})
    assert leftovers.sweep() == 0 and default_storage.exists(stored)


def test_a_used_table_leaves_no_empty_folder(upload):
    stored = upload("used.csv", 0)
    leftovers.drop(stored)
    assert not default_storage.exists("imports/used")
