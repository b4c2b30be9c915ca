"""Part 9: the pages of a large survey: a sheet typed in, figures, one question by another, what is public.

The small survey is answered by a hundred, the large one by 5,140 households. Both stand in one database and
are asked in turns, so that a busy machine slows both alike.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse

from bench import databases, worlds
from bench.figures import Figure, at_most
from bench.measure import NothingMeasured, Samples, counted, timed
from bench.options import Options

DATABASE = "bench_sheets"
GOAL_MS, GOAL_STATEMENTS = 60.0, 20
SEED = 3
TEMPLATE = "annual_needs"


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to both surveys. `do` gives an answer of the server; `least` is what it says at least."""

    name: str
    do: Callable[[str], Any]
    least: str


def measure(options: Options) -> list[Figure]:
    databases.make(DATABASE, worlds.template())
    small, large = (_survey(n) for n in (100, options.sheets))
    databases.tidy()
    clerk, anyone = Client(), Client()
    clerk.force_login(_clerk())
    figures = []
    for ask in _asks(clerk):
        figures += _measured(ask, options, small, large)
    for number in (small, large):
        _publish(number)
    public = Ask("public results", lambda n: anyone.get(reverse("portal:survey-results", args=[n])), "孩子")
    figures += _measured(public, options, small, large)
    databases.drop(DATABASE)
    return figures


def _clerk() -> Any:
    from mulin.people.models import Account

    return Account.objects.get(username="clerk")


def _actor() -> Any:
    from mulin.people.queries import actor_by_id

    return actor_by_id(_clerk().pk)


def _survey(sheets: int) -> str:
    """A survey that is open, and so many sheets of it, most of them on paper; its number."""
    from datetime import timedelta

    from mulin.kernel import clock
    from mulin.voices.surveys import actions, queries
    from mulin.voices.surveys.models import Sheet

    actor, rng = _actor(), random.Random(SEED)
    number = actions.draft_survey(actor=actor, place=worlds.HOME, template=TEMPLATE).number
    closes = clock.today() + timedelta(days=30)
    actions.edit_survey(
        actor=actor, number=number, title=f"{sheets} 份", closes_on=closes, issued=sheets, roster=sheets
    )
    found = actions.open_survey(actor=actor, number=number)
    form = queries.form_of(found)
    rows = [
        Sheet(
            survey=found, state="done", channel="portal" if n % 3 == 0 else "paper", day=None,
            answers=_answers(form, rng),
        )
        for n in range(sheets)
    ]  # fmt: skip
    Sheet.objects.bulk_create(rows, batch_size=500)
    return number


def _answers(form: Any, rng: random.Random) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for question in form:
        keys = [one.key for one in question.options]
        if question.kind == "single":
            said[question.key] = rng.choice(keys)
        elif question.kind == "multiple":
            said[question.key] = rng.sample(keys, rng.randint(1, min(3, len(keys))))
        elif question.kind == "text" and rng.random() < 0.3:
            said[question.key] = "楼道里的灯晚上不亮，老人走路看不见"
    return said


def _asks(clerk: Client) -> list[Ask]:
    def page(name: str, query: str = "") -> Callable[[str], Any]:
        return lambda number: clerk.get(reverse(name, args=[number]) + query)

    def typed(number: str) -> Any:
        fields = {"channel": "paper", "age": "a60", "needs": ["meals", "health"]}
        return clerk.post(reverse("desk:survey-enter", args=[number]), fields)

    return [
        Ask("a sheet typed in", typed, ""),
        Ask("the next sheet shown", page("desk:survey-enter"), "录"),
        Ask("the survey's page at the desk", page("desk:survey"), "份"),
        Ask("results at the desk", page("desk:survey-results"), "孩子"),
        Ask("one question by another", page("desk:survey-results", "?of=needs&by=age"), "孩子"),
        Ask("free texts, first page", page("desk:survey-texts"), "楼道"),
    ]


def _publish(number: str) -> None:
    from mulin.people.models import Account
    from mulin.people.queries import actor_by_id
    from mulin.voices.surveys import actions

    street = actor_by_id(Account.objects.get(username="street").pk)
    actions.close_survey(actor=street, number=number)
    actions.publish_results(actor=street, number=number, questions=["age", "needs"], conclusion="先办吃饭。")


def _measured(ask: Ask, options: Options, small: str, large: str) -> list[Figure]:
    """p95 with the large survey, beside the small one; and the statements of a warm request."""
    times = {small: Samples(), large: Samples()}
    for number in times:
        answer = ask.do(number)
        if answer.status_code not in (200, 302) or ask.least not in answer.content.decode():
            raise NothingMeasured(f"{ask.name}: {answer.status_code}, without {ask.least}")
    for round_ in range(options.list_rounds):
        for _ in range(options.list_repeats):
            for number, found in times.items():
                found.put(round_, [timed(lambda: ask.do(number))])  # noqa: B023
    with counted() as statements:
        ask.do(large)
    one, other = times[large], times[small]
    name = f"{ask.name}, {options.sheets:,} sheets"
    return [
        Figure(
            "surveys", f"{name}, p95", databases.name(), one.quiet_p95, "ms", one.p50, max(one.all),
            one.quiet_p95 / other.quiet_p95, "p95 at 100", **at_most(round(one.quiet_p95, 1), GOAL_MS, " ms"),
            note="spread: from the median to the longest",
        ),
        Figure("surveys", f"SQL statements: {ask.name}", databases.name(), len(statements), "",
               **at_most(len(statements), GOAL_STATEMENTS)),
    ]  # fmt: skip
