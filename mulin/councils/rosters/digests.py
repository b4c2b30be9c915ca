"""The fingerprint of a roster's content: what must never change once it is frozen."""

import json
from hashlib import sha256

from mulin.councils.rosters.models import Ownership, Roster

_ENTRY = (
    "key",
    "label",
    "building",
    "stair",
    "door",
    "kind",
    "is_developers",
    "registry",
    "survey",
    "contract",
)


def digest_of(roster: Roster) -> str:
    """SHA-256 over its body, place, lines, areas, owners and who owns what. Accounts that become known later
    and telephone numbers are no part of it. Four statements at most."""
    head = [roster.number, roster.place, roster.site, roster.stair, roster.body]
    lines = sorted([list(row) for row in roster.entries.values_list(*_ENTRY)], key=lambda row: row[0])
    people = sorted(list(row) for row in roster.people.values_list("code", "name"))
    owned = Ownership.objects.filter(entry__roster=roster).values_list("entry__key", "person__code")
    text = json.dumps([head, lines, people, sorted(map(list, owned))], ensure_ascii=False)
    return sha256(text.encode()).hexdigest()
