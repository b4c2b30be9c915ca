"""Today, on a phone: what burns in my grid, the next move under the thumb, and reporting on the spot."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mulin.desk import pickers, recording
from mulin.desk.pages import places_of
from mulin.desk.reading.today import today as read_today
from mulin.desk.views.enter import EnterForm
from mulin.kernel import policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import desk
from mulin.kernel.numbers import clean_number
from mulin.kernel.pages import page
from mulin.places.queries import names_of


@require_safe
@desk
def today(request: HttpRequest) -> HttpResponse:
    """One page for the day, made for one hand and a bad line."""
    actor = actor_of(request)
    found = read_today(actor)
    community = pickers.home_community(actor) or pickers.first_value(pickers.communities(actor))
    context = {
        **found,
        "where": list(names_of(places_of(actor)).values()),
        "rail": {"inbox": found["waiting"]},
        "key": recording.new_key(),
        "done": clean_number(request.GET.get("done", ""))[:12],
    }
    if policy.can_somewhere(actor, "voices.voice:submit_for") and community:
        context["form"] = EnterForm(actor, community, initial={"place": community, "channel": "patrol"})
        context["community"] = community
    return page(request, "desk/today.html", context)
