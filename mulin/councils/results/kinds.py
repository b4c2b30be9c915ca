"""The kinds of steps of this part: study, options, publish, works, rate. What a process file may say of each
is in their `settings`; docs/processes.md lists the keys."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from mulin.councils.results import queries, ratings, sources
from mulin.councils.results.models import Resolution, TopicOption, Work
from mulin.councils.results.words import on_day
from mulin.councils.steps import Progress, SettingError, Settings, StepKind, only
from mulin.councils.topics.models import Step, Topic
from mulin.kernel.actors import Actor
from mulin.kernel.numbers import new_number

MOST_KEY, MOST_TITLE, MOST_DAYS = 32, 200, 365


def _page(name: str, *, desk: bool = False) -> Callable[[Topic, Step], str]:
    """Where a step of this part is worked on, and where everybody follows it."""
    names = f"councils{'_desk' if desk else ''}:{name}"
    return lambda topic, step: f"{reverse(names, args=[topic.number])}?step={step.key}"


# study ------------------------------------------------------------------------------------------------


def study_settings(raw: Settings) -> Settings:
    """`questions`: what is to be found out, texts or tables {key, title, title_en}."""
    found = dict(only(raw, questions=[]))
    questions = []
    for n, one in enumerate(found["questions"], 1):
        row = {"title": one} if isinstance(one, str) else one
        if not isinstance(row, dict) or not isinstance(row.get("title"), str) or not row["title"]:
            raise SettingError("questions: each is a text, or a table with a title")
        if unknown := sorted(set(row) - {"key", "title", "title_en"}):
            raise SettingError(f"questions: {unknown[0]} is not one of key, title, title_en")
        key, english = row.get("key", f"q{n}"), row.get("title_en", "")
        if not isinstance(key, str) or not 0 < len(key) <= MOST_KEY or not isinstance(english, str):
            raise SettingError(f"questions: key (1 to {MOST_KEY} characters) and title_en are texts")
        if max(len(row["title"]), len(english)) > MOST_TITLE:
            raise SettingError(f"questions: a title has at most {MOST_TITLE} characters")
        questions.append({"key": key, "title": row["title"], "title_en": english})
    if len({row["key"] for row in questions}) < len(questions):
        raise SettingError("questions: two have the same key")
    found["questions"] = questions
    return found


def study_begin(*, actor: Actor, topic: Topic, step: Step) -> UUID | None:
    return None


def study_progress(topic: Topic, step: Step) -> Progress:
    questions = queries.study_questions(step)
    answered = queries.answered_keys(step)
    missing = tuple(
        _("还没有查清：%(question)s") % {"question": titled(one)}
        for one in questions
        if one["key"] not in answered
    )
    n = topic.findings.filter(step=step).count()
    if not questions and not n:
        missing = (_("还没有写下查到的情况。"),)
    line = (
        ngettext("写下了 %(n)s 条查到的情况", "写下了 %(n)s 条查到的情况", n) % {"n": n}
        if n
        else _("正在摸底")
    )
    done = len(questions) - len([one for one in questions if one["key"] not in answered])
    if questions:
        line = _("要查清 %(all)s 件事，查清了 %(done)s 件") % {"all": len(questions), "done": done}
    return Progress(line=line, missing=missing, outcome=line if n else "")


def titled(row: dict[str, Any]) -> str:
    """A question's or an option's title in the current language."""
    return row.get("title_en") or row["title"] if get_language() == "en" else row["title"]


# options ----------------------------------------------------------------------------------------------


def options_settings(raw: Settings) -> Settings:
    """`least`, `most`: how many options; `residents`: they may propose some; `costed`: each needs a cost;
    `options_from`: the step whose options (or winners) are the beginning."""
    found = only(raw, least=2, most=12, residents=True, costed=True, options_from="")
    if not 1 <= found["least"] <= found["most"] <= 50:
        raise SettingError("least, most: 1 to 50, and least is not larger")
    return found


def options_begin(*, actor: Actor, topic: Topic, step: Step) -> UUID | None:
    """Begin with the options of an earlier step, where the process says so."""
    rows = sources.options(topic, step.settings.get("options_from", ""))
    TopicOption.objects.bulk_create(
        TopicOption(
            topic=topic, step=step, position=n, key=str(row["key"])[:32], title=row["title"][:60],
            text=row.get("text", ""), cost=row.get("cost"), gains=row.get("gains", "")[:300],
            loses=row.get("loses", "")[:300], picture=row.get("picture", ""),
        )
        for n, row in enumerate(rows)
        if not step.options.filter(key=str(row["key"])[:32]).exists()
    )  # fmt: skip
    return None


def options_progress(topic: Topic, step: Step) -> Progress:
    settings = {"least": 2, "most": 12, "costed": True, "residents": True, **step.settings}
    rows = list(step.options.filter(state="accepted").order_by("position", "id"))
    waiting = step.options.filter(state="proposed").count()
    n = len(rows)
    missing = []
    if n < settings["least"]:
        missing.append(
            _("至少要有 %(least)s 个方案，现在有 %(n)s 个。") % {"least": settings["least"], "n": n}
        )
    if n > settings["most"]:
        missing.append(_("最多 %(most)s 个方案，现在有 %(n)s 个。") % {"most": settings["most"], "n": n})
    if settings["costed"]:
        missing += [
            _("方案“%(title)s”还没有写费用；不花钱的写0。") % {"title": one.title}
            for one in rows
            if one.cost is None
        ]
    if waiting:
        missing.append(_("还有 %(n)s 个居民提的方案等核对。") % {"n": waiting})
    line = ngettext("有 %(n)s 个方案", "有 %(n)s 个方案", n) % {"n": n} if n else _("正在征集方案")
    return Progress(
        line=line,
        invites=step.state == "open" and bool(settings["residents"]),
        missing=tuple(missing),
        outcome=_("定下 %(n)s 个方案供选择：%(titles)s")
        % {"n": n, "titles": "；".join(o.title for o in rows)}
        if n
        else "",
        result={"options": [queries.as_row(one) for one in rows]},
    )


def options_end(*, actor: Actor, topic: Topic, step: Step) -> None:
    """What nobody has decided about does not become a choice."""
    step.options.filter(state="proposed").update(state="declined", reason=_("征集结束时还没有核对"))


# publish ----------------------------------------------------------------------------------------------


def publish_settings(raw: Settings) -> Settings:
    """`options_from`: the step whose options and winners stand in the resolution; empty: the last that has
    some. `posted_days`: how long it is posted, 0: as the rule says."""
    found = only(raw, options_from="", posted_days=0)
    if not 0 <= found["posted_days"] <= MOST_DAYS:
        raise SettingError(f"posted_days: 0 to {MOST_DAYS}")
    return found


def publish_begin(*, actor: Actor, topic: Topic, step: Step) -> UUID | None:
    """A draft with all that is known; one that was begun earlier for this topic goes on."""
    found = Resolution.objects.filter(topic=topic, state="draft", step=None).order_by("id").first()
    resolution = found or Resolution(number=new_number(), topic=topic)
    sources.fill(resolution, topic, step)
    resolution.step = step
    resolution.save()
    Work.objects.filter(topic=topic, resolution=None).update(resolution=resolution)
    return resolution.pk


def publish_progress(topic: Topic, step: Step) -> Progress:
    resolution = Resolution.objects.filter(pk=step.record).first() if step.record else None
    if resolution is None:
        return Progress(missing=(_("还没有起草决议。"),))
    if resolution.state != "published":
        return Progress(line=_("正在写决议"), missing=(_("决议还没有公布。"),))
    until = on_day(resolution.posted_until)
    line = _("决议公布了，公示到%(day)s") % {"day": until}
    return Progress(
        line=line,
        outcome=_("决议：%(decision)s") % {"decision": resolution.decision[:300]},
        result={
            "options": resolution.options,
            "winners": [row["key"] for row in resolution.options if row.get("chosen")],
            "resolution": resolution.number,
        },
    )


def _resolution_url(*, desk: bool):
    def url(topic: Topic, step: Step) -> str:
        found = Resolution.objects.filter(pk=step.record).first() if step.record else None
        if desk:
            return reverse("councils_desk:resolution", args=[found.number]) if found else ""
        shown = found is not None and found.state != "draft"
        return reverse("councils:resolution", args=[found.number]) if shown else ""

    return url


# works ------------------------------------------------------------------------------------------------


def works_settings(raw: Settings) -> Settings:
    """No keys: the works are those of the topic's resolution, and what is added on the way."""
    return only(raw)


