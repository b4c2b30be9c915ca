"""A person's own data in this module: what they wrote at work or about their own matter, and saved views."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from mulin.cases.models import CallBack, Case, CaseText, SavedView
from mulin.kernel.models import Entry
from mulin.voices.models import Voice

# Lines at which the person of a voice may have written something.
SPOKEN = ("cases.case.reopened", "cases.case.confirmed", "cases.case.not_solved")


def export(account_id: UUID) -> dict[str, Any]:
    """Everything kept here that the account wrote or set."""
    mine = words_of(Voice.objects.filter(account=account_id))
    texts = CaseText.objects.filter(Q(by=account_id) | Q(pk__in=mine)).order_by("id")
    return {
        "saved_views": list(SavedView.objects.filter(account=account_id).values("name", "query")),
        "texts": list(texts.values("created_at", "move", "kind", "text")),
        "call_backs": list(
            CallBack.objects.filter(by=account_id).values("created_at", "how", "result", "note")
        ),
        "handled_cases": list(Case.objects.filter(handler=account_id).values_list("number", flat=True)),
    }


def words_of(voices: QuerySet[Voice]) -> set[str]:
    """Ids of what the people of some voices wrote on their cases (why it was opened again, what they said of
    the answer), by account or by receipt: the journal's lines say whose words they are."""
    wanted: set[str] = set()
    about: set[UUID] = set()
    for pk, matter, first in voices.values_list("pk", "matter_id", "first_matter_id"):
        wanted.add(str(pk))
        about |= {matter, first} - {None}
    lines = Entry.objects.filter(matter__in=about, code__in=SPOKEN).values_list("data", flat=True)
    kept = CaseText.objects.filter(voice__in=list(wanted)).values_list("pk", flat=True)
    # Lines from before texts named their voice are looked for where the voice is and where it began.
    return {str(pk) for pk in kept} | {
        text for data in lines if wanted & set(data.get("spoken_by", ())) for text in data.get("texts", ())
    }


def forget_words(voices: Iterable[UUID]) -> int:
    """Empty what the people of these voices wrote on their cases. For the erasure of the voices, in its
    transaction; no line of its own. Returns how many."""
    mine = words_of(Voice.objects.filter(pk__in=list(voices)))
    return CaseText.objects.filter(pk__in=mine).update(text="", by=None, voice=None)


def erase(account_id: UUID) -> int:
    """Forget what is theirs alone. What a worker wrote officially stays with the case, without their name;
    what a resident wrote goes with their voice (`forget_words`)."""
    gone, _rows = SavedView.objects.filter(account=account_id).delete()
    gone += Case.objects.filter(handler=account_id).update(handler=None)
    gone += CaseText.objects.filter(by=account_id).update(by=None)
    return gone
