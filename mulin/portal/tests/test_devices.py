"""Two marks of one browser: it pressed 我也遇到 without an account, and somebody logged in on it."""

from http.cookies import Morsel

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from mulin.people import guessing
from mulin.portal import receipts


class Browser:
    """Keeps cookies as a browser does, which Django's test client does not: one for each name and path,
    longer paths sent first."""

    def __init__(self):
        self.jar: dict[tuple[str, str], Morsel] = {}

    def header(self, url: str) -> str:
        fits = [one for (_name, path), one in self.jar.items() if url.startswith(path)]
        fits.sort(key=lambda one: len(one["path"]), reverse=True)
        return "; ".join(f"{one.key}={one.value}" for one in fits)

    def post(self, url: str, data: dict[str, str]) -> HttpResponse:
        answer = Client(headers={"Cookie": self.header(url)}).post(url, data)
        self.jar |= {(one.key, one["path"]): one for one in answer.cookies.values()}
        return answer


@pytest.mark.parametrize("is_me_too_first", [True, False])
def test_a_browser_that_pressed_me_too_is_still_a_known_device(cast, rf, shown, is_me_too_first):
    browser, matter = Browser(), shown("wish", "想学太极拳")
    login, me_too = reverse("account_login"), reverse("portal:me-too", args=[matter.number])

    def log_in():
        browser.post(login, {"login": "resident", "password": "mulin-demo"})
        del browser.jar["sessionid", "/"]

    acts = [lambda: browser.post(me_too, {}), log_in]
    for act in acts if is_me_too_first else reversed(acts):
        act()
    at_login = rf.get(login, headers={"Cookie": browser.header(login)})
    assert guessing.device_of(at_login, cast.resident.id)
    at_home = rf.get(me_too, headers={"Cookie": browser.header(me_too)})
    assert receipts.device(at_home)
    assert receipts.device(at_home) == receipts.device(at_login)
