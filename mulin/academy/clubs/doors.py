"""What a community's home invites to: gatherings that are ahead, and clubs that have just begun."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from mulin.academy.catalogues import theme_name
from mulin.academy.clubs import states
from mulin.academy.clubs.models import Club, Gathering
from mulin.academy.clubs.queries import SHOWN
from mulin.kernel import clock, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.days import moment_words
from mulin.kernel.registry import Door, DoorSource

NEW = timedelta(days=21)


def gatherings(actor: Actor, place: str) -> waiting.Waiting:
    """Planned ones of the community and of its street."""
    found = Gathering.objects.filter(
        place__in=[place, place[:9] + "000"], state="planned", starts_at__gte=clock.now()
    )
    return waiting.rows(found, due_at="starts_at", fact="kind")


def gathering_door(row: waiting.Row) -> Door | None:
    kind = states.GATHERING_KINDS.get(row.fact, row.fact)
    line = moment_words(row.due_at.astimezone(clock.zone())) if row.due_at else ""
    return Door(row.title, reverse("academy:gathering", args=[row.ref]), kind, "calendar", str(line))


def clubs(actor: Actor, place: str) -> waiting.Waiting:
    """Clubs that began lately and take members."""
    since = clock.today() - NEW
    found = Club.objects.filter(SHOWN, place=place, state="running", is_open=True, founded_on__gte=since)
    return waiting.rows(found, title="org__name", fact="theme")


def club_door(row: waiting.Row) -> Door | None:
    line = _("新开的，点一下就能加入")
    return Door(row.title, reverse("academy:club", args=[row.ref]), theme_name(row.fact), "people", line)


DOORS = (
    DoorSource("gatherings", gatherings, gathering_door),
    DoorSource("clubs", clubs, club_door),
)
