"""The things that the matrix asks for: the same kinds of thing in the home community and in the other one."""

from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from mulin.cases import moves
from mulin.cases.actions import save_view, set_reply_template, set_route
from mulin.doors.models import Webhook
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.ids import new_id
from mulin.kernel.models import Entry, Job, Notice, RuleOverride
from mulin.kernel.secrets import fingerprint, new_secret, seal
from mulin.kernel.testing.cast import Cast, Person, make_cast, make_world
from mulin.people import actions as people
from mulin.people.models import ApiToken, Post, Residence
from mulin.voices import actions as voices
from mulin.voices.models import Photo, Voice
from mulin.voices.surveys import actions as surveys
from mulin.voices.surveys import answering
from tests.matrix.parts import all_parts

ROLES = (
    "anonymous", "resident", "neighbour", "group_leader", "building_head", "gridworker", "clerk", "secretary",
    "street", "department", "district", "auditor", "admin", "outsider",
)  # fmt: skip
# What is said in each kind of matter: the text, and the fields that make it that kind.
SAID: dict[str, tuple[str, dict[str, Any]]] = {
    "published": ("单元门口的路灯坏了一个星期。", {"kind": "complaint", "category": "street_lamp"}),
    "unpublished": ("楼道里堆了旧沙发，轮椅过不去。", {"kind": "complaint", "category": "street_lamp"}),
    "tip_off": ("有人深夜往河里倒油。", {"kind": "tip_off", "category": "street_lamp"}),
    "major": ("楼道里有很重的燃气味。", {"kind": "help", "category": "gas_leak", "severity": "major"}),
    "wish": ("我想要一个周末的书法班。", {"kind": "wish"}),
}


@dataclass
class Side:
    """One community with one of everything. `clerk` works there, `resident` lives there."""

    place: str
    building: str
    resident: Person
    clerk: Person
    numbers: dict[str, str] = field(default_factory=dict)
    voices: dict[str, Voice] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    photos: dict[str, Any] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)


@dataclass
class Matrix:
    """Both communities, the people, and the tokens of those who may hold one."""

    world: SimpleNamespace
    cast: Cast
    home: Side
    away: Side
    tokens: dict[str, str] = field(default_factory=dict)

    def person(self, role: str) -> Person | None:
        if role == "anonymous":
            return None
        return self.cast.other_clerk if role == "outsider" else getattr(self.cast, role)

    def side(self, name: str) -> Side:
        return self.away if name == "away" else self.home


def build() -> Matrix:
    """Everything, through the same actions that people use."""
    world = make_world()
    cast = make_cast(world)
    home = Side(world.home, world.building, cast.resident, cast.clerk)
    away = Side(world.other_home, world.other_building, cast.neighbour, cast.other_clerk)
    matrix = Matrix(world, cast, home, away)
    for side in (home, away):
        _speak(side)
        _publish(matrix, side)
        _belongings(matrix, side)
        _administered(matrix, side)
        _ask(side)
    _bring_into_hand(matrix)
    for part in all_parts():
        part.build(matrix)
    for role in ROLES[1:]:
        person = matrix.person(role)
        text = new_secret()
        ApiToken.objects.create(account=person.account, name="matrix", token_hash=fingerprint(text, "token"))
        matrix.tokens[role] = text
    return matrix


def picture() -> SimpleUploadedFile:
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (64, 48), "#807060").save(out, "JPEG")
    return SimpleUploadedFile("photo.jpg", out.getvalue(), "image/jpeg")


def _speak(side: Side) -> None:
    """One voice of each kind by who lives there, and one that nobody signed."""
    for name, (text, fields) in SAID.items():
        photos = [picture(), picture()] if name == "published" else []
        receipt = voices.submit_voice(
            actor=side.resident.actor, text=f"{side.place}{text}", place=side.place, photos=photos,
            building="" if name == "wish" else side.building, **fields,
        )  # fmt: skip
        side.voices[name], side.secrets[name] = receipt.voice, receipt.secret
        side.numbers[name] = receipt.voice.matter.number
    receipt = voices.submit_voice(
        actor=ANONYMOUS, text="花坛的水管漏了，流了一地。", place=side.place, kind="complaint",
        category="street_lamp", contact="13900001234",
    )  # fmt: skip
    side.voices["anonymous"], side.secrets["anonymous"] = receipt.voice, receipt.secret


def _publish(matrix: Matrix, side: Side) -> None:
    first, second = Photo.objects.filter(voice=side.voices["published"]).order_by("id")
    side.photos = {"approved": first.pk, "unapproved": second.pk}
    for name in ("published", "wish"):
        photos = [str(first.pk)] if name == "published" else []
        voices.publish_matter(
            actor=side.clerk.actor,
            number=side.numbers[name],
            title="公开的标题",
            text="公开的内容",
            photos=photos,
        )


