"""What every class of answer carries: pages, photographs, tables, feeds, the API, errors."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from mulin.doors.tests.conftest import give_token
from mulin.kernel.middleware import tile_source
from mulin.kernel.models import Job
from mulin.voices import actions as voices
from mulin.voices.models import Photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def photo(cast, world) -> Photo:
    """An approved photograph of a published matter; what was uploaded held a script behind the picture."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#807060").save(out, "JPEG")
    upload = SimpleUploadedFile("x.html", out.getvalue() + b"<script>alert(1)</script>", "text/html")
    voice = voices.submit_voice(
        actor=cast.resident.actor, text="路灯坏了一个星期。", place=world.home, kind="complaint",
        category="street_lamp", photos=[upload],
    ).voice  # fmt: skip
    found = Photo.objects.get(voice=voice)
    voices.publish_matter(
        actor=cast.clerk.actor, number=voice.number, title="路灯", text="路灯坏了", photos=[str(found.pk)]
    )
    return found


PAGES = ["/", "/report", "/account/login/", "/register/", "/nowhere", "/sw.js"]
DATA = [
    "/healthz", "/robots.txt", "/manifest.webmanifest", "/register/atom.xml", "/register/export.csv",
    "/register/export.xlsx", "/api/v1/openapi.json", "/api/v1/cases", "/open311/v2/discovery",
    "/open311/v2/services.json", "/open311/v2/requests/1.xml",
]  # fmt: skip


def checked(response) -> str:
    """The policy of an answer, after a look at what all answers carry."""
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "microphone=()" in response["Permissions-Policy"]
    assert response["X-Request-Id"]
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    return policy


@pytest.mark.parametrize("path", PAGES)
def test_pages_run_only_our_own_scripts_and_are_never_framed(client, world, path):
    policy = checked(client.get(path))
    assert "script-src 'self'" in policy and "form-action 'self'" in policy
    assert "sandbox" not in policy


@pytest.mark.parametrize("path", DATA)
def test_what_is_no_page_is_shut_in(client, world, photo, path):
    assert checked(client.get(path)).endswith("sandbox")


def test_a_photograph_is_only_a_picture_and_shut_in(client, cast, photo):
    paths = [
        reverse("portal:photo", args=[photo.pk, "thumb"]),
        reverse("disclosure:photo", args=[photo.pk]),
        reverse("desk:photo", args=[photo.pk]),
    ]
    client.force_login(cast.clerk.account)
    for path in paths:
        response = client.get(path, follow=True)
        assert response["Content-Type"] == "image/jpeg", (path, response.status_code)
        parts = response.streaming_content if response.streaming else [response.content]
        assert b"<script>" not in b"".join(parts)
        assert checked(response).endswith("sandbox")


def test_files_of_a_person_are_handed_over_and_never_kept_on_the_way(client, cast, world):
    client.force_login(cast.clerk.account)
    export = client.post(reverse("people:data"))
    assert checked(export).endswith("sandbox")
    assert export["Content-Disposition"].startswith("attachment")
    assert "no-store" in export["Cache-Control"]
    job = Job.objects.create(kind="voices.import", account=cast.clerk.account, state="done")
    job.file.save("rows.html", io.BytesIO(b"<script>alert(1)</script>"), save=True)
    handed = client.get(reverse("desk:job-file", args=[job.pk]))
    assert handed["Content-Disposition"].startswith("attachment")
    assert "no-store" in handed["Cache-Control"]
    checked(handed)
    handed.close()


def test_answers_to_programs_are_not_kept_and_take_no_cookie(client, cast):
    token = give_token(cast.clerk)
    answer = client.get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    client.force_login(cast.clerk.account)
    assert client.get("/api/v1/cases").status_code == 401


def test_cookies_are_closed_to_scripts_and_to_other_sites(client, cast, settings):
    body = {"login": "clerk", "password": "mulin-demo"}
    client.post(reverse("account_login"), body)
    cookies = client.cookies
    assert cookies["sessionid"]["httponly"] and cookies["mulin_known_device"]["httponly"]
    assert all(cookie["samesite"] in {"Lax", "Strict"} for cookie in cookies.values()), cookies


@pytest.mark.parametrize(
    ("template", "source"),
    [
        ("", ""),
        ("/static/tiles/{z}/{x}/{y}.png", ""),
        ("https://tiles.example.cn/{z}/{x}/{y}.png", "https://tiles.example.cn"),
        ("https://{s}.tile.example.org/{z}/{x}/{y}.png", "https://*.tile.example.org"),
        ("https://t{s}.example.gov.cn/DataServer?T=vec_w&tk=key&x={x}", "https://*.example.gov.cn"),
        ("http://10.0.0.7:8080?x={x}", "http://10.0.0.7:8080"),
    ],
)
def test_the_policy_names_the_hosts_of_map_tiles(template, source):
    assert tile_source(template) == source


def test_pages_come_compressed_to_who_takes_that_and_photographs_as_they_are(client, cast, world, photo):
    takes = {"HTTP_ACCEPT_ENCODING": "gzip, br"}
    page, plain = client.get("/report", **takes), client.get("/report")
    assert page.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in page.headers["Vary"]
    assert len(page.content) < len(plain.content) / 2
    picture = client.get(reverse("portal:photo", args=[photo.pk, "large"]), **takes)
    assert "Content-Encoding" not in picture.headers


def test_a_slash_too_many_or_too_few_leads_to_the_page(client, cast):
    much = client.get("/mine/?from=letter")
    assert (much.status_code, much.headers["Location"]) == (301, "/mine?from=letter")
    assert client.get("/register").headers["Location"] == "/register/"
    assert client.get("/nothing-here/").status_code == 404 and client.post("/mine/").status_code == 404
    assert client.get("/m/１２/").headers["Location"] == "/m/%EF%BC%91%EF%BC%92"
    assert client.get("/m/%EF%BC%91%EF%BC%92").status_code == 404
    for door in ("/open311/v2/nothing/", "/api/v1/cases/12/"):
        assert client.get(door).status_code in {401, 404}
