"""What waits to be shown in public: texts with their personal data covered and marked, and photos."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mulin.cases.models import Case
from mulin.desk import words
from mulin.desk.reading.case import photo
from mulin.desk.reading.inbox import MOST_COUNTED, Row, _capped
from mulin.kernel import paging, policy
from mulin.kernel.actors import Actor
from mulin.kernel.models import Entry
from mulin.places.queries import names_of
from mulin.voices import masking, queries
from mulin.voices.actions.matter import ANSWER_KEPT
from mulin.voices.categories import catalogue
from mulin.voices.models import Matter, Photo
from mulin.voices.states import CHANNEL_WORDS, kind_word
from mulin.voices.understanding import mask

FIELDS = policy.Fields(place="place", grid="grid", building="building")
TABS = {
    "asked": gettext_lazy("待审核"),
    "answer": gettext_lazy("答复待公开"),
    "shown": gettext_lazy("已公开"),
    "hidden": gettext_lazy("不公开"),
}
# What somebody still has to do: these tabs say how much, and begin with what has waited longest.
COUNTED = ("asked", "answer")
SPAN_WORDS = {
    "id_number": gettext_lazy("证件号"),
    "bank_card": gettext_lazy("银行卡号"),
    "mobile": pgettext_lazy("in a sentence", "手机号"),
    "landline": gettext_lazy("电话"),
    "email": gettext_lazy("邮箱"),
    "plate": gettext_lazy("车牌"),
    "messenger": gettext_lazy("聊天账号"),
    "door": pgettext_lazy("in a sentence", "门牌"),
    "name": pgettext_lazy("in a sentence", "姓名"),
}


# States in which the answer to a case stands.
ANSWERED = ("done", "confirmed", "closed")


def queue(actor: Actor, tab: str) -> QuerySet[Matter]:
    """Matters whose publication the actor decides: those in one state, or `answer`: shown ones whose case has
    been answered, while nobody decided whether everyone reads that answer. A case that is worked on again
    takes its answer out of the public, so its next one comes up here too."""
    allowed = policy.visible(actor, "voices.matter:publish", FIELDS)
    rows = queries.visible_matters(actor).filter(allowed, restriction="", merged_into=None)
    if tab != "answer":
        return rows.filter(publication=tab)
    answered = Case.objects.filter(matter=OuterRef("pk"), state__in=ANSWERED).exclude(reply="")
    answered = answered.filter(~Exists(_kept(OuterRef("matter"), OuterRef("done_at"))))
    return rows.filter(Exists(answered), publication="shown", public_answer="")


def _kept(matter: Any, since: Any) -> QuerySet[Entry]:
    """The decisions that an answer stays with those who asked, since it was given."""
    return Entry.objects.filter(matter=matter, code=ANSWER_KEPT, at__gte=since)


def answer_of(matter: Matter) -> str:
    """The answer that stands and that everyone may be shown; empty while the work goes on, and where somebody
    decided to keep it."""
    case = Case.objects.filter(matter=matter, state__in=ANSWERED).only("reply", "done_at").first()
    if case is None or (case.done_at and _kept(matter.pk, case.done_at).exists()):
        return ""
    return case.reply


@dataclass(frozen=True, slots=True)
class Queue:
    """A tab of the queue."""

    tab: str
    rows: list[Row]
    next: str | None
    counts: dict[str, str]


def listed(actor: Actor, tab: str, cursor: str | None, current: str = "") -> Queue:
    """A page of the queue as rows, in a few statements."""
    tab = tab if tab in TABS else "asked"
    found = queue(actor, tab)
    order = ("id",) if tab in COUNTED else ("-id",)
    page = paging.page(found, order=order, size=50, cursor=cursor)
    names = names_of(matter.place for matter in page.items)
    rows = [_row(matter, names, current, tab) for matter in page.items]
    counts = {}
    for name in COUNTED:
        whole = name == tab and not cursor and page.next is None
        n = len(rows) if whole else queue(actor, name).order_by()[: MOST_COUNTED + 1].count()
        counts[name] = _capped(n)
    return Queue(tab, rows, page.next, counts)


def _row(matter: Matter, names: dict[str, str], current: str, tab: str) -> Row:
    badge = {
        "asked": {"label": kind_word(matter.kind), "icon": "voice", "code": matter.kind},
        "answer": {"label": _("答复还没公开"), "icon": "voice", "tone": "wait", "code": "answer"},
        "shown": {"label": _("已公开"), "icon": "eye", "tone": "done", "code": "shown"},
        "hidden": {"label": _("不公开"), "icon": "eye-off", "code": "hidden"},
    }[tab]
    suffix = "" if tab == "asked" else f"?tab={tab}"
    return Row(
        url=reverse("desk:publication-one", args=[matter.number]) + suffix,
        number=matter.number,
        title=mask(matter.public_title or matter.title),
        state=badge,
        clock=None,
        meta=(names.get(matter.place, ""), catalogue().name(matter.category), words.when(matter.created_at)),
        current=matter.number == current,
    )


def tabs(found: Queue) -> list[dict[str, Any]]:
    url = reverse("desk:publication")
    return [
        {
            "label": label,
            "url": url if name == "asked" else f"{url}?tab={name}",
            "current": name == found.tab,
            "count": found.counts.get(name),
        }
        for name, label in TABS.items()
    ]


def pieces(text: str) -> list[dict[str, Any]]:
    """The text in pieces; those that are personal data are covered and say what they were."""
    found: list[dict[str, Any]] = []
    at = 0
    for span in masking.find(text):
        if span.start > at:
            found.append({"text": text[at : span.start], "kind": ""})
        found.append(
            {"text": "*" * min(span.end - span.start, 11), "kind": SPAN_WORDS.get(span.kind, span.kind)}
        )
        at = span.end
    if at < len(text):
        found.append({"text": text[at:], "kind": ""})
    return found


def material(actor: Actor, matter: Matter) -> dict[str, Any]:
    """All that the decision is made from: what each person said, and every photo."""
    voices = queries.voices_of(actor, matter)
    photos = [photo(row) for row in Photo.objects.filter(matter=matter).order_by("id")]
    return {
        "said": [
            {
                "pieces": pieces(voice.text),
                "channel": CHANNEL_WORDS.get(voice.channel, voice.channel),
                "when": words.when(voice.created_at),
            }
            for voice in voices
            if voice.state == "received"
        ],
        "photos": photos,
        "place": names_of([matter.place]).get(matter.place, ""),
        "category": catalogue().name(matter.category) if matter.category else "",
        "kind": kind_word(matter.kind),
    }


def can_keep(matter: Matter) -> bool:
    """Whether there is an answer to decide on: one that is public, or one that waits to be."""
    is_shown = matter.publication == "shown" and matter.way == "case"
    return is_shown and bool(matter.public_answer or answer_of(matter))


def prefill(actor: Actor, matter: Matter) -> dict[str, Any]:
    """What the form begins with: the first voice with its personal data covered, the answer likewise."""
    first = next((v for v in queries.voices_of(actor, matter) if v.state == "received"), None)
    return {
        "title": matter.public_title or mask(matter.title),
        "text": matter.public_text or (mask(first.text) if first else ""),
        "answer": matter.public_answer or mask(answer_of(matter)),
        "photos": [
            str(pk)
            for pk in Photo.objects.filter(matter=matter, is_approved=True).values_list("pk", flat=True)
        ],
    }


def following(actor: Actor, after: UUID, tab: str = "asked") -> Matter | None:
    """The next one that waits, so that one decision leads to the next."""
    rows = queue(actor, tab if tab in COUNTED else "asked").order_by("id")
    return rows.filter(pk__gt=after).first() or rows.first()
