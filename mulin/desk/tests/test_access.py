"""Who comes in: every address of the desk, for strangers, residents, workers of elsewhere."""

import pytest
from django.urls import reverse
from django.urls.resolvers import URLPattern

from mulin.desk import urls
from mulin.kernel.ids import new_id

PATTERNS = {one.name: one for one in urls.urlpatterns if isinstance(one, URLPattern)}
NAMES = list(PATTERNS)
POSTS = {
    "batch",
    "view-save",
    "view-change",
    "enter-suggest",
    "job-stop",
    "group-change",
    "notice-open",
    "notices-read",
    "survey-question-order",
    "need-discard",
    "need-list",
    "need-unlink",
    "survey-raise",
    "survey-move",
}
# Addresses of one object, for which people of another community get the same answer as for none.
OF_CASE = ["case", "case-print", "matter-facts", "matter-category", "matter-place", "publication-one"]
OF_VOICE = ["voice-contact", "voice-add", "voice-correct", "voice-withdraw", "receipt"]


def address(name: str, number: str = "1234567897") -> str:
    """Where it stands for one object: a number, an id that nobody has, a move."""
    some = {"string": number, "uuid": new_id(), "slug": "accept"}
    kinds = {param: type(kind).__name__ for param, kind in PATTERNS[name].pattern.converters.items()}
    words = {param: some[kind.removesuffix("Converter").lower()] for param, kind in kinds.items()}
    return reverse(f"desk:{name}", kwargs=words)


def ask(client, name: str, number: str = "1234567897"):
    return (client.post if name in POSTS else client.get)(address(name, number))


@pytest.mark.parametrize("name", NAMES)
def test_strangers_are_asked_to_sign_in_at_every_address(name, client_for, world):
    answer = ask(client_for(), name)
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", NAMES)
def test_residents_are_refused_at_every_address(name, browser):
    assert ask(browser("resident"), name).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_a_worker_meets_no_broken_page(name, clerk):
    assert ask(clerk, name).status_code in {200, 302, 404, 409}


@pytest.mark.parametrize("name", [*OF_CASE, "move"])
def test_a_case_of_another_community_does_not_exist_for_its_clerk(name, browser, speak):
    said = speak()
    client = browser("other_clerk")
    assert ask(client, name, said.number).status_code == 404
    if name == "move":
        assert client.post(address(name, said.number)).status_code == 404
        assert said.case().state == "reported"


@pytest.mark.parametrize("name", OF_VOICE)
def test_a_voice_of_another_community_does_not_exist_for_its_clerk(name, browser, speak):
    assert ask(browser("other_clerk"), name, speak().voice.number).status_code == 404


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("publication", "gridworker"),
        ("wishes", "gridworker"),
        ("import", "gridworker"),
        ("residents", "department"),
        ("invitations", "department"),
        ("enter", "auditor"),
        ("search-phone", "auditor"),
        ("groups", "gridworker"),
    ],
)
def test_a_page_is_refused_to_posts_that_do_not_hold_its_right(name, part, browser):
    assert ask(browser(part), name).status_code == 403


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("matter-category", "auditor"),
        ("matter-place", "auditor"),
        ("publication-one", "gridworker"),
        ("voice-correct", "gridworker"),
        ("voice-withdraw", "gridworker"),
    ],
)
def test_who_may_look_but_not_touch_is_refused(name, part, browser, speak):
    said = speak()
    number = said.voice.number if name.startswith("voice") else said.number
    answer = ask(browser(part), name, number)
    # The auditor sees cases, not the matter's file: for them it is not there.
    assert answer.status_code == (404 if part == "auditor" else 403)


def test_who_lacks_the_second_factor_is_led_to_set_it_up(cast, client_for):
    cast.clerk.account.is_demo = False
    cast.clerk.account.save(update_fields=["is_demo"])
    answer = client_for(cast.clerk).get("/desk/")
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("people:second-factor"))


def test_the_rail_offers_only_what_a_post_may_open(browser, page_of):
    seen = page_of(browser("gridworker"), "/desk/")
    assert "/desk/enter/" in seen and "/desk/publication/" not in seen
    # Beside the cases: one entry of the rail, a tab of their list.
    assert "/desk/publication/" in page_of(browser("clerk"), "/desk/cases/")


def test_pages_carry_no_inline_style_or_script(clerk, speak, page_of):
    said = speak()
    for name in (
        "inbox",
        "cases",
        "enter",
        "urgent",
        "publication",
        "wishes",
        "residents",
        "today",
        "search",
    ):
        seen = page_of(clerk, address(name))
        assert " style=" not in seen and " onclick=" not in seen and "<style" not in seen
    assert " style=" not in page_of(clerk, said.url)


@pytest.mark.parametrize(
    "name", ["inbox", "cases", "enter", "enter-many", "enter-chat", "urgent", "today", "notices"]
)
def test_every_page_speaks_english_too(name, clerk, page_of):
    import re

    clerk.cookies["mulin_language"] = "en"
    seen = page_of(clerk, address(name))
    visible = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", " ", seen, flags=re.S)
    for name in sorted(names_on_file(), key=len, reverse=True):
        visible = visible.replace(name, "")
    assert set(re.findall(r"[\u4e00-\u9fff]+", visible)) <= {"中文"}


def names_on_file() -> set[str]:
    """Names of places, units and people are not translated."""
    from mulin.people.models import Account, Organisation
    from mulin.places.models import Division, Site

    found = {name for pair in Division.objects.values_list("name", "short_name") for name in pair}
    for model in (Site, Organisation, Account):
        found.update(model.objects.values_list("name", flat=True))
    return found - {""}
