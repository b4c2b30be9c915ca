"""Two places become one: what both have once, and one may have only once, is known by name."""

from collections.abc import Iterator

import pytest
from django.db import models
from django.db.models import F

from mulin.kernel import registry
from mulin.kernel.fields import PlaceField
from mulin.places import following

# Why two rows of two places never meet.
APART = {
    ("places.Site", "code"): "sites that would meet get another number before (places.renumbering)",
    ("people.Household", "household_door"): "a building is a site and keeps a code of its own",
    ("councils.CanvassDay", "canvass_day_once"): "a building is a site and keeps a code of its own",
    ("academy.TeamResult", "result_once"): "a building or grid is a site and keeps a code of its own",
}
# Which module joins them before.
JOINED = {
    ("ledger.Book", "book_once"): "following.ledger",
    ("mutualaid.AidHelper", "aidhelper_once"): "following.helpers",
    ("academy.Pilot", "pilot_running"): "following.methods",
    ("academy.PilotSite", "pilotsite_once"): "following.methods",
    ("academy.Spread", "spread_once"): "following.methods",
    ("academy.Adoption", "adoption_once"): "following.methods",
    ("insight.HotLook", "place"): "following.insight",
    ("insight.LateCount", "place"): "following.insight",
}


def unique_with_place(model: type[models.Model], names: list[str]) -> Iterator[str]:
    """The names of what may be in a table only once and holds a place."""
    own = set(names)
    for name in names:
        if model._meta.get_field(name).unique:
            yield name
    for together in model._meta.unique_together:
        if own & set(together):
            yield "+".join(together)
    key = getattr(model._meta.pk, "field_names", ())
    if own & set(key):
        yield "+".join(key)
    for one in model._meta.constraints:
        if isinstance(one, models.CheckConstraint):
            continue
        named = set(getattr(one, "fields", ()))
        for expression in getattr(one, "expressions", ()):
            first = expression[0] if isinstance(expression, tuple | list) else expression
            parts = first.flatten() if hasattr(first, "flatten") else [first]
            named |= {part if isinstance(part, str) else getattr(part, "name", "") for part in parts}
        if own & named:
            yield one.name


def test_what_may_be_once_at_a_place_is_joined_or_never_meets():
    """A new constraint with a place goes into one of the two lists: else a merger of places breaks on it."""
    found = {
        (model._meta.label, name)
        for model, names in following.place_columns()
        for name in unique_with_place(model, names)
    }
    assert found == APART.keys() | JOINED.keys()
    assert not APART.keys() & JOINED.keys()
    assert set(JOINED.values()) == {name for name in registry.providers() if name.startswith("following.")}


class _Meta:
    app_label = "places"
    managed = False


@pytest.mark.parametrize(
    ("field", "meta", "named"),
    [
        ({"unique": True}, {}, ["at"]),
        ({"primary_key": True}, {}, ["at"]),
        ({}, {"unique_together": {("at", "n")}}, ["at+n"]),
        ({}, {"constraints": [models.UniqueConstraint(fields=["n", "at"], name="x")]}, ["x"]),
        ({}, {"constraints": [models.UniqueConstraint(F("n"), F("at"), name="y")]}, ["y"]),
        ({}, {"constraints": [models.UniqueConstraint(fields=["n"], name="z")]}, []),
    ],
)
def test_however_it_is_written_it_is_seen(field, meta, named):
    from django.apps import apps

    body = {
        "__module__": "mulin.places.models",
        "at": PlaceField(**field),
        "n": models.IntegerField(),
        "Meta": type("Meta", (_Meta,), meta),
    }
    try:
        model = type("OnlyHere", (models.Model,), body)
        assert list(unique_with_place(model, ["at"])) == named
    finally:
        apps.all_models["places"].pop("onlyhere", None)
        apps.clear_cache()
