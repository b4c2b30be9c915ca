"""Where a voice lies: what was picked, a point, words, or only the community."""

import pytest

from mulin.places import coordinates
from mulin.places.models import Site


def test_a_building_that_was_picked_brings_its_grid_and_its_position(speak, world):
    voice = speak(building=world.building).voice
    site = Site.objects.get(code=world.building)
    assert (voice.building, voice.grid, voice.located_by) == (world.building, world.grid, "list")
    assert (voice.lon, voice.lat) == (site.lon, site.lat)


def test_a_building_or_grid_may_be_given_as_the_place(speak, world):
    voice = speak(place=world.building).voice
    assert (voice.place, voice.building) == (world.home, world.building)
    voice = speak(place=world.grid).voice
    assert (voice.place, voice.grid, voice.building) == (world.home, world.grid, "")


def test_a_point_near_a_building_finds_building_and_grid(speak, world):
    site = Site.objects.get(code=f"{world.home}-B003")
    voice = speak(place=world.street, lon=site.lon, lat=site.lat).voice
    assert (voice.place, voice.building, voice.grid) == (world.home, site.code, site.grid)
    assert voice.located_by == "map-wgs84"


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
def test_a_point_of_a_chinese_map_is_converted_at_the_edge(speak, world, crs):
    site = Site.objects.get(code=f"{world.home}-B003")
    lon, lat = coordinates.convert(site.lon, site.lat, "WGS-84", {"gcj02": "GCJ-02", "bd09": "BD-09"}[crs])
    voice = speak(lon=float(lon), lat=float(lat), crs=crs).voice
    assert abs(voice.lon - site.lon) < 1e-5 and abs(voice.lat - site.lat) < 1e-5
    assert voice.building == site.code and voice.located_by == f"map-{crs}"


def test_a_point_elsewhere_does_not_move_the_voice_out_of_its_place(speak, world):
    far = Site.objects.get(code=world.other_building)
    voice = speak(place=world.home, lon=far.lon, lat=far.lat).voice
    assert voice.place == world.home and voice.building == "" and voice.lon == far.lon


def test_an_address_in_words_finds_the_building(speak, world):
    voice = speak(address="金堰花园2栋").voice
    assert (voice.building, voice.located_by) == (f"{world.home}-B002", "words")
    assert speak(address="那边").voice.located_by == "community"


def test_a_voice_may_lie_at_a_street_when_nobody_knows_the_community(speak, world):
    assert speak(place=world.street).voice.place == world.street


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("金堰花园3栋电梯坏了，老人下不了楼", "B003"),
        ("金堰花园的电梯坏了，老人下不了楼", ""),
        ("金堰花园3栋的人往金堰花园1栋门口扔垃圾", ""),
        ("同景国际城A1栋电梯坏了", ""),
    ],
)
def test_the_one_building_that_a_text_names_beyond_doubt_is_filled_in(speak, world, text, tail):
    voice = speak(text=text).voice
    assert voice.building == (f"{world.home}-{tail}" if tail else "")
    assert voice.place == world.home


def test_a_building_in_the_text_does_not_outweigh_what_was_picked(speak, world):
    assert speak(text="金堰花园3栋电梯坏了", building=world.building).voice.building == world.building