def works_progress(topic: Topic, step: Step) -> Progress:
    rows = queries.works_of_topic(topic)
    left = [one for one in rows if one.is_open]
    missing = tuple(_("还没有做完：%(title)s") % {"title": one.title} for one in left)
    if not rows:
        missing = (_("还没有列出要办的事。"),)
    done = len([one for one in rows if one.state == "done"])
    line = (
        _("要办 %(all)s 件，办完 %(done)s 件") % {"all": len(rows), "done": done}
        if rows
        else _("正在安排怎么办")
    )
    if late := len([one for one in left if one.is_late()]):
        line += "，" + _("%(n)s 件过了说好的日子") % {"n": late}
    return Progress(line=line, missing=missing, outcome=line if rows else "")


# rate -------------------------------------------------------------------------------------------------


def rate_settings(raw: Settings) -> Settings:
    """`once`: one rating a browser (`device`), or one a household by a printed code (`household`). They are
    taken until the day on which the step should end."""
    found = only(raw, once="device")
    if found["once"] not in ("device", "household"):
        raise SettingError("once: device or household")
    return found


def rate_progress(topic: Topic, step: Step) -> Progress:
    found = ratings.of_step(step)
    if found is None:
        return Progress(missing=(_("评价还没有开始。"),))
    takes = ratings.takes(found)
    if not step.data.get("conclusion"):
        n = ratings.returned(found)
        until = on_day(found.closes_on)
        line = (
            _("%(day)s前请大家评一评，收到 %(n)s 份") % {"day": until, "n": n}
            if takes
            else _("评价收完了，正在整理")
        )
        return Progress(line=line, invites=takes, missing=(_("评价结果还没有公布。"),))
    shown = ratings.shown(step)
    return Progress(line=shown.line, outcome=shown.line, result={"rating": shown.as_json()})


