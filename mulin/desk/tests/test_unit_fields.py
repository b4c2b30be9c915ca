"""Groups of residents in the lists of units: last, and under a heading of their own."""

import pytest

from mulin.cases.pages import case_page
from mulin.desk.forms import MoveFields
from mulin.people.models import Organisation
from mulin.places.models import Site


@pytest.mark.parametrize(("move", "field"), [("dispatch", "org"), ("whistle", "orgs_more")])
def test_groups_come_last_under_a_heading_of_their_own(speak, cast, world, move, field):
    estate = Site.objects.get(code=world.estate)
    keeper = Organisation.objects.create(name="花园守护队", kind="club", place=world.home, adopted=estate)
    said = speak()
    form = MoveFields(case_page(cast.clerk.actor, said.number), move)
    assert form.fields[field].choices[-1] == ("居民小组", [(str(keeper.pk), "花园守护队")])
