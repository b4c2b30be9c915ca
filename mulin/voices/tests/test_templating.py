"""Answers that look like templates are flagged, real ones are not."""

from mulin.voices.templating import FLAG_AT, template_likeness

QUESTION = "三号楼前面的路灯坏了两盏，晚上老人下楼买药看不清，报修两次都没有人来"
REAL = (
    "您好，三号楼前面的两盏路灯我们昨天下午去看了，是电缆接头进水短路。灯管和接头今天上午换好，晚上七点已经亮了。"
    "前两次报修没有派出去，是登记时写错了楼号，向您道歉；以后报修会先和您核对楼号。再有不亮请直接打网格员电话。"
)
EMPTY = "您好，您反映的问题已收悉，我们高度重视，已转交相关部门处理，感谢您的支持。"


def codes(reasons):
    return {code for code, _ in reasons}


def test_an_answer_that_tells_what_was_done_is_not_flagged():
    score, reasons = template_likeness(REAL, QUESTION)
    assert score < FLAG_AT
    assert reasons == ()


def test_an_answer_of_stock_phrases_is_flagged_with_reasons():
    score, reasons = template_likeness(EMPTY, QUESTION)
    assert score >= FLAG_AT
    assert {"short", "unrelated", "stock"} <= codes(reasons)


def test_an_answer_copied_from_another_is_rated_higher():
    alone, _ = template_likeness(REAL, QUESTION)
    copied, reasons = template_likeness(REAL, QUESTION, [REAL.replace("三号楼", "五号楼")])
    assert copied > alone
    assert "copied" in codes(reasons)


def test_an_empty_answer_is_flagged():
    assert template_likeness("", QUESTION)[0] >= FLAG_AT
