"""The journal: one append-only table of who did what. Every action writes exactly one line in it.

`record` writes the line and the counter deltas in the action's transaction. A sealer numbers and
hashes committed lines about once a second, one chain a community, so no action waits for a chain.
Personal data never enters it: it holds references.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from mulin.kernel import codes, counters, registry
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import is_postgres, write
from mulin.kernel.inserting import insert
from mulin.kernel.models import Chain, Cursor, Entry

SEAL_BATCH = 2000
ADVISORY_LOCK = 0x6D756C69


def record(
    code: str,
    *,
    actor: Actor,
    place: str = "",
    subject: UUID | None = None,
    matter: UUID | None = None,
    org: UUID | None = None,
    data: dict[str, Any] | None = None,
    counts: Iterable[counters.Count] = (),
) -> Entry:
    """Write one line and its counter deltas. The code must be registered with a sentence.

    `subject` is the record the line is about, `matter` the matter whose timeline shows it. `data` holds
    what changed, as codes and references, never names, telephone numbers or what a person wrote.
    """
    if code not in registry.sentences():
        raise ValueError(f"journal code {code!r} is not registered with a sentence")
    entry = Entry(
        at=now(),
        code=code,
        actor=actor.account,
        actor_kind="system" if actor.is_system else "person" if actor.account else "anonymous",
        org=org,
        place=place,
        subject=subject,
        matter=matter,
        data=data or {},
    )
    insert([entry])
    counters.append(counts)
    return entry


def canonical(entry: Entry) -> bytes:
    """The bytes that are hashed: a JSON object with sorted keys, UTF-8, no spaces, time in UTC."""
    document = {
        "id": str(entry.id),
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "code": entry.code,
        "actor": str(entry.actor) if entry.actor else None,
        "actor_kind": entry.actor_kind,
        "org": str(entry.org) if entry.org else None,
        "place": entry.place,
        "subject": str(entry.subject) if entry.subject else None,
        "matter": str(entry.matter) if entry.matter else None,
        "data": entry.data,
    }
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def chain_key(entry: Entry, aliases: dict[str, str]) -> str:
    """The chain of a line: its community or street, else its department, else its place or the system."""
    if not entry.place:
        return f"org:{entry.org}" if entry.org else "system"
    code = entry.place[:12]
    if codes.level(code) < 9 and entry.org:
        return f"org:{entry.org}"
    return aliases.get(code, code)


def link(previous: str, entry: Entry, algorithm: str) -> str:
    """Hash of a line given the hash before it: H(previous + newline + canonical bytes)."""
    content = previous.encode() + b"\n" + canonical(entry)
    if algorithm == "sm3":
        from cryptography.hazmat.primitives import hashes

        digest = hashes.Hash(hashes.SM3())
        digest.update(content)
        return digest.finalize().hex()
    return hashlib.sha256(content).hexdigest()


def _aliases() -> dict[str, str]:
    """Current place code -> chain key, for places whose code changed since their chain began."""
    from mulin.kernel.models import ChainAlias

    return dict(ChainAlias.objects.values_list("place", "key"))


def seal(limit: int = SEAL_BATCH) -> int:
    """Number and hash the next committed lines. Only one sealer works at a time. Returns how many."""
    with write():
        if is_postgres():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        entries = list(Entry.objects.filter(position__isnull=True).order_by("id")[:limit])
        if not entries:
            return 0
        last = (
            Entry.objects.filter(position__isnull=False)
            .order_by("-position")
            .values_list("position", flat=True)
        )
        position = last.first() or 0
        aliases = _aliases()
        by_chain: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            position += 1
            entry.position = position
            entry.chain = chain_key(entry, aliases)
            by_chain[entry.chain].append(entry)
        chains = {c.key: c for c in Chain.objects.filter(key__in=by_chain)}
        algorithm = "sm3" if settings.MULIN_NATIONAL_SUITE else "sha256"
        for key, lines in by_chain.items():
            chain = chains.get(key) or Chain(key=key, algorithm=algorithm)
            for entry in lines:
                chain.seq += 1
                entry.seq = chain.seq
                entry.hash = chain.head = link(chain.head, entry, chain.algorithm)
            chain.save()
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE kernel_entry SET chain = %s, seq = %s, hash = %s, position = %s WHERE id = %s",
                [(e.chain, e.seq, e.hash, e.position, _db_id(e.id)) for e in entries],
            )
    return len(entries)


def _db_id(value: UUID) -> Any:
    return value if is_postgres() else value.hex


def seal_all() -> int:
    total = 0
    while sealed := seal():
        total += sealed
    return total


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a verification. `bad` is the id of the first line that does not fit, or a chain's key."""

    entries: int
    chains: int
    ok: bool
    bad: str = ""
    why: str = ""


