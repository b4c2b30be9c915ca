import pytest
from django.urls import reverse

from mulin.kernel.actors import SYSTEM
from mulin.kernel.ids import new_id
from mulin.samples import actions

HERE = "500108002005"

pytestmark = pytest.mark.django_db


def test_the_list_invites_when_it_is_empty(client):
    assert client.get(reverse("samples:list")).status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_visitor_reads_a_record_in_both_languages(client, language):
    sample = actions.open_sample(actor=SYSTEM, place=HERE, title="一棵树")
    for url in (reverse("samples:list"), reverse("samples:sample-detail", args=[sample.id])):
        response = client.get(url, headers={"accept-language": language})
        assert response.status_code == 200
        assert "一棵树" in response.content.decode()


def test_a_visitor_is_offered_no_move_and_may_make_none(client):
    sample = actions.open_sample(actor=SYSTEM, place=HERE, title="一棵树")
    url = reverse("samples:sample-move", args=[sample.id, "close"])
    assert url not in client.get(reverse("samples:sample-detail", args=[sample.id])).content.decode()
    assert client.post(url).status_code == 403
    assert client.get(reverse("samples:sample-open")).status_code == 403


def test_what_does_not_exist_is_not_found(client):
    assert client.get(reverse("samples:sample-detail", args=[new_id()])).status_code == 404
