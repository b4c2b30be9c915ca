"""Who: accounts, organisations and groups, posts with terms, households, invitations, tokens."""

from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q

from mulin.kernel import clock, secrets
from mulin.kernel.fields import PlaceField
from mulin.kernel.ids import new_id
from mulin.kernel.models import Record


class AccountManager(BaseUserManager):
    def get_by_natural_key(self, username):
        return self.get(username=username)

    def for_request(self) -> models.QuerySet["Account"]:
        """With the two facts that every request asks for, so that they cost no query of their own."""
        mine = {"account": OuterRef("pk")}
        confirmed = Residence.objects.filter(state="confirmed", **mine)
        factor = apps.get_model("mfa", "Authenticator").objects.filter(user=OuterRef("pk"), type="totp")
        return self.annotate(lives_here=Exists(confirmed), has_second_factor=Exists(factor))

    def create_user(self, username: str, password: str | None = None, **fields) -> "Account":
        account = self.model(username=username, **fields)
        account.set_password(password)
        account.save()
        return account


class Account(AbstractBaseUser):
    """Someone who can log in. The telephone number is encrypted; no mail address is needed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=40, default="", blank=True)
    phone_sealed = models.TextField(default="", blank=True)
    phone_hash = models.CharField(max_length=64, default="", blank=True)
    phone_last4 = models.CharField(max_length=4, default="", blank=True)
    phone_verified = models.BooleanField(default=False)
    mail_sealed = models.TextField(default="", blank=True)
    home_place = PlaceField(default="", blank=True)
    language = models.CharField(max_length=8, default="zh-hans")
    digest = models.CharField(max_length=8, default="daily")  # daily, none
    privacy_version = models.CharField(max_length=16, default="", blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True, blank=True)
    # Counted up to end every session: who logs in by a code has no password whose change would do it.
    session_round = models.SmallIntegerField(default=0)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []
    objects = AccountManager()

    class Meta:
        indexes = [models.Index(fields=["phone_hash"], condition=~Q(phone_hash=""), name="account_phone")]
        constraints = [
            # A code sent to a telephone opens one account, never a choice of two.
            models.UniqueConstraint(
                fields=["phone_hash"],
                condition=Q(phone_verified=True) & ~Q(phone_hash=""),
                name="account_phone_once",
            )
        ]

    def _get_session_auth_hash(self, secret=None):
        """What a session must carry: it changes with the password, and with `session_round`."""
        plain = super()._get_session_auth_hash(secret=secret)
        return secrets.fingerprint(plain, f"session:{self.session_round}") if self.session_round else plain

    def set_phone(self, phone: str) -> None:
        """Keep a number (E.164, or empty to forget it); the caller says whether it is verified."""
        self.phone_sealed = secrets.seal(phone)
        self.phone_hash = secrets.fingerprint(phone, "phone")
        self.phone_last4 = secrets.last_four(phone)

    def __str__(self) -> str:
        return self.name or self.username


class Organisation(Record):
    """A unit that can hold posts and take cases: committee, street office, department, firm, or a group.

    Groups (club, team, council, courtyard group, custody group, owners' committee) are organisations of
    those kinds: one way to have members, terms and work.
    """

    OFFICIAL = ("committee", "street_office", "department", "command_center", "service_center")
    OTHERS = ("property_firm", "social_org", "resident_unit")
    GROUPS = ("club", "volunteer_team", "council", "courtyard_group", "custody_group", "owners_committee")

    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, default="", blank=True)
    kind = models.CharField(max_length=20)
    place = PlaceField()
    phone = models.CharField(max_length=40, default="", blank=True)
    about = models.TextField(default="", blank=True)
    is_public = models.BooleanField(default=True)
    adopted = models.ForeignKey(
        "places.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="keepers"
    )
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["place", "kind"], name="organisation_place")]

    @property
    def is_group(self) -> bool:
        return self.kind in self.GROUPS

    def __str__(self) -> str:
        return self.name


class Post(Record):
    """A role that a person holds at a place for a term; `deputy_for` stands in for another post."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="posts")
    role = models.CharField(max_length=24)
    place = PlaceField()
    org = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="posts"
    )
    title = models.CharField(max_length=40, default="", blank=True)
    begins_on = models.DateField(default=clock.today)
    ends_on = models.DateField(null=True, blank=True)
    deputy_for = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="deputies"
    )
    given_by = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "begins_on"], name="post_account"),
            models.Index(fields=["place", "role"], name="post_place"),
        ]


class Household(Record):
    """People registered as living together in a building. The door is written as residents say it."""

    place = PlaceField(max_length=12)
    building = PlaceField()
    grid = PlaceField(default="", blank=True)
    door = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["building", "door"], name="household_door")]
        indexes = [models.Index(fields=["place"], name="household_place")]


class Residence(Record):
    """That an account belongs to a household, asked for by the person and confirmed by a worker or a code."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="residences")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="residences")
    state = models.CharField(max_length=10, default="asked")  # asked, confirmed, refused, ended
    how = models.CharField(max_length=12, default="")  # worker, code
    decided_by = models.UUIDField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "household"],
                condition=Q(state__in=["asked", "confirmed"]),
                name="residence_once",
            )
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="asked"), name="residence_asked")]


class Invitation(Record):
    """A code on paper that confirms whoever uses it as living in a household."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="invitations")
    code_hash = models.CharField(max_length=64, unique=True)
    made_by = models.UUIDField()
    expires_on = models.DateField()
    uses_left = models.SmallIntegerField(default=4)


class ApiToken(Record):
    """A bearer token; only its hash is kept. Empty `permissions` means all that the person may."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    permissions = models.JSONField(default=list, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class SecretRead(Record):
    """That someone read a person's protected detail in the clear; shown to that person."""

    account = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="secret_reads")
    voice = models.UUIDField(null=True, blank=True)
    reader = models.UUIDField()
    reader_org = models.CharField(max_length=80, default="")
    what = models.CharField(max_length=16)
    purpose = models.CharField(max_length=200)


class RecoveryLink(Record):
    """A link that lets its holder set a new password once. Made by an administrator, seen by the person."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_links")
    made_by = models.UUIDField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    resets_second_factor = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
