import pytest

from mulin.kernel import policy, rulebook
from mulin.kernel.actors import ANONYMOUS, Actor, PostRef
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.ids import new_id
from mulin.kernel.models import Entry
from mulin.samples import actions, queries, states

HERE, ELSEWHERE = "500108002005", "500108106003"

pytestmark = pytest.mark.django_db


def worker(place: str) -> Actor:
    """Somebody whose post lets them open records at a place, whatever the table calls the post today."""
    row = policy.table()["samples.sample:open"]
    role = next(role for role, grants in row.items() if "place" in grants)
    return Actor(account=new_id(), posts=(PostRef(role=role, place=place),))


def codes() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("code", flat=True))


def test_a_worker_opens_a_record_and_the_journal_says_so():
    sample = actions.open_sample(actor=worker(HERE), place=HERE, title="  一棵树  ")
    assert (sample.title, sample.state) == ("一棵树", states.OPEN)
    assert codes() == ["samples.sample.opened"]


def test_a_worker_of_another_community_cannot_open_one_here():
    with pytest.raises(NotAllowed):
        actions.open_sample(actor=worker(ELSEWHERE), place=HERE, title="一棵树")
    assert codes() == []


@pytest.mark.parametrize(
    ("place", "title", "code"),
    [(HERE, "   ", "no-title"), ("500108", "一棵树", "no-community"), ("abc", "一棵树", "no-community")],
)
def test_what_is_missing_is_said(place, title, code):
    with pytest.raises(ActionError) as caught:
        actions.open_sample(actor=worker(HERE), place=place, title=title)
    assert caught.value.code == code


def test_the_rule_limits_how_many_are_open(monkeypatch):
    monkeypatch.setattr(rulebook, "value", lambda name, *, at: 1)
    first = actions.open_sample(actor=worker(HERE), place=HERE, title="一棵树")
    with pytest.raises(ActionError) as caught:
        actions.open_sample(actor=worker(HERE), place=HERE, title="又一棵")
    assert caught.value.code == "too-many-open"
    actions.close_sample(actor=worker(HERE), sample=first.id)
    actions.open_sample(actor=worker(HERE), place=HERE, title="又一棵")


def test_an_end_can_be_taken_back_but_not_twice():
    actor = worker(HERE)
    sample = actions.open_sample(actor=actor, place=HERE, title="一棵树")
    assert actions.close_sample(actor=actor, sample=sample.id).state == states.CLOSED
    assert actions.reopen_sample(actor=actor, sample=sample.id).state == states.OPEN
    with pytest.raises(ActionError) as caught:
        actions.reopen_sample(actor=actor, sample=sample.id)
    assert caught.value.code == "not-now"
    assert codes() == ["samples.sample.opened", "samples.sample.closed", "samples.sample.reopened"]


def test_everybody_sees_it_and_nobody_without_a_post_ends_it():
    sample = actions.open_sample(actor=worker(HERE), place=HERE, title="一棵树")
    assert queries.get_sample(ANONYMOUS, sample.id) == sample
    assert queries.card(ANONYMOUS, HERE) == {"samples": [sample]}
    assert queries.card(ANONYMOUS, ELSEWHERE) is None
    with pytest.raises(NotAllowed):
        actions.close_sample(actor=ANONYMOUS, sample=sample.id)
