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
太可怕了楼下着火了
太可怕了，楼下着火
五分钟之前三楼着火了
半小时以前老人在楼下晕倒了
出门之前闻到煤气味
曾大爷在楼下晕倒了
曾奶奶晕倒在楼道
施工造成燃气泄漏，味道很大，快来
施工造成燃气泄漏，味道很大
电瓶车充电引发着火了
刚才电线短路引起着火
燃气泄漏事故，快来人
发生了燃气泄漏事故
闻到煤气味有隐患
燃气泄漏报警器一直响
闻到怪味，会不会是煤气泄漏
担心燃气泄漏，家里煤气味道很重
3栋着火了原因不明，快来
3栋着火了原因不明
3栋起火原因不明，快来
堡坎随时会垮塌，下面有人住
堡坎随时可能垮塌
3号下面着火了
孩子掉进河里了有风险
附近明月小区着火了
安全国际小区着火了
宣传栏着火了
摄像头下面着火了
预防接种点有人晕倒了
消防演练时有人晕倒了
交通事故车子着火了
外地来的老人晕倒了
外卖员晕倒在楼下
遛狗的大爷晕倒了
饭店着火了
空调旁边有煤气味
若干人晕倒了
家里只有老人晕倒了
老人不知什么时候晕倒的
他非要跳楼，快来
去年装的电梯困人，快来
2015年建的房子要垮了
打了几次电话没人接楼下着火了
如果方便请派人来，老人晕倒了
恐怕是着火了
好像着火了
隔壁着火有爆炸风险，救命
现在三楼着火，原因不明
我妈怕热在楼下晕倒了
去年刚退休的王大爷晕倒了
之前报修的线路着火了
楼顶有人跳楼原因不清楚
天然气泄漏风险，家里闻到味道
外墙脱落存在安全隐患
像是着火了
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
怕电瓶车着火，请收走
真怕哪天楼道着火
担心以后楼道着火
车棚曾经发生过燃气泄漏，请装报警器
之前着火过，消防栓没水
三年之前这里垮塌，现在围墙还没修
去年年底车棚着火，物业一直不赔
3号晚上车棚着火，请公布赔偿办法
飞线充电会引发着火的隐患
电线老化随时会着火，请更换
纸板堆放容易引起着火
乱接电线存在着火的风险
非要着火才管吗
停车场着火有什么区别
燃气泄漏的可能性有多大
外来人员多，地下室失火可能性大
这是我的救命药，怕着火烧掉
会不会是危房，请鉴定一下再说会不会着火
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


@pytest.mark.parametrize("call", ["快来", "快来人", "救命", "快来救人"])
@pytest.mark.parametrize("text", ["怕是着火了", "去年着火的车棚起火", "电线引起着火", "着火事故", "如果着火"])
def test_a_call_for_help_takes_every_excuse_back(text, call):
    assert triage.severity_of(f"{text}，{call}").level == "major"
    assert triage.severity_of(f"没有着火，{call}").type != "fire"


@pytest.mark.parametrize("cause", ["造成", "引发", "引起"])
def test_a_cause_excuses_a_danger_in_general_and_none_that_has_happened(cause):
    assert triage.severity_of(f"飞线充电{cause}着火").level == "minor"
    assert triage.severity_of(f"飞线充电{cause}着火了").level == "major"
    assert triage.severity_of(f"刚才飞线充电{cause}着火").level == "major"


def test_what_is_about_to_fall_is_a_danger_and_what_may_burn_one_day_is_not():
    assert triage.severity_of("围墙随时会垮塌").level == "major"
    assert triage.severity_of("电线随时会着火").level == "minor"


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
