"""The rules of this module: each is read by the code, has a value everywhere, and can be changed."""

from datetime import date
from pathlib import Path

import pytest

import mulin.voices
from mulin.kernel import rulebook
from mulin.kernel.models import RuleOverride
from mulin.kernel.rules import load_packs
from mulin.voices import states

HERE = Path(mulin.voices.__file__).parent
(PACK,) = load_packs([HERE / "packs" / "rules.toml"])
NAMES = sorted({rule.name for rule in PACK.rules})


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_is_read_somewhere(name):
    sources = [path.read_text(encoding="utf-8") for path in HERE.rglob("*.py") if "tests" not in path.parts]
    assert any(f'"{name}"' in source for source in sources)


def test_every_kind_has_a_way_by_rule(db):
    ways = {kind: rulebook.value("voices.way", at="500108002005", kind=kind) for kind in states.KIND_WORDS}
    assert {kind for kind, way in ways.items() if way == "case"} == set(states.ASKING)
    assert {kind for kind, way in ways.items() if way == "order"} == states.WISHES


def test_what_an_administrator_sets_for_a_street_counts_there(speak, cast, world):
    RuleOverride.objects.create(
        name="voices.public.kinds",
        place=world.street,
        valid_from=date(2020, 1, 1),
        value=["wish"],
        basis="试点",
        certainty="local practice",
        set_by=cast.admin.account,
    )
    rulebook.forget()
    assert speak(kind="complaint").voice.matter.publication == "never"
    assert speak(kind="complaint", place=world.other_home).voice.matter.publication == "asked"
