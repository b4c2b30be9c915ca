"""Sessions: one meeting of people at a time and a place, and who comes along."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record


class Session(Record):
    """One lesson, rehearsal, contest, talk or activity. `places_most` empty: as many as come.

    `taken` and `waiting` count heads and are kept with every sign-up, under the lock of this row;
    `last_position` gives the order of arrival, under the same lock. `came` counts the heads that came, with
    `walk_ins`, those whom nobody had signed up. `unled_since`: whoever was to lead it cannot any more and
    nobody else is named yet (`unled`)."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    club = models.ForeignKey(
        "academy.Club", null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    venue = models.ForeignKey(
        "places.Venue", null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    where = models.CharField(
        max_length=80, default="", blank=True
    )  # in words: a corner, or where there is no venue
    is_outdoor = models.BooleanField(default=False)  # bad weather calls it off
    teacher = models.ForeignKey(
        "academy.Teacher", null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    instead_of = models.ForeignKey(
        "academy.Teacher", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_in"
    )
    unled_since = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(max_length=12, default="lesson")
    title = models.CharField(max_length=80)
    text = models.TextField(default="", blank=True)
    theme = models.CharField(max_length=24, default="", blank=True)
    ages = models.JSONField(default=list, blank=True)
    series = models.UUIDField(null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    places_most = models.IntegerField(null=True, blank=True)
    taken = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    last_position = models.BigIntegerField(default=0)
    came = models.IntegerField(default=0)
    walk_ins = models.IntegerField(default=0)
    state = models.CharField(max_length=10, default="open")  # draft, open, cancelled, held
    reason = models.CharField(max_length=200, default="", blank=True)
    safety = models.CharField(max_length=400, default="", blank=True)
    materials = models.JSONField(default=list, blank=True)  # [{"title", "url"}]
    changes = models.SmallIntegerField(default=0)  # how often time, place or state changed: for calendars
    reminded_at = models.DateTimeField(null=True, blank=True)
    matter = models.ForeignKey(
        "voices.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )

    class Meta:
        constraints = [
            # The last word on selling a place twice is the database's.
            models.CheckConstraint(
                condition=Q(places_most__isnull=True) | Q(taken__lte=F("places_most")),
                name="session_not_oversold",
            ),
            models.CheckConstraint(condition=Q(taken__gte=0) & Q(waiting__gte=0), name="session_counts"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_has_length"),
        ]
        indexes = [
            models.Index(fields=["place", "starts_at"], name="session_place"),
            models.Index(fields=["club", "starts_at"], name="session_club", condition=Q(club__isnull=False)),
            models.Index(
                fields=["series", "starts_at"], name="session_series", condition=Q(series__isnull=False)
            ),
            models.Index(fields=["starts_at"], name="session_open", condition=Q(state="open")),
            models.Index(fields=["starts_at"], name="session_unled", condition=Q(unled_since__isnull=False)),
            models.Index(fields=["matter"], name="session_matter", condition=Q(matter__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title


class Signup(Record):
    """That somebody comes along, with `heads` people of the family. `position` orders the waiting list."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="signups")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="signups"
    )
    label = models.CharField(max_length=40, default="", blank=True)  # written down by a worker, no account
    heads = models.SmallIntegerField(default=1)
    state = models.CharField(max_length=10, default="coming")  # coming, waiting, cancelled, walked_in
    position = models.BigIntegerField(default=0)
    moved_up_at = models.DateTimeField(null=True, blank=True)
    came = models.SmallIntegerField(null=True, blank=True)  # how many of them came
    how = models.CharField(max_length=8, default="", blank=True)  # list, code

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "account"],
                condition=Q(account__isnull=False) & ~Q(state="cancelled"),
                name="signup_once",
            ),
            models.CheckConstraint(condition=Q(heads__gte=1), name="signup_heads"),
        ]
        indexes = [
            models.Index(fields=["session", "state", "position"], name="signup_queue"),
            models.Index(
                fields=["account", "-id"], name="signup_account", condition=Q(account__isnull=False)
            ),
            # Figures tell people apart from this alone, without the rows.
            models.Index(
                fields=["session", "account"],
                name="signup_came",
                condition=Q(account__isnull=False, came__gt=0),
            ),
        ]


class TeamResult(Record):
    """What a team reached at a contest. A team is a group (`org`) or the people of a building, grid or
    estate (`site`): never a person."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="results")
    org = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="results"
    )
    site = PlaceField(default="")
    words = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "org", "site"], name="result_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=(Q(org__isnull=False) & Q(site="")) | (Q(org__isnull=True) & ~Q(site="")),
                name="result_of_a_team",
            ),
        ]


class SessionPhoto(Record):
    """A cleaned photo of a session. It is seen by everybody only while it is `published`: as many agreed as
    are shown, and somebody answers for it."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="photos")
    file = models.FileField(max_length=160)
    thumb = models.FileField(max_length=160)
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    size = models.IntegerField(default=0)
    words = models.CharField(max_length=80, default="", blank=True)
    shown = models.SmallIntegerField(default=0)  # how many people can be recognised
    state = models.CharField(max_length=10, default="kept")  # kept, published, hidden
    added_by = models.UUIDField(null=True, blank=True)
    stated_by = models.UUIDField(null=True, blank=True)  # who stated that all shown agreed
    stated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["session", "id"], name="sessionphoto_session")]


class PhotoConsent(Record):
    """That one of those shown agreed. `spot` is where in the picture, counted from the left; no name."""

    photo = models.ForeignKey(SessionPhoto, on_delete=models.CASCADE, related_name="consents")
    spot = models.SmallIntegerField()
    how = models.CharField(max_length=10)  # spoken, written, guardian
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["photo", "spot"], name="photoconsent_once")]


class CalendarLink(Record):
    """A person's own calendar, which opens with a secret address. Only the hash of the secret is kept; the
    secret itself is worked out again from `id` and the instance's key, so that its owner can see it."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_link"
    )
    secret_hash = models.CharField(max_length=64, unique=True)
