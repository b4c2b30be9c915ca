"""Links that are made at one moment close no circle, however far apart their matters are."""

import threading

import pytest
from django.db import connection

from mulin.kernel.errors import ActionError
from mulin.voices import actions
from mulin.voices.actions import thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_two_links_between_two_chains_close_no_circle(speak, cast, monkeypatch):
    a, b, c, d = [
        speak(cast.neighbour.actor, text=f"第{n}块空地请清出来", kind="help").voice.matter for n in range(4)
    ]

    def link(child, parent) -> None:
        actions.grow_out_of(actor=cast.clerk.actor, number=child.number, of=parent.number, reason="一起办")

    link(b, a)
    link(d, c)
    # Both look for a circle before either writes, if nothing keeps them apart.
    looked, real = threading.Barrier(2), thread._grew_from

    def together(matter, ancestor) -> bool:
        found = real(matter, ancestor)
        try:
            looked.wait(2)
        except threading.BrokenBarrierError:
            pass
        return found

    monkeypatch.setattr(thread, "_grew_from", together)
    refused: list[str] = []

    def run(child, parent) -> None:
        try:
            link(child, parent)
        except ActionError as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in ((a, d), (c, b))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert refused == ["thread-circle"]
