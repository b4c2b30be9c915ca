"""The canvass as a typed step of a process. Settings: `target`, the share of households to win ("9/10")."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.councils.canvasses import closing, curves, reading, setup
from mulin.councils.canvasses.models import Canvass
from mulin.councils.steps import Progress, SettingError, Settings, StepKind, only
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError


def _settings(raw: Settings) -> Settings:
    found = dict(only(raw, target="9/10"))
    try:
        found["target"] = setup.target_share(found["target"])
    except ActionError as error:
        raise SettingError(f'target: expected a share such as "9/10", not {found["target"]!r}') from error
    return found


def of_step(step: Any) -> Canvass | None:
    """The canvass that a step made."""
    return Canvass.objects.filter(pk=step.record).first() if step.record else None


def _begin(*, actor: Actor, topic: Any, step: Any) -> UUID:
    """A canvass in preparation, led by who began the step: households and people are still to come."""
    made = setup.make(
        actor=actor, place=topic.place, site=topic.site, org=topic.org, topic=topic, step=step,
        title=topic.title[: setup.TITLE_LENGTH], purpose=topic.summary[: setup.PURPOSE_LENGTH],
        target=step.settings.get("target", "9/10"), ends_on=step.ends_on,
    )  # fmt: skip
    return made.pk


def _progress(topic: Any, step: Any) -> Progress:
    found = of_step(step)
    if found is None or found.state == "planned":
        return Progress(
            line=_("正在准备走访。"),
            missing=(_("敲门行动还没有开始。先把住户和走访的人放进去，再开始。"),),
        )
    agree, of = reading.support(found)
    is_reached = reading.reached(found, agree, of)
    shown = reading.board(found, is_public=True)
    words = {"share": shown.label, "target": shown.target}
    if found.state == "running":
        missing = () if is_reached else (_("支持的还不到目标。不再走访的话，请先结束敲门行动。"),)
        line = _("熟人正在走访，支持%(share)s，希望到%(target)s。这不是法定表决。") % words
        return Progress(line=line, invites=True, missing=missing, result=_result(found, is_reached))
    line = _("走访结束了：支持%(share)s，当初希望到%(target)s。这不是法定表决。") % words
    return Progress(line=line, outcome=line, result=_result(found, is_reached))


def _result(found: Canvass, is_reached: bool) -> dict[str, Any]:
    """For the steps behind it: no figures by building, for they are read by everybody."""
    rows = curves.standing(found).values()
    households = sum(sum(row.values()) for row in rows)
    return {"canvass": {"number": found.number, "is_reached": is_reached, "households": households}}


def _end(*, actor: Actor, topic: Any, step: Any, is_stopped: bool = False) -> None:
    if found := of_step(step):
        closing.end_with_topic(actor=actor, found=found, is_stopped=is_stopped)


def _stop(*, actor: Actor, topic: Any, step: Any) -> None:
    _end(actor=actor, topic=topic, step=step, is_stopped=True)


def _desk_url(topic: Any, step: Any) -> str:
    found = of_step(step)
    return reverse("councils_desk:canvass", args=[found.number]) if found else ""


def _public_url(topic: Any, step: Any) -> str:
    found = of_step(step)
    is_shown = found is not None and found.state != "planned"
    return reverse("councils:canvass", args=[found.number]) if is_shown else ""


KIND = StepKind(
    code="canvass",
    title=gettext_lazy("敲门行动"),
    icon="home",
    settings=_settings,
    begin=_begin,
    progress=_progress,
    desk_url=_desk_url,
    public_url=_public_url,
    end=_end,
    stop=_stop,
)
