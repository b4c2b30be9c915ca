"""The cues of a danger: read where it is told as happening, not where it is feared, supposed or long over."""

import pytest

from mulin.voices import catalogue, evaluate, triage

HAPPENING = """
楼道里好大一股煤气味
厨房可能煤气漏气，味道很重
闻到煤气味，好怕爆炸
施工队把天然气管道挖破了
我家着火了怎么办
楼下电瓶车着火了，快来人
配电箱冒烟了，有火花
三楼阳台冒黑烟
隔壁起火了，里面有老人
车棚电瓶车烧起来了
有人要跳楼，在8栋楼顶
老人倒在地上，喊他没有反应
独居的王大爷三天没出门，敲门没人应
妈妈走失了，穿蓝色棉袄
孩子到现在还没有回家，找了一下午
电梯里困了两个人，困在电梯快一小时了
有人落水了，在江边
邻居在打老婆，孩子在哭
工人触电倒地
楼上女孩说不想活了
有人拿着刀在楼下砍人
刚才有人抢劫，往菜市场跑了
小区门口几十个人打群架
被人尾随，我好害怕
外墙瓷砖掉下来，差点砸到人
楼上把承重墙砸了
我们这栋房子倾斜了
屋后山体滑坡，把路堵了
车库倒灌，水还在涨
一楼进水了，水已经过膝
马路塌了一个大洞
门口围了上百人，在吵
讨薪的工人把马路堵了
老人晕倒在菜市场门口
家里一氧化碳中毒，三个人昏过去了
堡坎垮了，压到车
电梯困人，快来
有人溺水
"""
HARMLESS = """
物业没有反应
给社区打了三次电话都没有反应
反映了两个月没有反应，请尽快处理
楼道堆纸板，担心以后着火
飞线充电容易着火，请清理
电瓶车在楼道充电，万一起火跑都跑不掉
去年车棚着火过，现在还没修
建议办一次防火知识讲座，讲讲着火怎么逃生
轮胎漏气了，哪里可以补
空调漏气要加氟吗
燃气费怎么交
想问问燃气报警器在哪里买
楼下烧烤店天天浓烟滚滚
油烟大得像着火一样
没有着火，只是冒烟机在冒烟
物业经理玩失踪
维修基金失踪了
包工头失踪了，工资没发
这是我的救命钱，请帮我要回来
占了消防通道，那是救命通道
电梯经常坏，怕有一天被困在电梯里
电梯多次把人困在电梯里，一直没换
超市跳楼价大甩卖太吵
这个政策绑架了业主
停车费贵得像抢劫一样
被道德绑架
堵路堵得厉害，早高峰过不去
早上几百人挤一个公交站
业委会开会来了上百人
社区能不能拉横幅宣传垃圾分类
草坪被踩踏得不成样子
孩子成绩滑坡，想找人辅导
厕所倒灌，臭得很
卫生间瓷砖掉了一块
承重墙能不能拆，请问
危房改造补贴怎么申请
老房子会不会是危房，想请人看看
几年前这里塌方过，建议加护栏
一年没有回家过年了，想申请探亲补贴
小区的猫走失了
怕老人走失，想要一个防走失手环
有没有防触电的宣传
井盖没盖好，容易触电
玩具枪声音太大，孩子有枪
他态度像要杀人
信息爆炸的时代，老人跟不上
公司垮台了，会费没退
想不想活动活动，一起打太极
外卖员昏倒的新闻看了很难过
雨天路面积水，走路不方便
看着火车站的方向很乱
上个月3栋起火，消防栓没水，请检查
全国好几个小区起火，我们的消防栓没人查
请问煤气中毒怎么预防
噪音吵得我要自杀式加班
"""


def sentences(block: str) -> list[str]:
    return block.strip().split("\n")


@pytest.mark.parametrize("text", sentences(HAPPENING))
def test_a_danger_that_is_happening_is_flagged(text):
    assert triage.severity_of(text).level == "major"
    assert triage.urgency_of(text).level >= 2


@pytest.mark.parametrize("text", sentences(HARMLESS))
def test_an_everyday_matter_and_a_mere_mention_are_not_flagged(text):
    assert triage.severity_of(text) == triage.Severity("minor", "", 0.8)
    assert triage.urgency_of(text).level < 3


def test_a_firm_that_does_not_react_is_no_person_in_danger():
    assert triage.elsewhere("电梯坏了一周，物业没有反应") == []
    assert triage.severity_of("有个老人倒在花坛边，没有反应").type == "person_in_danger"


def test_one_mention_in_passing_does_not_hide_a_real_danger():
    found = triage.severity_of("去年车棚就着火过一次，现在又着火了，快来")
    assert (found.level, found.type) == ("major", "fire")


def test_a_supposition_reaches_over_the_clauses_of_its_sentence_and_no_further():
    assert triage.severity_of("如果货车自燃，发生爆炸，谁负责？").level == "minor"
    assert triage.severity_of("如果没人管就糟了。现在楼下已经着火了").level == "major"


def test_every_invented_sentence_about_a_danger_is_read_as_that_danger():
    grave = {c.code for c in catalogue.shipped().categories if c.severity == "major"}
    rows = [row for row in catalogue.example_rows() if row["label"] in grave]
    assert [row["text"] for row in rows if triage.severity_of(row["text"]).type != row["label"]] == []


def test_few_of_the_letters_to_a_mayor_are_taken_for_something_that_happens_now(data_dir):
    rows = evaluate.read_rows(data_dir / "messages" / "hot_issues.csv.gz")
    now = [row["id"] for row in rows if triage.urgency_of(evaluate.text_of(row)).level >= 3]
    assert 0 < len(now) <= len(rows) * 0.01


def test_a_feeling_and_a_threat_to_complain_are_no_offer():
    assert [s.label for s in triage.kind_of("物业不愿意修，一直没人管")] == ["complaint"]
