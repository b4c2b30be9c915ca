"""A receipt that is not one's own: what its person can do, and not a word about whether there is one."""

import re

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db

NOBODYS = "1234567897"


def said(response) -> str:
    """The page's own words, without what differs from visit to visit."""
    assert response.status_code == 404
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"next=[^\"]*", "", main)


def own_page(number: str) -> str:
    return reverse("portal:voice", args=[number])


def test_a_stranger_reads_the_same_whether_the_number_exists_or_not(sent):
    assert said(Client().get(own_page(sent.voice.number))) == said(Client().get(own_page(NOBODYS)))


def test_a_neighbour_and_a_clerk_read_the_same_whether_the_number_exists_or_not(sent, cast, client_for):
    for person in (cast.neighbour, cast.clerk):
        client = client_for(person)
        assert said(client.get(own_page(sent.voice.number))) == said(client.get(own_page(NOBODYS)))


def test_a_stranger_is_led_to_the_code_of_the_receipt_to_logging_in_and_home(sent):
    page = own_page(sent.voice.number)
    html = Client().get(page).content.decode()
    main = html.partition("<main")[2]
    assert "这张回执在这里打不开" in main and "编号和查询码" in main
    for address in (reverse("portal:find"), reverse("portal:home"), reverse("account_login")):
        assert f'href="{address}' in main
    assert "next=%2Fmine%2F" in main
    assert sent.voice.text not in html


def test_who_has_logged_in_is_not_told_to_log_in(sent, cast, client_for):
    main = said(client_for(cast.neighbour).get(own_page(sent.voice.number)))
    assert reverse("account_login") not in main and reverse("portal:find") in main


def test_a_link_that_was_cut_off_is_met_as_kindly(sent):
    assert "这张回执在这里打不开" in said(Client().get(reverse("portal:receipt", args=["x" * 22])))
    assert "这张回执在这里打不开" in said(Client().get(reverse("portal:receipt-print", args=["x" * 22])))


def test_a_form_sent_from_a_receipt_that_is_no_longer_in_hand_is_met_the_same_way(sent):
    for number in (sent.voice.number, NOBODYS):
        answer = Client().post(reverse("portal:voice-add", args=[number]), {"add-text": "又坏了"})
        assert "这张回执在这里打不开" in said(answer)


def test_a_page_that_is_not_there_leads_on(world, cast, client_for):
    main = said(Client().get("/there/is/nothing/here"))
    assert reverse("portal:find") in main and reverse("account_login") in main and "回首页" in main
    main = said(client_for(cast.resident).get("/there/is/nothing/here"))
    assert "“我的”" in main and reverse("account_login") not in main
