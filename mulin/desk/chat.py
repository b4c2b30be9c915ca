"""A building's chat, copied as text, taken apart into messages. Pure: text in, messages out.

Understood are the ways in which people copy from the usual programs: a line with a name and a time above the
words, a line with a time and a name above them, or "name: words" on one line. What fits none of these is one
message a line. Nothing is decided here: people tick what is a voice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_MESSAGES = 200
MOST_TEXT = 4000
_DAY = r"(?:(?P<year>\d{4})[-/年.])?(?P<month>\d{1,2})[-/月.](?P<day>\d{1,2})日?"
_TIME = r"(?P<half>上午|下午|晚上|凌晨|中午)?\s*(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?:[:：]\d{2})?"
_WHEN = rf"(?:{_DAY}\s*)?{_TIME}"
_NAME = r"(?P<name>[^\s:：][^:：\n]{0,23}?)"
# 张三 2025/11/20 15:20        张三 15:20
NAME_THEN_TIME = re.compile(rf"^{_NAME}\s+{_WHEN}$")
# 2025-11-20 15:20:33 张三(12345)
TIME_THEN_NAME = re.compile(rf"^{_WHEN}\s+{_NAME}(?:\s*[(（<][^)）>]{{1,40}}[)）>])?$")
# [15:20] 张三: words      2025/11/20 15:20 - 张三: words
TIME_NAME_WORDS = re.compile(rf"^[\[【]?{_WHEN}[\]】]?\s*(?:-\s*)?{_NAME}\s*[:：]\s*(?P<words>.+)$")
NAME_WORDS = re.compile(r"^(?P<name>[^\s:：，。！？,.!?]{1,12})\s*[:：]\s*(?P<words>.+)$")
# What stands before a colon in a sentence and is nobody's name.
LABELS = frozenset(
    "地点 时间 问题 内容 电话 地址 事由 原因 联系人 联系电话 备注 通知 注意 提示 提醒 情况 建议 诉求 "
    "说明 回复 答 问 附 例如 比如".split()
)
_SMALL_TALK = re.compile(
    r"^(?:收到|好的?|谢谢.{0,4}|多谢|辛苦了?|嗯+|哦+|是的?|对|同意|支持|赞|早上好|晚上好|大家好|在吗|ok|OK|\+?1|\d|"
    r"[\[【(（](?:图片|表情|语音|视频|文件|动画表情|链接|位置)[^\]】)）]*[\]】)）]|\W+)$"
)
_SYSTEM = re.compile(
    r"(?:撤回了一条消息|加入了群聊|退出了群聊|修改群名|拍了拍|邀请.{1,30}加入|以下为新消息|[—-]{3,})"
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `sender` is shown to whoever ticks and is not kept; `is_likely`: may be a voice."""

    text: str
    sender: str = ""
    at: datetime | None = None
    is_likely: bool = False


def parse(text: str, now: datetime) -> list[Message]:
    """The messages of a copied chat in their order, at most 200. Times without a day are of today or
    yesterday, days without a year the last such day before `now` (aware)."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\u2005", " ").split("\n")]
    has_heads = any(_head(line) for line in lines)
    found = list(_with_heads(lines, now)) if has_heads else list(_one_a_line(lines))
    return [message for message in found if message.text][:MOST_MESSAGES]


def _head(line: str) -> re.Match[str] | None:
    return NAME_THEN_TIME.match(line) or TIME_THEN_NAME.match(line) or TIME_NAME_WORDS.match(line)


def _with_heads(lines: list[str], now: datetime) -> Iterator[Message]:
    sender, at = "", None
    words: list[str] = []
    for line in lines:
        head = _head(line)
        if head is None:
            if not _SYSTEM.search(line):
                words.append(line)
            continue
        yield _message(words, sender, at)
        parts = head.groupdict()
        sender, at = parts["name"].strip(), _moment(parts, now)
        words = [parts["words"]] if parts.get("words") else []
    yield _message(words, sender, at)


def _one_a_line(lines: list[str]) -> Iterator[Message]:
    for line in lines:
        if not line or _SYSTEM.search(line):
            continue
        named = NAME_WORDS.match(line)
        if named and named["name"] not in LABELS:
            yield _message([named["words"]], named["name"], None)
        else:
            yield _message([line], "", None)


def _message(words: list[str], sender: str, at: datetime | None) -> Message:
    text = "\n".join(words).strip()[:MOST_TEXT]
    return Message(text, sender, at, is_likely(text))


def is_likely(text: str) -> bool:
    """Whether a message may be a voice: no greeting, thank-you or sticker, and more than a few signs."""
    return len(text) >= 8 and not _SMALL_TALK.match(text)


def _moment(parts: dict[str, str | None], now: datetime) -> datetime | None:
    hour = int(parts["hour"] or 0)
    if parts["half"] in {"下午", "晚上"} and hour < 12:
        hour += 12
    try:
        clock_time = {"hour": hour, "minute": int(parts["minute"] or 0), "second": 0, "microsecond": 0}
        if not parts["month"]:
            moment = now.replace(**clock_time)
            return moment if moment <= now else moment - timedelta(days=1)
        year = int(parts["year"] or now.year)
        moment = now.replace(year=year, month=int(parts["month"]), day=int(parts["day"] or 1), **clock_time)
        if not parts["year"] and moment > now:
            moment = moment.replace(year=year - 1)
    except ValueError:
        return None
    return moment
