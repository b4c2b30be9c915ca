"""Switches, help, the offline page, the worker, the manifest; and the shell that all pages share."""

import json

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
ROUTES = ["/", "/report", "/urgent", "/find", "/mine", "/mine/notices", "/help", "/offline"]


def page(response) -> str:
    return response.content.decode()


def test_elder_mode_is_switched_on_and_off_and_one_stays_on_the_page(world):
    client = Client()
    answer = client.post(reverse("portal:elder-mode"), {"elder": "1", "next": "/help"})
    assert answer["Location"] == "/help"
    assert 'class="elder"' in page(client.get("/help"))
    client.post(reverse("portal:elder-mode"), {"elder": "0"})
    assert 'class="elder"' not in page(client.get("/help"))


def test_light_and_dark_are_chosen_without_scripts(world):
    client = Client()
    client.post(reverse("portal:theme"), {"theme": "dark"})
    assert 'data-theme="dark"' in page(client.get("/help"))
    client.post(reverse("portal:theme"), {"theme": "<script>"})
    assert 'data-theme="auto"' in page(client.get("/help"))


def test_a_page_with_a_theme_of_its_own_stays_as_dark_as_the_reader_asked(rf):
    """Granny Chen reads in the dark, also the page of a choir, whose theme is singing."""
    request = rf.get("/")
    request.COOKIES["mulin_theme"] = "dark"
    html = render_to_string("kernel/base.html", {"theme": "合唱"}, request)
    assert 'data-theme="dark"' in html and "合唱" not in html


@pytest.mark.parametrize("name", ["elder-mode", "theme"])
def test_a_switch_never_leads_to_another_site(world, name):
    assert Client().post(reverse(f"portal:{name}"), {"next": "//example.org/"})["Location"] == "/"


@pytest.mark.parametrize("name", ["elder-mode", "theme", "place", "forget-all", "notices-read", "suggest"])
def test_what_changes_something_is_not_done_by_a_link(world, name):
    assert Client().get(reverse(f"portal:{name}")).status_code == 405


def test_help_names_the_numbers_and_what_belongs_elsewhere(world):
    html = page(Client().get("/help"))
    for phone in ("110", "119", "120", "12368", "12333", "12315"):
        assert f"tel:{phone}" in html


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("elder", ["0", "1"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_answers_in_both_languages_and_sizes(world, path, elder, language):
    client = Client(headers={"accept-language": language})
    client.cookies["mulin_elder"] = elder
    response = client.get(path)
    assert response.status_code == 200
    html = page(response)
    assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in html
    assert 'style="' not in html and "<style" not in html
    assert " onclick" not in html
    assert html.count("<h1") == 1


def test_the_offline_page_holds_nothing_about_anybody(sent, cast, client_for, world):
    client = client_for(cast.resident)
    client.cookies["mulin_place"] = world.home
    html = page(client.get("/offline"))
    assert "现在没有网" in html
    assert cast.resident.account.name not in html and "金堰" not in html


def test_the_offline_page_asks_the_database_nothing(world, django_assert_num_queries):
    client = Client()
    client.cookies["mulin_place"] = world.home
    with django_assert_num_queries(0):
        client.get("/offline")


def test_the_worker_keeps_files_and_the_offline_page_only(world):
    response = Client().get("/sw.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cache-Control"] == "no-cache"
    script = page(response)
    files = json.loads(script[script.index("const files = ") + 14 : script.index(";\nconst offline")])
    assert files and all(name.startswith("/static/") for name in files)
    assert 'const offline = "/offline"' in script


def test_every_file_that_the_worker_keeps_exists():
    from django.contrib.staticfiles import finders

    from mulin.portal.views.service import SHELL

    # htmx is installed from its package, the others are ours.
    assert [name for name in SHELL if not name.startswith("vendor/") and not finders.find(name)] == []


def test_the_manifest_can_be_installed(world):
    response = Client().get("/manifest.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    manifest = response.json()
    assert manifest["start_url"] == "/" and manifest["icons"] and manifest["name"] == "睦邻"
    assert Client(headers={"accept-language": "en"}).get("/manifest.webmanifest").json()["name"] == "Mulin"


def test_search_engines_stay_away_from_receipts(world):
    text = page(Client().get("/robots.txt"))
    for path in ("/r/", "/mine", "/account/"):
        assert f"Disallow: {path}\n" in text


# The shell -------------------------------------------------------------------------------------------


def test_the_bar_marks_only_the_page_one_is_on(world):
    html = page(Client().get("/report"))
    bar = html[html.index('<nav class="bar"') : html.index("</nav>", html.index('<nav class="bar"'))]
    assert bar.count("aria-current") == 1
    assert 'href="/report" aria-current="page"' in bar


def test_only_the_longest_address_that_fits_is_current(rf):
    from mulin.kernel import context, registry
    from mulin.kernel.actors import ANONYMOUS

    items = [
        registry.NavItem("mine", "a", "portal:mine", "x"),
        registry.NavItem("notices", "b", "portal:notices", "x"),
        registry.NavItem("home", "c", "portal:home", "x"),
    ]
    bar = context._bar(items, ANONYMOUS, rf.get("/mine/notices/read"))
    assert [entry["name"] for entry in bar if entry["current"]] == ["notices"]
    bar = context._bar(items, ANONYMOUS, rf.get("/mine-and-yours"))
    assert not any(entry["current"] for entry in bar)


def test_the_head_names_the_visitors_community(world, client_for, cast):
    client = client_for(cast.resident)
    assert '<span class="one-line">金堰社区</span>' in page(client.get("/report"))


def test_an_error_page_asks_the_database_nothing(world, django_assert_num_queries):
    client = Client()
    client.cookies["mulin_place"] = world.home
    with django_assert_num_queries(0):
        assert client.get("/there/is/nothing/here").status_code == 404


@pytest.mark.django_db
def test_the_page_for_no_line_takes_no_message_from_the_page_it_is_meant_for(client):
    assert client.get("/offline").context["messages"] == ()