def rate_stop(*, actor: Actor, topic: Topic, step: Step) -> None:
    ratings.stop(step)


STEP_KINDS = (
    StepKind(
        code="study", title=gettext_lazy("摸底"), icon="search", settings=study_settings, begin=study_begin,
        progress=study_progress, desk_url=_page("result-study", desk=True), public_url=_page("result-study"),
    ),
    StepKind(
        code="options", title=gettext_lazy("方案"), icon="list", settings=options_settings,
        begin=options_begin, progress=options_progress, end=options_end, stop=options_end,
        desk_url=_page("result-options", desk=True), public_url=_page("result-options"),
    ),
    StepKind(
        code="publish", title=pgettext_lazy("one", "决议"), icon="document", settings=publish_settings,
        begin=publish_begin, progress=publish_progress, desk_url=_resolution_url(desk=True),
        public_url=_resolution_url(desk=False),
    ),
    StepKind(
        code="works", title=gettext_lazy("落实"), icon="settings", settings=works_settings,
        begin=study_begin, progress=works_progress, desk_url=_page("result-works", desk=True),
        public_url=_page("result-works"),
    ),
    StepKind(
        code="rate", title=gettext_lazy("评价"), icon="star", settings=rate_settings, begin=ratings.begin,
        progress=rate_progress, end=ratings.end, stop=rate_stop,
        desk_url=_page("result-rating", desk=True), public_url=_page("result-rating"),
    ),
)  # fmt: skip
