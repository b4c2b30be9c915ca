"""XML and JSON of one value say the same; parameters are read as the fact sheet asks."""

import json
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from mulin.doors.open311.errors import GeoReportError
from mulin.doors.open311.formats import ITEMS, render
from mulin.doors.open311.parameters import (
    Parameters,
    check_attributes,
    read_point,
    read_span,
    read_statuses,
)
from mulin.kernel import clock

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def parameters(text: str) -> Parameters:
    return Parameters(QueryDict(text))


def from_xml(element: ElementTree.Element) -> object:
    """What the fact sheet's mapping makes of an XML element."""
    if element.tag in ITEMS and (len(element) or element.text is None):
        assert {child.tag for child in element} <= {ITEMS[element.tag]}
        return [from_xml(child) for child in element]
    if len(element):
        return {child.tag: from_xml(child) for child in element}
    return {"true": True, "false": False}.get(element.text, element.text)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1)
values = st.one_of(
    st.none(), st.booleans(), texts.filter(lambda t: t.strip() == t and t not in ("true", "false"))
)


@given(st.lists(st.dictionaries(st.sampled_from(["service_code", "lat", "description"]), values, min_size=1)))
def test_xml_and_json_of_any_list_say_the_same(rows):
    as_json = json.loads(render("json", "service_requests", rows))
    as_xml = from_xml(ElementTree.fromstring(render("xml", "service_requests", rows)))
    assert as_xml == as_json


def test_empty_elements_are_null_in_json_and_empty_in_xml():
    value = {"service_code": "lamp", "zipcode": "", "address": None, "attributes": []}
    assert json.loads(render("json", "service_definition", value)) == {
        "service_code": "lamp", "zipcode": None, "address": None, "attributes": [],
    }  # fmt: skip
    assert b"<zipcode/><address/><attributes/>" in render("xml", "service_definition", value)


def test_xml_declares_utf8_and_escapes():
    document = render("xml", "errors", [{"code": 400, "description": "<b> & 灯\x0b"}])
    assert document.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    assert "&lt;b&gt; &amp; 灯</description>".encode() in document


def test_an_empty_parameter_counts_as_absent():
    assert read_point(parameters("lat=&long=")) is None
    assert read_statuses(parameters("status=")) == ["open", "closed"]


@pytest.mark.parametrize(
    "query", ["lat=29.5", "long=106.5", "lat=a&long=b", "lat=91&long=0", "lat=nan&long=0"]
)
def test_half_a_point_or_an_impossible_one_is_refused(query):
    with pytest.raises(GeoReportError) as error:
        read_point(parameters(query))
    assert error.value.status == 400


def test_default_span_is_the_last_ninety_days():
    with clock.at(NOW):
        span = read_span(parameters(""))
    assert (span.until, span.until - span.since) == (NOW, timedelta(days=90))


def test_a_longer_span_is_cut_to_ninety_days():
    with clock.at(NOW):
        span = read_span(parameters("start_date=2026-01-01T00:00:00Z&end_date=2026-11-01T00:00:00Z"))
    assert span.until == datetime(2026, 11, 1, tzinfo=UTC)
    assert span.until - span.since == timedelta(days=90)


def test_a_plus_that_was_not_escaped_is_understood():
    with clock.at(NOW):
        span = read_span(parameters("start_date=2026-11-01T08:00:00+08:00"))
    assert span.since == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "query", ["start_date=yesterday", "end_date=2026-13-01", "start_date=2026-11-02&end_date=2026-11-01",
              "start_date=9999-12-31T23:59:59Z", "end_date=0001-01-01T00:00:00Z"]
)  # fmt: skip
def test_impossible_dates_are_refused(query):
    with clock.at(NOW), pytest.raises(GeoReportError) as error:
        read_span(parameters(query))
    assert error.value.status == 400


def test_status_takes_a_comma_list_and_refuses_another_word():
    assert read_statuses(parameters("status=closed,open")) == ["closed", "open"]
    with pytest.raises(GeoReportError):
        read_statuses(parameters("status=pending"))


def test_the_body_wins_over_the_query():
    both = Parameters(QueryDict("api_key=body"), QueryDict("api_key=query&phone=1"))
    assert (both.get("api_key"), both.get("phone")) == ("body", "1")


DEFINITION = [
    {"code": "floor", "required": True, "values": []},
    {"code": "kind", "required": False, "values": [{"key": "help", "name": "求助"}]},
]


def test_attributes_are_read_from_both_spellings():
    given_values = parameters("attribute[floor]=3&attribute[kind][]=help&attribute[unknown]=x").attributes()
    assert check_attributes(DEFINITION, given_values) == {"floor": ["3"], "kind": ["help"]}


@pytest.mark.parametrize("query", ["", "attribute[floor]=", "attribute[floor]=1&attribute[kind]=other"])
def test_a_missing_or_impossible_attribute_is_refused(query):
    with pytest.raises(GeoReportError) as error:
        check_attributes(DEFINITION, parameters(query).attributes())
    assert error.value.status == 400
