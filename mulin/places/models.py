"""Where: divisions with their dates and successions; estates, courtyards, grids and buildings below."""

from django.db import models

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record


class Division(Record):
    """One division of the official list in one code system, with the days it is valid.

    The type (`kind`) is stored, never guessed from digits. `level` is the length of the significant
    prefix: 2 province, 4 city, 6 district, 9 street, 12 community. A few real rows repeat the code of their
    parent one level down (a city without districts stands in the list of districts as well): the key holds
    the level.
    """

    code = PlaceField(max_length=12)
    system = models.CharField(max_length=4, default="nbs")  # nbs: statistics bureau, mca: civil affairs
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=80, default="")
    level = models.SmallIntegerField()
    kind = models.CharField(max_length=24, default="", blank=True)
    parent = PlaceField(max_length=12, default="", blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    is_provisional = models.BooleanField(default=False)  # no list gives this code yet
    is_placeholder = models.BooleanField(default=False)  # no list gives its name yet
    # Two systems may describe one district: the tree in use is one of them, the other is for reference.
    in_use = models.BooleanField(default=True)
    shape = models.JSONField(null=True)  # GeoJSON geometry, WGS-84
    phone = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "code", "level", "valid_from"], name="division_key")
        ]
        indexes = [
            models.Index(fields=["parent", "code"], name="division_parent"),
            models.Index(fields=["level", "code"], name="division_level"),
            models.Index(fields=["code"], name="division_code"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name


class Succession(Record):
    """Old code -> new code from a day on. Old journal lines are read through it."""

    old = PlaceField(max_length=24)
    new = PlaceField(max_length=24)
    on = models.DateField()
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["old", "new", "on"], name="succession_key")]
        indexes = [models.Index(fields=["new"], name="succession_new")]


class Site(Record):
    """A thing below a community with a stable code: estate, courtyard, grid, micro-grid or building."""

    code = PlaceField(unique=True)
    community = PlaceField(max_length=12)
    kind = models.CharField(max_length=12)  # estate, courtyard, grid, micro_grid, building
    name = models.CharField(max_length=80)
    aliases = models.JSONField(default=list, blank=True)
    grid = PlaceField(default="", blank=True)
    estate = PlaceField(default="", blank=True)
    address = models.CharField(max_length=160, default="", blank=True)
    households = models.IntegerField(null=True, blank=True)
    unit_grid = models.CharField(max_length=15, default="", blank=True)
    manager = models.UUIDField(null=True, blank=True)  # organisation that manages an estate, if any
    lon = models.FloatField(null=True, blank=True)  # WGS-84 / CGCS2000
    lat = models.FloatField(null=True, blank=True)
    shape = models.JSONField(null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["community", "kind", "code"], name="site_community"),
            # The nearest building is looked for in a small box.
            models.Index(fields=["lon", "lat"], condition=models.Q(kind="building"), name="site_position"),
        ]

    def __str__(self) -> str:
        return self.name


class Venue(Record):
    """A room, hall, garden, court or station where people meet or are served. `hours`: windows of the week,
    `[{"day": 1, "from": "09:00", "to": "21:00"}]`; `rules` of the owner and `equipment` as in
    docs/timetable.md; `services`: codes of what a station does."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="venues")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)  # centre, station, board, room, hall, court, outdoor
    owner = models.UUIDField(null=True, blank=True)  # the organisation that has it
    capacity = models.IntegerField(null=True, blank=True)
    equipment = models.JSONField(default=list, blank=True)
    hours = models.JSONField(default=list, blank=True)
    rules = models.JSONField(default=dict, blank=True)
    services = models.JSONField(default=list, blank=True)
    is_idle = models.BooleanField(default=False)  # stands empty and may be put to use
    is_station = models.BooleanField(default=False)  # counts for the 15-minute circle
    is_bookable = models.BooleanField(default=False)  # residents may book it themselves
    address = models.CharField(max_length=160, default="", blank=True)
    about = models.TextField(default="", blank=True)
    phone = models.CharField(max_length=40, default="", blank=True)
    lon = models.FloatField(null=True, blank=True)  # WGS-84
    lat = models.FloatField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)  # from this day on it is no venue any more
    close_reason = models.CharField(max_length=200, default="", blank=True)
    # The room or functional board of a centre names its centre.
    within = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="rooms")
    area = models.IntegerField(null=True, blank=True)  # square metres
    use = models.CharField(max_length=16, default="", blank=True)  # what an idle room became: startup …
    tenancy = models.JSONField(default=dict, blank=True)  # of that use: who, from, to, terms, outcome
    traits = models.JSONField(default=list, blank=True)  # codes: culture position, feature facility …
    theme = models.CharField(max_length=40, default="", blank=True)  # of a feature facility
    holidays = models.CharField(max_length=8, default="open", blank=True)  # on public holidays: open, closed
    closures = models.JSONField(default=list, blank=True)  # [{"from": day, "to": day, "reason": words}]
    booking = models.JSONField(default=dict, blank=True)  # the owner's rules for bookings by residents

    class Meta:
        indexes = [
            models.Index(fields=["place", "kind"], name="venue_place"),
            models.Index(fields=["within"], name="venue_within", condition=models.Q(within__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


class Edition(models.Model):
    """Goes up with every change of places, so that every process drops what it remembers."""

    name = models.CharField(max_length=24, primary_key=True)
    number = models.BigIntegerField(default=0)
