"""A person's own data in this part. Of secret votes there is nothing: nobody knows which paper is whose."""

from typing import Any
from uuid import UUID

from mulin.councils.votes.models import VoteBegun, VoteChallenge, VotePaper


def export(account: UUID) -> dict[str, Any]:
    """Named papers handed in by this account, and challenges."""
    papers = VotePaper.objects.filter(account=account).select_related("vote", "entry").order_by("id")
    challenges = VoteChallenge.objects.filter(account=account).select_related("vote").order_by("id")
    return {
        "named_papers": [
            {"vote": one.vote.number, "title": one.vote.title, "entry": one.entry.label, "choice": one.choice}
            for one in papers
        ],
        "challenges": [
            {"number": one.number, "vote": one.vote.number, "text": one.text, "answer": one.answer}
            for one in challenges
        ],
    }


def erase(account: UUID) -> int:
    """Unlink the account. A named paper stays with its entry of the roster: it was counted."""
    n = VotePaper.objects.filter(account=account).update(account=None)
    n += VoteChallenge.objects.filter(account=account).update(account=None)
    gone, _kinds = VoteBegun.objects.filter(account=account).delete()
    return n + gone
