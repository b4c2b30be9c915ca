"""Teachers, and weeks that are planned from orders."""

from django.conf import settings
from django.db import models

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record

__all__ = ["Teacher", "TeacherCheck", "Week"]


class Teacher(Record):
    """Somebody who offered to teach or lead, and was asked in.

    `skills`: codes of themes. `times`: windows of the week. `places`: communities whose orders the teacher
    takes, its own if empty. `is_named`: the teacher agreed that everybody may read the name. `talked_on`: the
    day of the talk before the first lesson. Record checks are rows of their own; without one that is in force
    nobody is named where children come (`checks`, `sessions.leading`)."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="teaching"
    )
    name = models.CharField(max_length=40)
    phone = models.CharField(max_length=40, default="", blank=True)
    about = models.CharField(max_length=200, default="", blank=True)
    skills = models.JSONField(default=list, blank=True)
    times = models.JSONField(default=list, blank=True)
    places = models.JSONField(default=list, blank=True)
    week_most = models.SmallIntegerField(null=True, blank=True)
    is_named = models.BooleanField(default=False)
    talked_on = models.DateField(null=True, blank=True)
    talk_note = models.CharField(max_length=200, default="", blank=True)
    state = models.CharField(max_length=8, default="offered")  # offered, ready, resting, declined
    reason = models.CharField(max_length=200, default="", blank=True)
    matter = models.ForeignKey(
        "voices.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="teachers"
    )

    class Meta:
        indexes = [
            models.Index(fields=["place", "state"], name="teacher_place"),
            models.Index(fields=["matter"], name="teacher_matter", condition=models.Q(matter__isnull=False)),
            models.Index(
                fields=["account"], name="teacher_account", condition=models.Q(account__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeacherCheck(Record):
    """That a teacher's record was looked up: on which day, and whether the person can be named where children
    come. Never edited: one that is not clear withdraws those before it. `paper`: what a clear one is filed
    under. Of one that is not clear nothing more is kept, and the table itself refuses a word about it."""

    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="checks")
    checked_on = models.DateField()
    is_clear = models.BooleanField()
    paper = models.CharField(max_length=80, default="", blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_clear=True) | models.Q(paper=""), name="teachercheck_no_detail"
            )
        ]
        indexes = [models.Index(fields=["teacher", "checked_on"], name="teachercheck_teacher")]


class Week(Record):
    """A week of a community or of a whole street, from the orders to the sessions.

    `instance` and `solution` are files of the engine (docs/timetable.md); `wishes` says by wish what the
    engine need not know (title, orders, club); `pins` stay where they are; `left_out` are wishes that a clerk
    took out; `before` are earlier {pins, left_out, solution}, the last one last, for going back. `made`: by
    wish the numbers of the sessions that came of it; `skipped`: days of a series that were not possible."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    monday = models.DateField()
    state = models.CharField(max_length=10, default="draft")  # weeks.states.WEEK_STATES
    with_gathered = models.BooleanField(default=False)
    is_shared = models.BooleanField(default=False)
    wishes = models.JSONField(default=dict, blank=True)
    instance = models.JSONField(default=dict, blank=True)
    solution = models.JSONField(default=dict, blank=True)
    pins = models.JSONField(default=list, blank=True)
    left_out = models.JSONField(default=list, blank=True)
    too_few = models.JSONField(default=list, blank=True)
    before = models.JSONField(default=list, blank=True)
    made = models.JSONField(default=dict, blank=True)
    skipped = models.JSONField(default=list, blank=True)
    until = models.DateField(null=True, blank=True)
    job = models.UUIDField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["place", "-monday"], name="week_place")]
