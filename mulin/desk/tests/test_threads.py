"""A matter is tied to what it grew out of at the desk, and the tie is cut again."""

from django.urls import reverse

from mulin.kernel.models import ThreadLink


def test_a_clerk_ties_a_matter_to_a_wish_and_cuts_it_again(clerk, speak, page_of):
    wish, said = speak(text="想在空地上种点花，大家一起浇水。", kind="wish", category=""), speak()
    url = reverse("desk:matter-thread", args=[said.number])
    assert url in page_of(clerk, said.url)
    assert clerk.get(url).status_code == 200
    answer = clerk.post(url, {"of": wish.number, "reason": "浇水时说起这盏灯"})
    assert answer.status_code == 302
    seen = page_of(clerk, said.url)
    assert f"/desk/wishes/{wish.number}/" in seen and "浇水时说起这盏灯" in seen
    assert clerk.post(url, {"cut": wish.number}).status_code == 302
    assert not ThreadLink.objects.exists()


def test_a_wrong_number_comes_back_beside_its_field(clerk, speak):
    said = speak()
    url = reverse("desk:matter-thread", args=[said.number])
    answer = clerk.post(url, {"of": "123", "reason": "说起过"})
    assert answer.status_code == 422 and "没有找到这个编号的事" in answer.content.decode()
    assert clerk.post(url, {"of": "", "reason": ""}).status_code == 422


def test_who_may_not_tie_is_offered_no_form(browser, speak, page_of):
    said = speak()
    url = reverse("desk:matter-thread", args=[said.number])
    worker = browser("gridworker")
    assert url not in page_of(worker, said.url)
    assert worker.get(url).status_code == 403
