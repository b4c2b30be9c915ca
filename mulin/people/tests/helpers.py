"""What the tests of this module share."""

import contextlib

import pytest

from mulin.kernel.errors import ActionError
from mulin.kernel.models import Entry


def lines() -> list[str]:
    """The codes of all journal lines, oldest first."""
    return list(Entry.objects.order_by("id").values_list("code", flat=True))


@contextlib.contextmanager
def refused(code: str):
    """The block is refused with this code, and nothing is written in the journal."""
    before = lines()
    with pytest.raises(ActionError) as caught:
        yield
    assert caught.value.code == code
    assert lines() == before
