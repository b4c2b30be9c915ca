"""Needs at the desk."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.kernel.context import actor_of
from mulin.kernel.door import needs as may
from mulin.kernel.onward import onward
from mulin.kernel.pages import page, posted, run, tried
from mulin.mutualaid.matching import access, actions, candidates, forms, queries, showing, states, wording
from mulin.mutualaid.matching.actions.needs import get_matter
from mulin.mutualaid.matching.catalogue import kinds
from mulin.mutualaid.matching.desk_base import filters, form_page, tabs
from mulin.mutualaid.matching.models import AidHelper, AidNeed
from mulin.places.queries import names_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
NEEDS = may(access.MANAGE_NEED)


def _need(request: HttpRequest, number: str) -> AidNeed:
    """A need where the actor matches; one's own is read on the residents' pages."""
    return access.one(queries.needs_at_desk(actor_of(request)), number)


@require_safe
@NEEDS
def needs(request: HttpRequest) -> HttpResponse:
    """Who waits, the longest wait first."""
    actor = actor_of(request)
    names = {"asked": _("在找人"), "matched": _("找到了"), "closed": _("结束的")}
    show = request.GET.get("show") if request.GET.get("show") in names else "asked"
    kind = request.GET.get("kind", "")
    found = queries.needs_at_desk(actor).filter(state=show)
    if kind in kinds():
        found = found.filter(kind=kind)
    order = ("waits_since", "id") if show == "asked" else ("-id",)
    listed = onward(request, found.prefetch_related("consents"), order=order)
    rows = listed.rows
    places = names_of({one.place for one in rows})
    context = {
        "rows": [{**showing.need(one, desk=True), "place": places.get(one.place, "")} for one in rows],
        "list": listed,
        "tabs": tabs(request, names, show),
        "filters": filters(request, show, kind),
        "is_narrow": bool(kind),
        "show": show,
        "incidents": queries.incidents_at_desk(actor).filter(state="open").count(),
        "here": "aid",
    }
    return page(request, "mutualaid/matching/desk_needs.html", context)


@FORM
@NEEDS
def need_new(request: HttpRequest) -> HttpResponse:
    """For somebody who called or came."""
    actor = actor_of(request)
    form = forms.EnterNeed(actor, posted(request))
    made: list[AidNeed] = []
    if tried(request, form, lambda: made.append(actions.enter_need(actor=actor, **form.values()))):
        return redirect("aid_desk:need", made[0].number)
    back = ("aid_desk:needs",)
    return form_page(request, form, _("登记一条求助"), _("登记"), back, pgettext("list", "求助"))


@FORM
@NEEDS
def needs_plan(request: HttpRequest) -> HttpResponse:
    """One suggestion for each that waits."""
    actor = actor_of(request)
    form = forms.Place(actor, posted(request))
    done: list[tuple[int, int]] = []
    if tried(request, form, lambda: done.append(actions.plan_needs(actor=actor, **form.cleaned_data))):
        n, of = done[0]
        messages.success(
            request, _("%(of)s 条可以配的里有 %(n)s 条有了建议，逐条看过再去问。") % {"n": n, "of": of}
        )
        return redirect("aid_desk:needs")
    text = _(
        "把在等的求助和在岗的邻居放在一起看，让尽可能多的家庭有人帮，谁也不超过自己说的家数。只是建议，没有问任何人。"
    )
    back = ("aid_desk:needs",)
    return form_page(request, form, _("一起配一配"), _("开始配"), back, pgettext("list", "求助"), text=text)


@FORM
@NEEDS
def need_take(request: HttpRequest, number: str) -> HttpResponse:
    """A wish, an offer or a call for help goes this way."""
    actor = actor_of(request)
    matter = get_matter(actor, number)
    form = forms.Text(_("给本人的答复"), posted(request))
    made: list[Any] = []

    def take() -> None:
        made.extend(actions.take_matter(actor=actor, number=matter.number, **form.cleaned_data))

    if tried(request, form, take):
        first = made[0]
        kind = "helper" if isinstance(first, AidHelper) else "need"
        return redirect(f"aid_desk:{kind}", first.number)
    text = _("每个人说的各成一条，只有本人和社区看得到；这句答复马上发给他们。")
    back = ("aid_desk:needs",)
    return form_page(
        request,
        form,
        pgettext("button", "转到邻里互助"),
        _("转过来并答复"),
        back,
        pgettext("list", "求助"),
        lead=matter.title,
        text=text,
    )


@require_safe
@NEEDS
def need(request: HttpRequest, number: str) -> HttpResponse:
    """One need: what is missing, who was suggested and why, whom to ask."""
    found = _need(request, number)
    live = found.matches.filter(state__in=states.LIVE).select_related("need", "helper").first()
    child = candidates.with_child(found)
    consent = candidates.consent_of(found)
    context = {
        **showing.need_facts(found),
        "is_open": found.state != "closed",
        "incomplete": not found.kind or not found.windows,
        "needs_consent": child and consent is None,
        "consent_words": states.CONSENTS[consent.form] if consent else "",
        "match": showing.match(live, desk=True) if live else None,
        "can_suggest": found.state == "asked" and live is None,
        "offers": showing.offers(found) if live is None else [],
        # A search that found nobody leaves no row: its own address says that it was made.
        "searched": "searched" in request.GET or found.offers.exists(),
        "unchecked": candidates.unchecked(found),
        "before": [showing.match(one, desk=True) for one in _before(found)],
        "give_backs": found.give_backs.select_related("grew").order_by("-on", "-id"),
        "was_helped": found.matches.filter(begun_on__isnull=False).exists(),
        "waits_until": queries.wait_ends(found),
        "matter_url": showing.matter_url(found),
        "here": "aid",
    }
    return page(request, "mutualaid/matching/desk_need.html", context)


def _before(found: AidNeed) -> Any:
    return found.matches.filter(state="closed").select_related("need", "helper").order_by("-id")


@FORM
@NEEDS
def need_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Sort it, other times."""
    found = _need(request, number)
    actor = actor_of(request)
    form = forms.Need(found.place, found, posted(request))
    if tried(request, form, lambda: actions.edit_need(actor=actor, number=found.number, **form.values())):
        messages.success(request, _("已保存。"))
        return redirect("aid_desk:need", found.number)
    back = ("aid_desk:need", found.number)
    return form_page(request, form, _("改求助"), _("保存"), back, found.name, quote=found.text)


