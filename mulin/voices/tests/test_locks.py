"""A voice and its matter are locked in one order, also when a merge moves the voice meanwhile."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.kernel.db import write
from mulin.voices import access
from mulin.voices.models import Matter, Voice


@pytest.fixture
def moved(speak, monkeypatch):
    """(voice, the matter that it was seen in, the matter that it is in now)."""
    was, now = speak().voice, speak(text="楼下的井盖松了，车一过就响").voice
    stale = Voice.objects.only("id", "matter_id").get(pk=now.pk)
    stale.matter_id = was.matter_id
    monkeypatch.setattr(access, "find_voice", lambda *_args: stale)
    return now, was.matter_id, now.matter_id


@pytest.mark.django_db
def test_a_voice_that_moved_is_followed_and_what_was_locked_is_let_go_first(moved, cast):
    voice, _was, now = moved
    with CaptureQueriesContext(connection) as queries, write():
        locked = access.locked_voice(cast.resident.actor, voice.number)
    assert (locked.pk, locked.matter.pk) == (voice.pk, now)
    said = [query["sql"] for query in queries]
    undone = next(i for i, sql in enumerate(said) if sql.startswith("ROLLBACK TO SAVEPOINT"))
    asked = [i for i, sql in enumerate(said) if sql.startswith("SELECT") and "voices_matter" in sql]
    assert len(asked) == 2 and asked[0] < undone < asked[1]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_matter_that_a_voice_has_left(moved, cast):
    voice, was, now = moved

    def take(matter_id):
        try:
            with write():
                found = Matter.objects.select_for_update(skip_locked=True).filter(pk=matter_id)
                return found.first() is not None
        finally:
            connection.close()

    with write():
        access.locked_voice(cast.resident.actor, voice.number)
        with ThreadPoolExecutor(1) as other:
            tried = {name: other.submit(take, pk).result(10) for name, pk in (("was", was), ("now", now))}
    assert tried == {"was": True, "now": False}
