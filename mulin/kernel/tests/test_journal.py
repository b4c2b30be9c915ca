"""The journal can be appended to and read, and nothing in it can change unseen."""

import pytest
from django.db import transaction

from mulin.kernel import journal, registry
from mulin.kernel.actors import SYSTEM
from mulin.kernel.ids import new_id
from mulin.kernel.models import Chain, ChainAlias, Entry

pytestmark = pytest.mark.django_db
HOME, OTHER = "500108002005", "500108106003"
CODE = "kernel.backup.made"


def write_lines(n=3, place=HOME):
    return [journal.record(CODE, actor=SYSTEM, place=place, data={"n": i}) for i in range(n)]


def test_a_code_without_a_sentence_is_refused():
    with pytest.raises(ValueError, match="not registered"):
        journal.record("kernel.unknown.done", actor=SYSTEM)


def test_each_community_has_its_own_chain_and_the_sequence_is_common():
    write_lines(2, HOME)
    write_lines(3, OTHER)
    assert journal.seal_all() == 5
    assert {c.key: c.seq for c in Chain.objects.all()} == {HOME: 2, OTHER: 3}
    assert list(Entry.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5]


def test_an_untouched_journal_verifies():
    write_lines(4)
    verdict = journal.verify()
    assert (verdict.ok, verdict.entries, verdict.chains) == (True, 4, 1)


def test_a_changed_line_is_found():
    lines = write_lines(3)
    journal.seal_all()
    Entry.objects.filter(pk=lines[1].pk).update(data={"n": 99})
    verdict = journal.verify()
    assert not verdict.ok
    assert verdict.bad == str(lines[1].pk)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_removed_line_is_found_also_the_last_one(which):
    lines = write_lines(3)
    journal.seal_all()
    Entry.objects.filter(pk=lines[which].pk).delete()
    assert not journal.verify().ok


def test_lines_that_are_sealed_while_it_verifies_are_no_alarm(monkeypatch):
    write_lines(3)
    journal.seal_all()
    added = []

    def link(previous, entry, algorithm, real=journal.link):
        if not added:  # the worker, at work while somebody verifies
            added.extend(write_lines(2))
            journal.seal_all()
        return real(previous, entry, algorithm)

    monkeypatch.setattr(journal, "link", link)
    assert journal.verify().ok
    assert Chain.objects.get(key=HOME).seq == 5


def test_a_line_that_was_added_behind_the_sealer_is_found():
    last = write_lines(2)[-1]
    journal.seal_all()
    last.refresh_from_db()
    forged = journal.record(CODE, actor=SYSTEM, place=HOME)
    forged.chain, forged.seq, forged.position = HOME, 3, 3
    forged.hash = journal.link(last.hash, forged, "sha256")
    forged.save()
    assert not journal.verify().ok


def test_swapping_two_lines_is_found():
    first, second, _ = write_lines(3)
    journal.seal_all()
    first.refresh_from_db()
    second.refresh_from_db()
    Entry.objects.filter(pk=first.pk).update(position=0)
    Entry.objects.filter(pk=second.pk).update(position=first.position, seq=first.seq)
    Entry.objects.filter(pk=first.pk).update(position=second.position, seq=second.seq)
    assert not journal.verify().ok


def test_a_line_of_an_undone_transaction_is_never_seen():
    with pytest.raises(RuntimeError), transaction.atomic():
        write_lines(1)
        raise RuntimeError("the action failed")
    assert journal.seal_all() == 0
    assert journal.verify().entries == 0


def test_a_line_that_commits_late_is_still_read_by_a_subscriber():
    late_id = new_id()  # made first, committed last
    write_lines(2)
    journal.seal_all()
    seen = journal.read_on("reader")
    journal.advance("reader", seen[-1])
    Entry.objects.create(id=late_id, code=CODE, place=HOME)
    journal.seal_all()
    assert [e.id for e in journal.read_on("reader")] == [late_id]


def test_a_place_with_a_new_code_keeps_its_chain():
    write_lines(1, HOME)
    journal.seal_all()
    ChainAlias.objects.create(place=OTHER, key=HOME)
    write_lines(1, OTHER)
    verdict = journal.verify()
    assert (verdict.ok, verdict.chains) == (True, 1)
    assert Chain.objects.get().seq == 2


def test_the_national_suite_hashes_with_sm3(settings):
    settings.MULIN_NATIONAL_SUITE = True
    write_lines(2)
    assert journal.verify().ok
    assert Chain.objects.get().algorithm == "sm3"


def test_a_sentence_of_an_old_line_reads_without_a_newer_key():
    sentence = registry.Sentence("派给了 %(org)s，%(note)s")
    assert sentence.say({"org": "城管局"}) == "派给了 城管局，—"
