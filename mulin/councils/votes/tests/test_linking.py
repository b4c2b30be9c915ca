"""The test that tries: an administrator with the database, its journal, every statement that was sent to it,
and a backup of every moment, looks for what a person voted. Only the officers' keys would help."""

import json
import re
from collections import Counter
from datetime import datetime
from itertools import product
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mulin.councils.votes import box, papers
from mulin.councils.votes.models import Vote, VoteSlot, VoteTurnout
from mulin.councils.votes.tests import worlds
from mulin.kernel.models import Entry
from mulin.kernel.worker import settle as work

pytestmark = pytest.mark.django_db
# Keys that occur in nothing else, so that finding one means finding a choice.
OPTIONS = [{"key": f"qz{n}choice", "title": f"方案{n}", "text": "", "cost": None} for n in range(3)]
KEYS = [one["key"] for one in OPTIONS]


def everything() -> dict[str, list[tuple]]:
    """A backup: every row of every table, in the order in which the database gives them."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = cursor.fetchall()
    return found


def columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [one.name for one in connection.introspection.get_table_description(cursor, table)]


def sealed_of(backup) -> dict[str, bytes]:
    """What lies in each slot of a backup, in the order of its rows."""
    names = columns("councils_voteslot")
    at, sealed = names.index("id"), names.index("sealed")
    return {str(row[at]): bytes(row[sealed]) for row in backup["councils_voteslot"]}


def text_of(backup) -> str:
    plain = {name: [[repr(cell) for cell in row] for row in rows] for name, rows in backup.items()}
    return json.dumps(plain, ensure_ascii=False)


@pytest.fixture
def voting(world, cast, freeze, client_for):
    """Nine people vote through the pages one by one; the log of all statements, and a backup after each."""
    people = worlds.voters(9, world.home)
    roster = worlds.residents(cast, world.home, people, others=3)
    vote, keys = worlds.opened(cast, roster, freeze, kind="choose_one", options=OPTIONS)
    said, log, backups = {}, [], []
    for n, account in enumerate(people):
        client = client_for()
        client.force_login(account)
        entry = worlds.entry_of(roster, account)
        choice = KEYS[n % 3]
        paper = {"entry": str(entry.pk), "choice": choice}
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("councils:vote-cast", args=[vote.number]))
            client.post(reverse("councils:vote-cast", args=[vote.number]), paper)
            done = client.post(reverse("councils:vote-cast", args=[vote.number]), {**paper, "sure": "1"})
        said[account.pk] = (choice, done.context["receipts"][0].replace(" ", ""))
        log.append((account, entry, [one["sql"] for one in seen.captured_queries]))
        work()
        backups.append(everything())
    return vote, keys, said, log, backups


def test_no_statement_no_row_and_no_line_names_a_choice_or_a_receipt_while_people_vote(voting):
    _vote, _keys, said, log, backups = voting
    for choice, receipt in said.values():
        assert receipt not in text_of(backups[-1])
        for _account, _entry, statements in log:
            assert not any(receipt in one for one in statements)
        assert choice not in text_of({k: v for k, v in backups[-1].items() if k != "councils_vote"})
    # The options themselves are read with the vote; nothing that is written holds one.
    for _account, _entry, statements in log:
        written = [one for one in statements if re.match(r"\s*(INSERT|UPDATE)", one)]
        assert written
        assert not any(key in one for one in written for key in KEYS)


def test_what_lies_in_the_box_has_one_length_and_opens_with_no_key_that_the_server_has(voting):
    vote, _keys, _said, _log, backups = voting
    slots = VoteSlot.objects.filter(vote=vote)
    assert slots.count() == vote.roster.entries.count()
    assert {len(bytes(one.sealed)) for one in slots} == {box.OVERHEAD + papers.room(vote)}
    publics = [bytes(one.public) for one in vote.keys.all()]
    held = [cell for rows in backups[-1].values() for row in rows for cell in row]
    candidates = [bytes(one) for one in held if isinstance(one, bytes | memoryview) and len(one) == box.KEY]
    assert set(publics) <= set(candidates)
    for first, second in product(candidates, repeat=2):
        for slot in slots.exclude(channel="")[:3]:
            with pytest.raises(box.BoxError):
                box.unseal([first, second], bytes(slot.sealed))
    assert "mulin-key-" not in text_of(backups[-1])


def test_tables_of_papers_have_no_moment_no_person_and_no_key_made_of_time(voting):
    for model in (VoteSlot, VoteTurnout):
        kinds = {field.get_internal_type() for field in model._meta.get_fields()}
        assert not kinds & {"DateTimeField", "DateField", "AutoField", "BigAutoField"}
        assert all(UUID(str(one.pk)).version == 4 for one in model.objects.all())
    related = {field.related_model for field in VoteSlot._meta.get_fields() if field.is_relation}
    assert related == {Vote}
    names = {m.__name__ for m in apps.get_models() for f in m._meta.get_fields()
             if f.is_relation and f.related_model is VoteSlot and not f.auto_created}  # fmt: skip
    assert not names


def test_the_order_of_the_rows_does_not_tell_the_order_of_coming(voting):
    _vote, _keys, _said, _log, backups = voting
    seen, came = sealed_of(backups[0]), []
    for backup in backups[1:]:
        now = sealed_of(backup)
        came += [key for key in now if now[key] != seen[key]]
        seen = now
    # Who has a backup of each moment knows who wrote which ciphertext; the order of the table does not say.
    order = list(sealed_of(backups[-1]))
    places = [order.index(one) for one in came]
    assert len(places) == 8
    assert places != sorted(places), "one in 40 320 runs fails by chance"


def test_the_journal_says_that_papers_came_and_not_whose(voting):
    vote, _keys, said, _log, _backups = voting
    lines = Entry.objects.filter(code="councils.vote.cast")
    assert lines.count() == len(said)
    for one in lines:
        assert (one.actor, one.actor_kind, one.subject) == (None, "anonymous", vote.pk)
        assert set(one.data) == {"number", "n"}


def test_after_the_count_nothing_is_left_that_could_be_opened_and_the_papers_have_no_order(
    voting, cast, freeze
):
    vote, keys, said, log, backups = voting
    done = worlds.published(cast, vote, keys, freeze)
    work()
    after = everything()
    assert after["councils_voteslot"] == []
    assert done.file["papers"] == sorted([choice] for choice, _receipt in said.values())
    assert done.receipts == sorted(receipt for _choice, receipt in said.values())
    # Every ciphertext of any backup is gone from the live database.
    now = text_of(after)
    for backup in backups:
        for one in sealed_of(backup).values():
            assert one.hex() not in now
            assert repr(one) not in now
    # What is left of people and papers: who voted, and how many said what. Nothing more joins the two.
    assert VoteTurnout.objects.filter(vote=vote).count() == len(said)
    assert Counter(one[0] for one in done.file["papers"]) == Counter(choice for choice, _r in said.values())
    for account, entry, _statements in log:
        rows = [row for name, found in after.items() for row in found if _names(row, entry.pk, account.pk)]
        assert rows
        for row in rows:
            assert not any(key in repr(cell) for cell in row for key in KEYS), row


def _names(row, *ids) -> bool:
    wanted = {one for id_ in ids for one in (str(id_), id_.hex)}
    return any(str(cell) in wanted for cell in row)


def test_a_backup_and_the_log_stay_closed_without_one_of_the_keys(voting):
    """The limit: with the log and all officers' keys a paper can be followed. So the keys are destroyed."""
    _vote, keys, said, _log, backups = voting
    taken = {str(one.pk) for one in VoteSlot.objects.exclude(channel="")} | {
        one.pk.hex for one in VoteSlot.objects.exclude(channel="")
    }
    sealed = [one for key, one in sealed_of(backups[-1]).items() if key in taken]
    privates = [box.read(one) for one in keys]
    opened = Counter(papers.unpacked(box.unseal(privates, one))[1][0] for one in sealed)
    assert opened == Counter(choice for choice, _receipt in said.values())
    for known in (privates[:1], privates[1:], [privates[0], box.new_key()[0]]):
        for one in sealed:
            with pytest.raises(box.BoxError):
                box.unseal(known, one)


def test_rows_of_who_voted_are_written_anew_in_another_order_at_the_count(voting, cast, freeze):
    vote, keys, _said, _log, _backups = voting
    before = set(VoteTurnout.objects.values_list("id", flat=True))
    worlds.counted(cast, vote, keys, freeze)
    assert not before & set(VoteTurnout.objects.values_list("id", flat=True))


def test_moments_that_are_kept_are_of_the_vote_and_not_of_papers(voting):
    _vote, _keys, _said, _log, backups = voting
    for name in ("councils_voteslot", "councils_voteturnout", "councils_votebegun"):
        assert not any(isinstance(cell, datetime) for row in backups[-1][name] for cell in row)
