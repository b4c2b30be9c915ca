"""A refusal is known by its code; its sentence may be worded anew."""

from contextlib import contextmanager

import pytest

from mulin.kernel.errors import ActionError


@contextmanager
def refused(code):
    with pytest.raises(ActionError) as caught:
        yield caught
    assert caught.value.code == code
