"""Two messages on one matter, and a stream of requests by address and day."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from mulin.voices import duplicates
from mulin.voices.duplicates import DayModel, Request, Said

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LAMP = Said("a", "三号楼前面的路灯坏了两盏，晚上看不见路", NOW, "500108002005-B003", category="street_lamp")


def said(**changes):
    return Said(**{**LAMP.__dict__, "id": "b", **changes})


def test_the_same_words_at_the_same_place_are_the_same_matter():
    match = duplicates.score(LAMP, said(text="三号楼前的路灯坏了两盏，天黑看不见路"))
    assert match.probability > 0.8
    assert {"text", "place", "category"} <= {code for code, _ in match.reason}


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "垃圾没有人清运", "category": "garbage"},
        {"place": "500108002005-B040"},
        {"time": NOW - timedelta(days=120)},
        {"text": "灯好像有点问题"},
    ],
)
def test_what_differs_makes_it_less_likely(changes):
    assert duplicates.score(LAMP, said(**changes)).probability < duplicates.score(LAMP, said()).probability


def test_far_apart_is_unlikely_and_near_is_likely():
    here = said(id="a", place="", lon=106.55, lat=29.53)
    near = said(place="", lon=106.5503, lat=29.5301)
    far = said(place="", lon=106.60, lat=29.60)
    assert (
        duplicates.score(here, near).probability > 0.7 > 0.5 > duplicates.score(here, far).probability - 0.45
    )
    assert duplicates.score(here, near).probability > duplicates.score(here, far).probability


def test_find_leaves_out_itself_and_puts_the_best_first():
    others = [
        LAMP,
        said(id="b"),
        said(id="c", text="路灯坏了"),
        said(id="d", text="狗叫", category="dogs", place="x"),
    ]
    found = duplicates.find(LAMP, others)
    assert found[0].id == "b"
    assert "a" not in [m.id for m in found]
    assert "d" not in [m.id for m in found]


def stream():
    """Every third day a request; the next day a second one at half of the addresses, always a duplicate."""
    requests, truth = [], []
    for n in range(400):
        day = date(2011, 1, 3) + timedelta(days=2 * n)
        requests.append(Request(f"{n:05d}", day, "Other", f"{n} Main St"))
        truth.append(False)
        if n % 2:
            requests.append(Request(f"{n:05d}x", day, "Other", f" {n}  MAIN ST"))
            truth.append(True)
    return requests, np.array(truth)


def test_a_fitted_model_finds_the_repeated_requests(tmp_path):
    requests, truth = stream()
    model = duplicates.fit(requests, truth)
    assert duplicates.f1(model.predict(requests), truth)["f1"] > 0.95
    model.save(tmp_path / "m.json")
    again = DayModel.load(tmp_path / "m.json")
    assert (again.predict(requests) == model.predict(requests)).all()


def test_later_rows_change_nothing_about_earlier_ones():
    requests, _ = stream()
    whole = DayModel.load().probabilities(requests)
    part = DayModel.load().probabilities(requests[:150])
    assert np.array_equal(whole[:150], part)


def test_the_same_number_again_is_the_same_request_and_no_duplicate():
    twice = [Request("1", date(2013, 5, 6), "Other", "1 A"), Request("1", date(2013, 5, 6), "Other", "1 A")]
    assert not DayModel.load().predict(twice).any()


def test_the_shipped_parameters_mark_a_second_request_of_the_day():
    day = date(2014, 5, 6)
    two = [Request("1", day, "Other", "1 A"), Request("2", day, "Other", "1 A")]
    assert DayModel.load().predict(two).tolist() == [False, True]
