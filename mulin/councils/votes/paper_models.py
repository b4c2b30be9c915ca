"""A batch of papers that one person typed in and a second one has still to type."""

from uuid import uuid4

from django.db import models

__all__ = ["VotePaperBatch"]


class VotePaperBatch(models.Model):
    """`n` papers of a secret vote from the box on the table, typed once. What they say is `sealed` to the
    code on the slip round the batch, which is not kept (`slips`): who came to the table is known, so that
    papers in the clear would say how a batch of one, or one in which all agree, has voted. Sorted: in which
    order they lay is not kept. Deleted as soon as a second person typed the same. It has no moment."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    vote = models.ForeignKey("councils.Vote", on_delete=models.CASCADE, related_name="batches")
    name = models.CharField(max_length=24)
    n = models.SmallIntegerField()
    sealed = models.BinaryField()
    typed_by = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "name"], name="vote_batch_name")]
