"""The ballot box: only all keys together open it, and no paper shows what it says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.councils.votes import box


@settings(max_examples=30, deadline=None)
@given(paper=st.binary(max_size=64), n=st.integers(1, 4))
def test_all_keys_together_open_a_paper_and_every_paper_is_equally_long(paper, n):
    pairs = [box.new_key() for _ in range(n)]
    sealed = box.seal([public for _private, public in pairs], paper, 64)
    assert len(sealed) == box.OVERHEAD + 64 == len(box.empty_slot(64))
    assert box.unseal([private for private, _public in pairs], sealed) == paper


def test_one_key_missing_or_of_another_officer_opens_nothing():
    pairs = [box.new_key() for _ in range(3)]
    privates = [private for private, _public in pairs]
    sealed = box.seal([public for _private, public in pairs], b"yes", 64)
    for wrong in (privates[:2], [*privates[:2], box.new_key()[0]], privates[::-1], []):
        with pytest.raises(box.BoxError):
            box.unseal(wrong, sealed)


def test_the_same_paper_sealed_twice_is_not_the_same():
    _private, public = box.new_key()
    assert box.seal([public], b"yes", 64) != box.seal([public], b"yes", 64)


def test_a_changed_paper_is_not_opened():
    private, public = box.new_key()
    sealed = bytearray(box.seal([public], b"yes", 64))
    sealed[-1] ^= 1
    with pytest.raises(box.BoxError):
        box.unseal([private], bytes(sealed))


def test_an_empty_slot_is_opened_by_no_key():
    private, _public = box.new_key()
    with pytest.raises(box.BoxError):
        box.unseal([private], box.empty_slot(64))


def test_a_key_is_read_from_its_file_and_a_slip_is_found():
    private, _public = box.new_key()
    text = f"表决 123\n{box.written(private)}\n"
    assert box.read(text) == private
    body, check = box.written(private)[:-8], box.written(private)[-8:]
    slip = body + ("0" if check[0] != "0" else "1") + check[1:]
    for wrong in (slip, "", "mulin-key-abc"):
        with pytest.raises(box.BoxError):
            box.read(wrong)


def test_a_paper_that_is_too_long_is_refused():
    _private, public = box.new_key()
    with pytest.raises(box.BoxError):
        box.seal([public], b"x" * 65, 64)
