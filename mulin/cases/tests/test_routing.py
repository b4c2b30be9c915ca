"""Who is suggested, and why; routes; the fallback owner where nobody manages an estate (S1-30)."""

import pytest

from mulin.cases import actions, routing
from mulin.cases.models import Route
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible


def names(case) -> list[str]:
    return [one.org.name for one in routing.suggest(case)]


def test_the_nearest_place_and_the_most_specific_category_win(speak, world, cast):
    Route.objects.create(place=world.district, category="", org=world.district_center)
    Route.objects.create(place=world.district, category="unlicensed_business", org=world.city_management)
    Route.objects.create(place=world.street, category="street_order", org=world.street_office)
    said = speak(text="有人无证卖早餐，油烟熏人", category="unlicensed_business")
    found = names(said.case())
    assert found[0] == "花园路街道办事处"
    assert found[1:3] == ["南岸区城市管理局", "南岸区基层治理指挥中心"]
    why = routing.suggest(said.case())[1].why
    assert "无证" in why


def test_the_manager_of_the_estate_comes_first_for_its_own_upkeep(speak, world):
    Route.objects.create(place=world.home, category="street_lamp", org=world.city_management)
    assert names(speak(building=world.building).case())[0] == "金堰物业服务有限公司"


def test_where_nobody_manages_the_estate_the_fallback_owner_takes_it(speak, world):
    Route.objects.create(place=world.street, org=world.street_office, is_fallback=True)
    Route.objects.create(place=world.home, category="", org=world.committee)
    orphan = f"{world.home}-B004"  # an estate without a property firm
    found = routing.suggest(speak(building=orphan).case())
    assert found[0].org == world.street_office
    assert "没有管理单位" in found[0].why
    managed = routing.suggest(speak(building=world.building, text="一栋路灯坏了请修").case())
    assert managed[0].org == world.property_firm


def test_the_street_is_always_the_last_suggestion(speak, world):
    said = speak(text="请问怎么办老年证，要什么材料", kind="consult", category="certificates")
    assert names(said.case()) == ["花园路街道基层治理指挥中心", "花园路街道办事处"]


def test_routes_are_set_by_those_who_may_and_checked(cast, world):
    with pytest.raises(NotAllowed):
        actions.set_route(actor=cast.clerk.actor, place=world.home, org=world.committee.id)
    row = actions.set_route(
        actor=cast.street.actor, place=world.street, org=world.city_management.id, category="garbage"
    )
    assert Route.objects.get().org == world.city_management
    with pytest.raises(ActionError) as error:
        actions.set_route(actor=cast.street.actor, place=world.street, org=world.committee.id, category="ufo")
    assert error.value.code == "unknown-category"
    changed = actions.set_route(
        actor=cast.street.actor, place=world.street, org=world.housing.id, category="garbage", route=row.id
    )
    assert (Route.objects.count(), changed.org_id) == (1, world.housing.id)
    with pytest.raises(NotVisible):
        actions.delete_route(actor=cast.clerk.actor, route=row.id)
    actions.delete_route(actor=cast.street.actor, route=row.id)
    assert not Route.objects.exists()


def test_templates_and_views_belong_to_their_owners(cast, world):
    from mulin.cases import pages

    row = actions.set_reply_template(
        actor=cast.department.actor, org=world.city_management.id, title="路灯", text="路灯已修好"
    )
    assert pages.reply_templates(cast.department.actor) == [row]
    with pytest.raises(NotAllowed):
        actions.set_reply_template(actor=cast.clerk.actor, org=world.city_management.id, title="x", text="y")
    view = actions.save_view(actor=cast.clerk.actor, name="急的", query="overdue=1")
    actions.save_view(actor=cast.clerk.actor, name="急的", query="overdue=1&severity=major")
    assert [v.query for v in pages.saved_views(cast.clerk.actor)] == ["overdue=1&severity=major"]
    with pytest.raises(NotVisible):
        actions.delete_view(actor=cast.secretary.actor, view=view.id)
    actions.delete_view(actor=cast.clerk.actor, view=view.id)
    assert pages.saved_views(cast.clerk.actor) == []


def test_automatic_dispatch_happens_only_where_a_rule_allows_it(speak, world, cast):
    from mulin.kernel import rulebook
    from mulin.kernel.models import RuleOverride

    Route.objects.create(place=world.street, category="garbage", org=world.city_management)
    text = "垃圾桶满了没人清运，垃圾堆在路边发臭"
    assert speak(text=text, category="garbage", building="").case().state == "reported"
    RuleOverride.objects.create(
        name="cases.dispatch.auto_precision", place=world.street, valid_from="2020-01-01", value=0.01,
        basis="试点", certainty="local practice", set_by=cast.admin.account,
    )  # fmt: skip
    rulebook.forget()
    case = speak(text=text + "，已经三天", category="garbage", building="").case()
    assert (case.state, case.lead_id) == ("dispatched", world.city_management.id)
