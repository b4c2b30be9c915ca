"""Many voices in one go: at a 院坝会, and from a building's chat pasted as text."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mulin.desk import chat, pickers, recording, words
from mulin.desk.recording import Row
from mulin.desk.views.enter import community_of
from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, posted
from mulin.voices.states import KIND_WORDS

FORM = require_http_methods(["GET", "HEAD", "POST"])
ENTER = needs("voices.voice:submit_for")
ROWS = 6
MOST_ROWS = 200


class WhereForm(forms.Form):
    """Where the meeting or the chat is at home; and when it was."""

    place = forms.ChoiceField(label=gettext_lazy("社区"))
    building = forms.ChoiceField(label=gettext_lazy("楼栋或网格"), required=False)
    held_at = forms.DateTimeField(
        label=gettext_lazy("什么时候开的会"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    consent = forms.BooleanField(
        label=gettext_lazy("留了联系方式的人都同意，只用来办他们的事"), required=False
    )

    def __init__(self, actor: Actor, community: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = pickers.place_choices(actor, community)
        self.fields["building"].choices = pickers.site_choices(community)


def read_rows(data: Any, *, ticked_only: bool = False) -> list[Row]:
    """The rows of the form: `key`, `text`, `kind`, `contact`, `at` stand beside each other by their order."""
    keys = data.getlist("key")[:MOST_ROWS]
    columns = {name: data.getlist(name) for name in ("text", "kind", "contact", "at", "sender")}
    ticked = set(data.getlist("tick"))
    rows = []
    for n, key in enumerate(keys):
        given = {name: values[n].strip() if n < len(values) else "" for name, values in columns.items()}
        at = given.pop("at")
        is_ticked = not ticked_only or key in ticked
        rows.append(Row(key=key[:80], happened_at=_moment(at), is_ticked=is_ticked, **given))
    return rows


def _moment(text: str) -> datetime | None:
    try:
        return _aware(datetime.fromisoformat(text)) if text else None
    except ValueError:
        return None


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=clock.zone()) if moment and moment.tzinfo is None else moment


def _blank(n: int) -> list[Row]:
    return [Row(key=recording.new_key()) for _row in range(n)]


def _finish(request: HttpRequest, receipts: list[Any]) -> HttpResponse:
    numbers = recording.keep_receipts(request, receipts)
    messages.success(request, _("%(n)s 条都已登记，每条有自己的编号。") % {"n": len(numbers)})
    return redirect(f"{reverse('desk:entered')}?{urlencode({'n': numbers}, doseq=True)}")


@FORM
@ENTER
def enter_many(request: HttpRequest) -> HttpResponse:
    """A table of rows: each becomes its own voice; what could not be taken stays with its reason."""
    actor = actor_of(request)
    community = community_of(request, actor)
    start = {"place": community, "held_at": clock.now().astimezone(clock.zone())}
    posting = request.method == "POST" and "more" not in request.POST and "look" not in request.POST
    form = WhereForm(actor, community, posted(request), initial=start)
    rows = read_rows(request.POST) if request.method == "POST" else _blank(ROWS)
    status, done = 200, []
    if posting:
        status = 422
        filled = [row for row in rows if row.text or row.contact]
        if not filled:
            form.add_error(None, _("请至少写一条。"))
        elif any(row.contact for row in filled) and "consent" not in request.POST:
            form.add_error("consent", _("留联系方式要本人同意；不同意就不填，也一样办。"))
        elif form.is_valid():
            done, rows = _record(actor, filled, form.cleaned_data, "courtyard")
            if not rows:
                return _finish(request, done)
            recording.keep_receipts(request, done)
            form.add_error(None, _("下面几条还没有登记，改好再送；其余的已经登记。"))
    elif request.method == "POST":
        rows += _blank(ROWS) if "more" in request.POST else []
    context = {
        "form": form,
        "rows": rows or _blank(ROWS),
        "kinds": _kinds(),
        "done": [one.voice.number for one in done],
        "blank_key": recording.new_key(),
    }
    return page(request, "desk/enter_many.html", context, status=status)


def _kinds() -> list[tuple[str, Any]]:
    return [(code, spoken[0]) for code, spoken in KIND_WORDS.items()]


def _record(actor: Actor, rows: list[Row], data: dict[str, Any], channel: str) -> tuple[list[Any], list[Row]]:
    held = data.get("held_at")
    rows = [
        row if row.happened_at or not held else Row(**{**_asdict(row), "happened_at": held}) for row in rows
    ]
    return recording.record_rows(
        actor, rows, place=data["place"], channel=channel, building=data.get("building", "")
    )


def _asdict(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Row.__slots__}


@FORM
@ENTER
def enter_chat(request: HttpRequest) -> HttpResponse:
    """Paste the chat, tick what is a voice, send: one submission each."""
    actor = actor_of(request)
    community = community_of(request, actor)
    form = WhereForm(actor, community, posted(request), initial={"place": community})
    form.fields.pop("held_at")
    form.fields.pop("consent")
    pasted = request.POST.get("chat", "")[:100_000]
    rows: list[Row] = []
    status, done = 200, []
    if request.method == "POST" and "chat" in request.POST:
        rows = parsed(pasted)
        if not rows:
            form.add_error(None, _("没有读出消息。请把群里的文字整段复制过来。"))
            status = 422
    elif request.method == "POST":
        status = 422
        rows = read_rows(request.POST, ticked_only=True)
        chosen = [row for row in rows if row.is_ticked]
        if not chosen:
            form.add_error(None, _("请勾选哪几条是诉求。"))
        elif form.is_valid():
            done, left = _record(actor, chosen, form.cleaned_data, "chat")
            if not left:
                return _finish(request, done)
            recording.keep_receipts(request, done)
            rows = left
            form.add_error(None, _("下面几条还没有登记，改好再送；其余的已经登记。"))
    context = {
        "form": form,
        "rows": [(row, words.when(row.happened_at)) for row in rows],
        "kinds": _kinds(),
        "pasted": pasted,
        "done": [one.voice.number for one in done],
    }
    return page(request, "desk/enter_chat.html", context, status=status)


def parsed(text: str) -> list[Row]:
    """The messages of a chat as rows, likely ones ticked."""
    return [
        Row(
            key=recording.new_key(),
            text=message.text,
            happened_at=message.at,
            sender=message.sender,
            is_ticked=message.is_likely,
        )
        for message in chat.parse(text, clock.now())
    ]


@require_safe
@ENTER
def entered(request: HttpRequest) -> HttpResponse:
    """What was just recorded, to print and to open."""
    numbers = [
        number for number in request.GET.getlist("n") if number in request.session.get(recording.SESSION, {})
    ]
    if not numbers:
        raise ActionError("nothing-here", _("这里没有刚才登记的内容。"))
    context = {"numbers": numbers, "print_query": urlencode({"n": numbers}, doseq=True)}
    return page(request, "desk/entered.html", context)