@require_POST
@NEEDS
def need_suggest(request: HttpRequest, number: str) -> HttpResponse:
    """Look for helpers; who is shown is written down."""
    found = _need(request, number)
    actor = actor_of(request)
    run(request, lambda: actions.suggest_helpers(actor=actor, number=found.number), _("找过了，看看下面。"))
    return redirect(f"{reverse('aid_desk:need', args=[found.number])}?searched=1#offers")


@FORM
@NEEDS
def need_propose(request: HttpRequest, number: str, offer: UUID) -> HttpResponse:
    """Ask one of them, and the family."""
    found = _need(request, number)
    actor = actor_of(request)
    shown = access.by_id(found.offers.select_related("helper"), offer)
    form = forms.Propose(found, candidates.with_child(found), posted(request))
    made: list[Any] = []

    def ask() -> None:
        said = form.cleaned_data
        made.append(actions.propose_match(actor=actor, number=found.number, offer=shown.pk, **said))

    if tried(request, form, ask):
        messages.success(request, _("问了双方。电话里答应的，在这里替他们记下。"))
        return redirect("aid_desk:match", made[0].number)
    back = ("aid_desk:need", found.number)
    lead = f"{shown.helper.name} → {found.name}"
    return form_page(request, form, _("问双方愿不愿意"), _("去问"), back, found.name, lead=lead)


@FORM
@NEEDS
def need_consent(request: HttpRequest, number: str) -> HttpResponse:
    """The paper that a parent signed."""
    found = _need(request, number)
    actor = actor_of(request)
    form = forms.Given(posted(request))
    if tried(
        request, form, lambda: actions.take_consent(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("家长的同意记下了。纸质的请收好。"))
        return redirect("aid_desk:need", found.number)
    text = _("家长本人签字的同意书收到以后再登记。可以先打印一份空的给家长看。")
    back = ("aid_desk:need", found.number)
    return form_page(request, form, _("登记家长同意书"), _("登记"), back, found.name, text=text)


@require_safe
@NEEDS
def need_consent_print(request: HttpRequest, number: str) -> HttpResponse:
    """The paper to be signed."""
    found = _need(request, number)
    rules = [text for _code, text in wording.entries("aid.safe", found.place)]
    back = reverse("aid_desk:need", args=[found.number])
    context = {**showing.need_facts(found), "rules": rules, "back": back}
    return render(request, "mutualaid/matching/consent_print.html", context)


@require_POST
@NEEDS
def need_consent_end(request: HttpRequest, number: str) -> HttpResponse:
    """The parent took it back."""
    found = _need(request, number)
    actor = actor_of(request)
    said = _("同意收回了，在做的先停下。")
    run(request, lambda: actions.withdraw_consent(actor=actor, number=found.number), said)
    return redirect("aid_desk:need", found.number)


@FORM
@NEEDS
def need_close(request: HttpRequest, number: str) -> HttpResponse:
    """It ends."""
    found = _need(request, number)
    actor = actor_of(request)
    form = forms.Why(posted(request))
    if tried(
        request, form, lambda: actions.close_need(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("这条求助结束了。"))
        return redirect("aid_desk:needs")
    back = ("aid_desk:need", found.number)
    return form_page(request, form, _("结束求助"), _("结束"), back, found.name)


@FORM
@NEEDS
def need_giveback(request: HttpRequest, number: str) -> HttpResponse:
    """What the family did for others."""
    found = _need(request, number)
    actor = actor_of(request)
    form = forms.GiveBack(posted(request))
    if tried(
        request, form, lambda: actions.note_give_back(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("记下了。"))
        return redirect("aid_desk:need", found.number)
    back = ("aid_desk:need", found.number)
    return form_page(request, form, _("记一次回馈"), _("记下来"), back, found.name)
