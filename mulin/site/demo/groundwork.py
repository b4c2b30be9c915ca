"""Before the story begins: who is responsible for what, and who manages which estate."""

from mulin.cases import actions as cases
from mulin.places import actions as places
from mulin.places.models import Site
from mulin.site.demo.content import GARDEN
from mulin.site.demo.handling import ROUTES
from mulin.site.demo.places import COMMUNITIES, DISTRICT, ESTATES, HOME, STREET, TOWN


def lay(street) -> None:
    """Routes, managers of estates, and the place that will become a garden. By the administrator."""
    admin, units = street.actor("admin"), street.people.units
    for category, unit in ROUTES.items():
        cases.set_route(actor=admin, place=DISTRICT, category=category, org=units[unit].id)
    for code in COMMUNITIES:
        cases.set_route(actor=admin, place=code, org=units[f"committee:{code}"].id, is_fallback=True)
    for place, unit in ((STREET, "street_office"), (TOWN, "town_office")):
        cases.set_route(actor=admin, place=place, org=units[unit].id)
    firms = iter(("firm", "firm2"))
    for i, (*_, managed) in enumerate(ESTATES[HOME]):
        if managed:
            code = f"{HOME}-E{i + 1:02d}"
            places.set_site(actor=admin, community=HOME, code=code, manager=units[next(firms)].id)
    yard = Site.objects.get(code=f"{HOME}-C02")
    places.set_site(
        actor=admin, community=HOME, kind="courtyard", name=GARDEN, grid=yard.grid,
        lon=yard.lon + 0.0004, lat=yard.lat - 0.0003,
    )  # fmt: skip
