"""A batch of papers that one person typed in and a second one has still to type."""

from uuid import uuid4

from django.db import models

__all__ = ["VotePaperBatch"]


class VotePaperBatch(models.Model):
    """Papers of a secret vote from the box on the table, typed once. `choices` is sorted: in which order
    they lay on the table is not kept. Deleted as soon as a second person typed the same; nothing leads from
    it to a voter, and it has no moment."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    vote = models.ForeignKey("councils.Vote", on_delete=models.CASCADE, related_name="batches")
    name = models.CharField(max_length=24)
    choices = models.JSONField(default=list)
    typed_by = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "name"], name="vote_batch_name")]