def _belongings(matrix: Matrix, side: Side) -> None:
    """What belongs to one person or one community: a request, a job, notices, a group, a view, a token."""
    cast, ids = matrix.cast, side.ids
    asker = cast.newcomer if side is matrix.home else cast.auditor
    asked = people.ask_residence(actor=asker.actor, building=side.building, door="2单元9-9")
    ids["residence"] = asked.pk
    ids["own_residence"] = Residence.objects.get(account=side.resident.account, state="confirmed").pk
    job = Job.objects.create(kind="voices.import", account=side.clerk.account, state="done")
    job.file.save("rows.csv", ContentFile(b"a,b\n"), save=True)
    ids["job"] = job.pk
    for name, person in (("resident_notice", side.resident), ("clerk_notice", side.clerk)):
        notice = Notice.objects.create(
            account=person.account, code="cases.case.accepted", entry=new_id(), url="/mine"
        )
        ids[name] = notice.pk
    group = people.create_group(
        actor=side.clerk.actor, name=f"书友会{side.place[-3:]}", kind="club", place=side.place,
    )  # fmt: skip
    people.add_member(actor=side.clerk.actor, group_id=group.pk, account_id=side.resident.account.pk)
    ids["group"] = group.pk
    ids["view"] = save_view(actor=side.clerk.actor, name="我的", query="state=reported").pk
    ids["token"] = people.make_token(actor=side.clerk.actor, name="接口")[0].pk
    ids["webhook"], ids["webhook_off"] = _webhook(matrix).pk, _webhook(matrix, is_active=False).pk
    slips = people.make_invitations(actor=side.clerk.actor, building=side.building, doors=["4单元4-4"])
    ids["invitation"] = slips[0].code
    ids["recover"] = people.make_recovery_link(actor=cast.admin.actor, account_id=side.resident.account.pk)[1]


def _administered(matrix: Matrix, side: Side) -> None:
    """What the administration keeps for a place: a route, a template, a rule of its own."""
    ids, admin, newcomer = side.ids, matrix.cast.admin, matrix.cast.newcomer
    unit = matrix.world.committee if side is matrix.home else matrix.world.other_committee
    # Without a post, so that the account can be closed; and a unit in which nobody works.
    ids["org"], ids["account"] = unit.pk, (newcomer if side is matrix.home else side.resident).account.pk
    ids["empty_org"] = people.create_organisation(
        actor=admin.actor, name="空壳单位", kind="social_org", place=side.place
    ).pk
    ids["post"] = Post.objects.get(account=side.clerk.account, role="clerk").pk
    ids["member"] = Post.objects.get(account=side.resident.account, role="group_member").pk
    ids["route"] = set_route(actor=admin.actor, place=side.place, org=unit.pk, category="street_lamp").pk
    ids["template"] = set_reply_template(
        actor=side.clerk.actor, org=unit.pk, title="路灯", text="已经换了灯泡并试亮，请再看看。"
    ).pk
    ids["override"] = RuleOverride.objects.create(
        name="cases.limit.solve", place=side.place, valid_from=date(2026, 1, 1), value="10 d",
        basis="社区公约", certainty="local practice", set_by=admin.account,
    ).pk  # fmt: skip
    for name, voice in (("entry", "published"), ("entry-tip_off", "tip_off"), ("entry-major", "major")):
        ids[name] = Entry.objects.filter(matter=side.voices[voice].matter_id).earliest("id").pk


def _ask(side: Side) -> None:
    """A survey in each state: a draft for households, one that is asked, one whose results are shown."""
    clerk = side.clerk.actor
    frame = {"actor": clerk, "title": f"四感{side.place}", "closes_on": date(2099, 1, 1)}
    for name in ("survey_draft", "survey_open", "survey_published"):
        number = surveys.draft_survey(actor=clerk, place=side.place, template="four_senses").number
        once = "household" if name == "survey_draft" else "device"
        surveys.edit_survey(number=number, once=once, **frame)
        side.numbers[name] = number
        if name != "survey_draft":
            surveys.open_survey(actor=clerk, number=number)
    typed = {"actor": clerk, "number": side.numbers["survey_open"]}
    said = {"gain": "4", "words": "三单元门口的路灯坏了，晚上看不清路"}
    side.ids["sheet"] = answering.enter_sheet(**typed, answers=said).pk
    typed["number"] = side.numbers["survey_published"]
    for _ in range(20):
        answering.enter_sheet(**typed, answers={"gain": "4"})
    surveys.close_survey(**typed)
    surveys.publish_results(**typed, questions=["gain"], conclusion="接着办老人食堂。")


def _webhook(matrix: Matrix, *, is_active: bool = True) -> Webhook:
    """Made without the action, which would look the address up."""
    return Webhook.objects.create(
        url="https://example.org/hook",
        secret_sealed=seal("x"),
        created_by=matrix.cast.admin.account.pk,
        is_active=is_active,
    )


def _bring_into_hand(matrix: Matrix) -> None:
    """The department works on the published case of the home community, and on no other."""
    number, cast = matrix.home.numbers["published"], matrix.cast
    moves.perform("accept", actor=cast.clerk.actor, number=number)
    moves.perform("dispatch", actor=cast.clerk.actor, number=number, org=matrix.world.city_management.id)
    moves.perform("start", actor=cast.department.actor, number=number)
