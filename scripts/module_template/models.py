"""What is stored, and what must always be true of it; what may be done with it is in actions.py."""

from django.db import models
from django.db.models import Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record
from mulin.samples import states


class Sample(Record):
    """One record of a community. Who opened or closed it, and when, is in the journal and not kept twice."""

    place = PlaceField(max_length=12)
    title = models.CharField(max_length=80)
    state = models.CharField(max_length=12, default=states.OPEN)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(states.STATES)), name="sample_state_known"),
            models.CheckConstraint(condition=~Q(title=""), name="sample_has_title"),
        ]
        # The community leads every hot index, and the time-ordered id pages through it.
        indexes = [models.Index(fields=["place", "-id"], name="sample_place")]
