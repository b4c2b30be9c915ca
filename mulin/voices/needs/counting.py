"""How many people said that they have a need: from what is linked to it, nobody counted twice."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.kernel import suppression
from mulin.voices.models import Matter, Voice
from mulin.voices.needs.models import NeedSource

MOST_MERGES = 8


@dataclass(frozen=True, slots=True)
class Heard:
    """How many said so, and of them by kind of source; for staff. `kinds` holds every kind there is, also
    where nobody counts any more."""

    total: int
    kinds: dict[str, int]


def heard(needs: Collection[UUID]) -> dict[UUID, Heard]:
    """The counts of many needs; a handful of statements however many there are.

    A matter counts whoever spoke of it and whoever stands beside it; one that was merged into another counts
    as that other, once. A text of a survey counts one, unless it became a voice whose matter is linked too.
    """
    rows = list(
        NeedSource.objects.filter(need__in=needs).values(
            "need", "kind", "people", "matter", "sheet__state", "sheet__raised", "question"
        )
    )
    raised = _matters_of_texts(rows)
    known = _effective({row["matter"] for row in rows if row["matter"]} | set(raised.values()))
    found: dict[UUID, Counter[str]] = defaultdict(Counter)
    linked: dict[UUID, set[UUID]] = defaultdict(set)
    for row in rows:
        found[row["need"]][row["kind"]] += 0
        if row["matter"] and (matter := known.get(row["matter"])):
            if matter.pk not in linked[row["need"]]:
                found[row["need"]]["matter"] += matter.voices_count + matter.me_too_count
            linked[row["need"]].add(matter.pk)
    for row in rows:
        if row["kind"] == "survey":
            found[row["need"]]["survey"] += _text_counts(row, raised, known, linked[row["need"]])
        elif row["kind"] != "matter":
            found[row["need"]][row["kind"]] += row["people"]
    return {pk: Heard(sum(kinds.values()), dict(kinds)) for pk, kinds in found.items()}


def _voice_of(row: dict) -> str:
    return (row["sheet__raised"] or {}).get(row["question"], "")


def _matters_of_texts(rows: list[dict]) -> dict[str, UUID]:
    """Number of the voice that a text became -> its matter."""
    numbers = {number for row in rows if row["kind"] == "survey" and (number := _voice_of(row))}
    if not numbers:
        return {}
    return dict(Voice.objects.filter(number__in=numbers).values_list("number", "matter"))


def _text_counts(row: dict, raised: dict, known: dict, linked: set[UUID]) -> int:
    if row["sheet__state"] != "done":
        return 0  # typed in by mistake and left out since
    matter = known.get(raised.get(_voice_of(row)))
    return 0 if matter is not None and matter.pk in linked else 1


def _effective(wanted: set[UUID]) -> dict[UUID, Matter]:
    """Each matter as what it is now: merged ones as the one they went into."""
    rows: dict[UUID, Matter] = {}
    missing = set(wanted)
    for _step in range(MOST_MERGES):
        if not missing:
            break
        read = Matter.objects.filter(pk__in=missing).only("id", "merged_into", "voices_count", "me_too_count")
        rows |= {one.pk: one for one in read}
        missing = {one.merged_into_id for one in rows.values() if one.merged_into_id} - rows.keys()
    found = {}
    for pk in wanted & rows.keys():
        one = rows[pk]
        for _step in range(MOST_MERGES):
            if one.merged_into_id not in rows:
                break
            one = rows[one.merged_into_id]
        found[pk] = one
    return found


def effective(matters: Collection[UUID]) -> dict[UUID, Matter]:
    """The same for others of this part."""
    return _effective(set(matters))


def people_words(n: int) -> str:
    """How many said so, as everybody may read it: figures under five are covered. Empty for nobody."""
    if n == 0:
        return ""
    if n < suppression.LIMIT:
        return _("不到 %(n)s 人说过") % {"n": suppression.LIMIT}
    return ngettext("%(n)s 人说过", "%(n)s 人说过", n) % {"n": n}
