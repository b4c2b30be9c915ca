"""Character n-grams: what goes in can be read back, and copies find each other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mulin.voices import grams

BASIC = st.text(st.characters(min_codepoint=1, max_codepoint=0xD7FF), max_size=40)


@given(BASIC, st.integers(1, 4))
def test_every_gram_reads_back_as_the_text_it_came_from(text, size):
    keys, starts = grams.encode(text, (size,))
    assert [grams.decode(int(k)) for k in keys] == [text[i : i + size] for i in starts]


@given(st.text(max_size=60))
def test_any_text_at_all_can_be_normalised_and_encoded(text):
    keys, starts = grams.encode(grams.normalise(text.encode("utf-8", "replace").decode()), (1, 2, 3))
    assert len(keys) == len(starts)


def test_cut_text_and_written_text_come_out_alike():
    written = "楼下的路灯坏了两盏，请你们尽快来修！"
    cut = "楼下 路灯 坏 两盏 请 尽快 修"
    assert grams.normalise(written) == grams.normalise(cut)


def test_near_copies_share_a_group_and_others_do_not():
    long = "花园路菜市场门口的窨井盖松了三个星期，车子一压就哐当响，夜里吵得睡不着，请派人来看一看"
    groups = grams.near_copies(
        [long, long + "。", "楼上漏水把天花板泡坏了", long.replace("三个", "四个")], 0.8
    )
    assert groups[0] == groups[1] == groups[3]
    assert groups[2] != groups[0]


def test_no_text_gives_no_grams():
    keys, _ = grams.encode("")
    assert keys.dtype == np.uint64
    assert len(keys) == 0