def verify(progress: Callable[[int], None] = lambda n: None) -> Verdict:
    """Seal, then prove that nothing was changed or removed: hashes, gaps in chains, gaps in the sequence.

    Others may go on writing and sealing: the ends of the chains are read before the lines, so each of
    them must be found among the lines, whatever was added since.
    """
    seal_all()
    heads: dict[str, tuple[int, str]] = {}
    ends = {chain.key: (chain.seq, chain.head) for chain in Chain.objects.all()}
    algorithms = dict(Chain.objects.values_list("key", "algorithm"))
    count = 0
    for entry in Entry.objects.filter(position__isnull=False).order_by("position").iterator(chunk_size=5000):
        count += 1
        if entry.chain not in algorithms:  # perhaps it began a moment ago
            algorithms.update(Chain.objects.filter(key=entry.chain).values_list("key", "algorithm"))
        why = _flaw(entry, count, heads.get(entry.chain, (0, "")), algorithms.get(entry.chain))
        if why:
            return Verdict(count, len(heads), False, str(entry.id), why)
        heads[entry.chain] = (entry.seq, entry.hash)
        if ends.get(entry.chain) == heads[entry.chain]:
            del ends[entry.chain]
        if count % 5000 == 0:
            progress(count)
    bad, why = _bad_end(ends, heads)
    return Verdict(count, len(heads), not why, bad, why)


def _flaw(entry: Entry, expected: int, head: tuple[int, str], algorithm: str | None) -> str:
    """What is wrong with a line that should have this position and follow this head; empty if nothing."""
    if entry.position != expected:
        return f"position {expected} is missing before this line"
    if algorithm is None:
        return "its chain is gone"
    if entry.seq != head[0] + 1:
        return f"number {head[0] + 1} of the chain is missing"
    if entry.hash != link(head[1], entry, algorithm):
        return "the line was changed after it was sealed"
    return ""


def _bad_end(ends: dict[str, tuple[int, str]], heads: dict[str, tuple[int, str]]) -> tuple[str, str]:
    """The first chain whose end was not met, or that has more lines than the sealer gave it, and why."""
    for key, (seq, _head) in ends.items():
        if seq:
            return key, "lines at the end of this chain are missing"
    for chain in Chain.objects.all():
        seq, head = heads.get(chain.key, (0, ""))
        if seq > chain.seq or (seq == chain.seq and head != chain.head):
            return chain.key, "lines were added behind the sealer's back"
    return "", ""


def timeline(matter: UUID) -> list[Entry]:
    """The lines of one matter, oldest first."""
    return list(Entry.objects.filter(matter=matter).order_by("id"))


def read_on(subscriber: str, limit: int = 500) -> list[Entry]:
    """The next sealed lines that a subscriber has not seen."""
    cursor, _ = Cursor.objects.get_or_create(name=subscriber)
    return list(Entry.objects.filter(position__gt=cursor.position).order_by("position")[:limit])


def advance(subscriber: str, entry: Entry) -> None:
    """Remember that a subscriber is done with all lines up to this one. Never back: another worker may be
    ahead, and a line that it put aside must not come again."""
    Cursor.objects.filter(name=subscriber, position__lt=entry.position).update(position=entry.position)
