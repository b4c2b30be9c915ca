"""Personal data in free text: where it is and what it is, so that people can mask it before anything shows.

Found by form, not by guess: what carries a check digit must pass it. Door numbers are found too but are an
address, milder than the rest: a worker needs them to find the place, a public page does not. A building, a
unit or a floor is nobody's door.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

KINDS = ("id_number", "bank_card", "mobile", "landline", "email", "plate", "messenger", "door", "name")
MILD = frozenset({"door"})

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_NUMBER = r"(?:\d{1,4}|[A-Za-z]|[一二三四五六七八九十百]{1,4})"
# A door is what stands behind a building, a unit or a floor; those alone say where a lamp is broken, not
# whose home it is. A number of three or four digits there is a door, whatever follows: 601家, 601户 and
# 601天天 are how people speak of one. A count says so in front (有501户, 共300人), so it does not stand
# directly behind; what is left are years, measures and round numbers with 多 (2026年建, 120平米, 100多户).
_NO_ROOM = (
    r"(?!\d)(?!(?<=(?:19|20)\d\d)(?:年(?![年久轻老长纪迈货夜头底])|[-./]\d{1,2}[-./月]))"
    r"(?!平米|平方|㎡|米[处内外远]|元(?![旦宵]))(?!(?<=(?:00|[2-9]0))多(?:户|家|人|个|名|位|平|米|元))"
)
_DIGIT = "零〇一二三四五六七八九"
# 一二三楼 and 五六七栋 are lists of floors and buildings; so are 一九八八年 and 二〇〇八年 years.
_SPOKEN = (
    rf"(?!(?:一二三四?|二三四五?|三四五六?|四五六七?|五六七八?|六七八九?|七八九)(?:楼|层|栋|幢|座|单元|号楼))"
    rf"(?!(?:一九|二[零〇])[{_DIGIT}]{{2}}年(?![年久轻老长纪迈货夜头底]))[{_DIGIT}]{{3,4}}(?![{_DIGIT}])"
)
# 1-18层 and 1-3日 are ranges, 5-1家 and 5-1天天吵 are doors.
_RANGE = (
    r"(?:层|楼(?![上下道顶梯])|栋|幢|座|单元|年|月(?![底初])|日(?![日夜常前])"
    r"|点[钟半停开到至]|号[楼栋线门院车电梯机])"
)
_ROOM = (
    rf"(?:\d{{1,4}}|[{_DIGIT}十]{{1,4}})(?:号房|室|号(?![楼线门院车电梯机]|出入口)|房)"
    rf"|\d{{1,2}}-\d{{3,4}}(?![\d-])|\d{{1,2}}-\d{{1,2}}(?![\d-]|{_RANGE})"
    rf"|(?<!\d)(?:\d{{3,4}}{_NO_ROOM}|{_SPOKEN})(?:[、和与及跟到至~/-](?:\d{{3,4}}{_NO_ROOM}|{_SPOKEN}))*"
)
_GAP = r"[-－—– \u3000]{0,2}"
_FLOOR = rf"(?:{_NUMBER}(?:楼|层){_GAP})"
_DOORS = (
    rf"{_NUMBER}(?:号楼|栋|幢|座|[#＃]楼?){_GAP}(?:{_NUMBER}单元{_GAP})?{_FLOOR}?(?:{_ROOM})",
    rf"{_NUMBER}单元{_GAP}{_FLOOR}?(?:{_ROOM})",
    # 38号5-2 on a street, 3-2-501, and a room that says so itself.
    r"\d{1,4}号(?:附\d{1,3}号)?\d{1,2}-\d{1,2}(?![\d-])",
    r"(?<![\d-])\d{1,2}-\d{1,2}-\d{1,4}(?![\d-])",
    r"(?<![\d-])\d{3,4}(?:室|号房)",
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤"
    "方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余顾孟黄穆萧尹姚邵汪祁毛米贝明臧计伏成戴"
    "谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房"
    "解应丁宣邓郁单杭洪包左石崔吉龚程裴陆翁荀甄曲封储靳段富巫焦巴牧山谷车侯全班秋仲宫宁仇甘厉戎祖武符刘景詹束龙"
    "叶幸司黎蒲白怀蒲鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻党翟谭贡劳申扶堵冉雍桑桂牛寿通边扈燕冀浦尚温庄晏柴瞿阎"
    "慕连习艾鱼容向古易慎戈廖庚终居衡步都耿满弘匡文寇广东欧沃利蔚越隆师巩聂晁冷简饶曾沙关付肖游涂"
)

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")),
    ("id_number", re.compile(r"(?<![0-9A-Za-z])\d{6}[ -]?(?:18|19|20)\d{6}[ -]?\d{3}[0-9Xx](?![0-9A-Za-z])")),
    ("bank_card", re.compile(r"(?<!\d)\d(?:[ -]?\d){15,18}(?![ -]?\d)")),
    ("mobile", re.compile(r"(?<!\d)(?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")),
    (
        "landline",
        re.compile(
            r"(?<!\d)(?:0\d{2,3}[ -]\d{7,8}|\(0\d{2,3}\)\d{7,8}|0(?:10|2\d)\d{8}|0[3-9]\d{2}\d{7,8})(?!\d)"
        ),
    ),
    ("plate", re.compile(rf"[{_PROVINCES}][A-HJ-NP-Z][·• ]?(?:[A-HJ-NP-Z0-9]{{5,6}})(?![A-Za-z0-9])")),
    (
        "messenger",
        re.compile(
            r"(?:微信号?|vx|VX|wx|WeChat|wechat|QQ号?|qq号?|扣扣)\s*(?:是|为|:|：)?\s*([A-Za-z][-_A-Za-z0-9]{5,19}|[1-9]\d{4,10})(?![A-Za-z0-9])"
        ),
    ),
    ("door", re.compile("|".join(_DOORS))),
    (
        "name",
        re.compile(
            rf"(?:我叫|我是业主|联系人|姓名|本人姓名|当事人)(?:是|为|:|：)?\s*([{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?)(?=[，,。.；;、\s\d（(电手住是和的在家]|$)"
        ),
    ),
)


@dataclass(frozen=True, order=True)
class Span:
    """A piece `text[start:end]` of one kind. `mild` spans may stay for workers but not for the public."""

    start: int
    end: int
    kind: str

    @property
    def mild(self) -> bool:
        return self.kind in MILD


def valid_id_number(number: str) -> bool:
    """18 characters whose last is the check character of GB 11643 (ISO 7064 MOD 11-2)."""
    if not re.fullmatch(r"\d{17}[0-9Xx]", number, re.ASCII):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number, strict=False))
    return _ID_CHECK[total % 11] == number[-1].upper()


def valid_card(number: str) -> bool:
    """16 to 19 digits that pass the Luhn check (ISO/IEC 7812)."""
    if not re.fullmatch(r"\d{16,19}", number, re.ASCII) or len(set(number)) == 1:
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _holds(kind: str, found: str) -> bool:
    digits = re.sub(r"[ -]", "", found)
    if kind == "id_number":
        return valid_id_number(digits)
    if kind == "bank_card":
        return valid_card(digits)
    return True


def find(text: str) -> list[Span]:
    """Spans of personal data in order; none overlap, what stands earlier in `KINDS` wins."""
    taken: list[Span] = []
    for kind, pattern in sorted(_PATTERNS, key=lambda item: KINDS.index(item[0])):
        for match in pattern.finditer(text):
            start, end = match.span(1) if pattern.groups and match.group(1) else match.span()
            if _holds(kind, text[start:end]) and all(end <= s.start or start >= s.end for s in taken):
                taken.append(Span(start, end, kind))
    return sorted(taken)


def mask(text: str, spans: Iterable[Span] | None = None, sign: str = "*") -> str:
    """The text with every span covered by `sign`, of the same length, so other positions still hold.

    Without `spans` it covers what `find` finds.
    """
    characters = list(text)
    for span in find(text) if spans is None else spans:
        for i in range(max(0, span.start), min(span.end, len(characters))):
            characters[i] = sign
    return "".join(characters)
