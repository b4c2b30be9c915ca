"""Hot topics: many people speaking about one thing at one place over some time.

Two stages. First messages that name the same thing are brought together: names are found in the texts
themselves (what ends like the name of an estate, road, school or firm, and pieces of subjects that several
messages share but few in all), so no list of places is needed. Then the messages of one name are split by
what they say about it (average linkage on character bigrams), so that the smoke of the restaurants and the
crack in the wall of one estate stay apart. A topic is rated by how many speak, and how close together in
time.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from mulin.voices import grams

SUFFIXES = (
    "小区|花园|家园|公寓|广场|大厦|学院|学校|大学|中学|小学|幼儿园|医院|市场|公园|大道|社区|新村|新城|工业园|庭院|"
    "公司|地铁站|轻轨站|车站|安置房|搅拌站|苑|园(?!区)|城(?!市|管|乡|镇)|府|郡|湾|庭(?!院)|居(?!民|住|委|家|然|高)|"
    "路(?!口|段|面|灯|上|边|人)|街(?!道)|巷|村(?!民|委)|镇|桥|站(?!点)|馆"
)
_NAME_END = re.compile(SUFFIXES)
_NAME_CHARS = re.compile(r"[\u4e00-\u9fff]+")
_BREAKS = "省市区县镇乡路街道位于在的从到与和及对请问关投诉举报反映咨询建议求是我们你了被将把"
LONGEST_NAME, PROPER_PART = 8, 2
_DIVISION_HEAD = re.compile(r"^[0-9a-z]*[省市区县]")
_NOT_IN_LABEL = frozenset(_BREAKS + "0123456789abcdefghijklmnopqrstuvwxyz的了是有不")
PHRASE_SIZES = (4, 5)
COMMON_SHARE = 0.02
KEEP_SHARE = 0.7
BODY_LENGTH = 400
SUBJECT_WEIGHT = 3.0
# Likeness that keeps two messages in one topic. An estate has few matters at a time; a road, a village or a
# whole community has many, so there more must be shared; a shared phrase alone proves least.
NAME_THRESHOLD, BROAD_THRESHOLD, PHRASE_THRESHOLD = 0.045, 0.1, 0.12
_BROAD = re.compile(
    r"(?:大道|社区|路|街|巷|村|镇|站|桥|学校|大学|中学|小学|幼儿园|医院|公司|市场|公园|广场)$"
)
LARGEST_GROUP = 400
SMALLEST_TOPIC = 3
WINDOW_DAYS = 90.0
OVERLAP = 0.4


@dataclass(frozen=True)
class Message:
    """One message; `time` with or without zone, all alike."""

    id: str
    subject: str
    time: datetime
    body: str = ""
    place: str = ""
    category: str = ""
    likes: int = 0
    user: str = ""


@dataclass(frozen=True)
class Topic:
    """What is hot: a label made of the name and the words that set it apart, the messages (earliest first),
    how many, the first and last time, the names of places in it, and the score it was ranked by."""

    label: str
    ids: tuple[str, ...]
    count: int
    since: datetime
    until: datetime
    places: tuple[str, ...]
    score: float


def parse_time(text: str) -> datetime:
    """A time as in ISO 8601; slashes and missing seconds are taken too."""
    return datetime.fromisoformat(text.strip().replace("/", "-"))


def _runs(text: str) -> list[tuple[str, str]]:
    """What may be names: the part before the kind of place, cut at what no name holds, and the kind."""
    out = []
    for run in _NAME_CHARS.findall(text):
        for end in _NAME_END.finditer(run):
            begin = max(0, end.end() - LONGEST_NAME)
            for i in range(end.start() - 1, begin - 1, -1):
                if run[i] in _BREAKS:
                    begin = i + 1
                    break
            if end.start() - begin >= PROPER_PART:
                out.append((run[begin : end.start()], end.group()))
    return out


def _endings(piece: tuple[str, str]) -> list[str]:
    """Possible names, shortest first; at least two characters stand before the kind of place."""
    proper, kind = piece
    return [proper[-n:] + kind for n in range(PROPER_PART, len(proper) + 1)]


def _too_common(total: int) -> float:
    """What more messages than this share is no name; in a small set nearly everything may be."""
    return max(COMMON_SHARE * total, min(30.0, 0.4 * total))


def names(texts: Sequence[str]) -> list[set[str]]:
    """Names in every text. Where a name begins is learned from all texts: a character to the left belongs to
    it as long as nearly every mention has it."""
    runs = [set(_runs(text)) for text in texts]
    held = Counter(ending for pieces in runs for ending in {e for p in pieces for e in _endings(p)})
    limit = _too_common(len(texts))
    out = []
    for pieces in runs:
        found = set()
        for piece in pieces:
            best = None
            for ending in _endings(piece):
                if held[ending] < 2:
                    break
                if best is None or held[ending] >= KEEP_SHARE * held[best]:
                    best = ending
                else:
                    break
            if best and held[best] <= limit:
                found.add(best)
        out.append(found)
    return out


def _phrases(subjects: Sequence[str]) -> dict[str, list[int]]:
    """Pieces of subjects that several messages share and few have; only the longest of equals."""
    holders: dict[str, set[int]] = defaultdict(set)
    for i, subject in enumerate(subjects):
        text = grams.squeeze(subject)
        for size in PHRASE_SIZES:
            for gram in grams.gram_set(text, size):
                holders[gram].add(i)
    limit = _too_common(len(subjects))
    distinct: dict[frozenset[int], str] = {}
    for gram, ids in holders.items():
        if SMALLEST_TOPIC <= len(ids) <= limit:
            key = frozenset(ids)
            distinct[key] = max(gram, distinct.get(key, ""), key=lambda g: (len(g), g))
    return {gram: sorted(ids) for ids, gram in distinct.items()}


@dataclass
class _Texts:
    """Weighted bigrams of every message: sorted keys and their values."""

    keys: list[np.ndarray]
    values: list[np.ndarray]


def _weigh(messages: Sequence[Message]) -> _Texts:
    counted = []
    for message in messages:
        total: Counter[int] = Counter()
        for text, weight in ((message.subject, SUBJECT_WEIGHT), (message.body[:BODY_LENGTH], 1.0)):
            keys, times = np.unique(grams.encode(grams.normalise(text), (2,))[0], return_counts=True)
            for key, n in zip(keys.tolist(), times.tolist(), strict=True):
                total[key] += weight * n
        counted.append(total)
    held = Counter(key for total in counted for key in total)
    n = len(messages)
    keys, values = [], []
    for total in counted:
        own = np.array(sorted(k for k in total if held[k] > 1), dtype=np.uint64)
        row = np.array([math.log1p(total[k]) * math.log(n / held[k] + 1) for k in own.tolist()])
        keys.append(own)
        values.append(row)
    return _Texts(keys, values)


def _likeness(texts: _Texts, members: Sequence[int], name: str) -> np.ndarray:
    """Cosines among members on everything but the name that brought them together."""
    left_out = grams.encode(grams.normalise(name), (2,))[0]
    columns = np.unique(np.concatenate([texts.keys[i] for i in members]))
    columns = np.setdiff1d(columns, left_out)
    matrix = np.zeros((len(members), len(columns)))
    for row, i in enumerate(members):
        if not len(columns):
            break
        at = np.minimum(np.searchsorted(columns, texts.keys[i]), len(columns) - 1)
        known = columns[at] == texts.keys[i]
        matrix[row, at[known]] = texts.values[i][known]
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    matrix /= np.maximum(lengths, 1e-9)
    return matrix @ matrix.T


def _clusters(likeness: np.ndarray, threshold: float) -> list[list[int]]:
    """Average linkage: join the two likeliest clusters until the best pair is below the threshold."""
    n = len(likeness)
    total = likeness.copy()
    np.fill_diagonal(total, -np.inf)
    size = np.ones(n)
    members = [[i] for i in range(n)]
    alive = np.ones(n, bool)
    for _ in range(n - 1):
        mean = total / np.outer(size, size)
        a, b = divmod(int(np.argmax(mean)), n)
        if mean[a, b] < threshold:
            break
        total[a] += total[b]
        total[:, a] += total[:, b]
        total[a, a] = -np.inf
        total[b], total[:, b] = -np.inf, -np.inf
        size[a] += size[b]
        members[a] += members[b]
        alive[b] = False
    return [members[i] for i in np.flatnonzero(alive)]


def _heat(messages: Sequence[Message], members: Sequence[int]) -> float:
    """Voices count one each (a person once), likes a little, and closeness in time up to double."""
    days = np.sort([messages[i].time.timestamp() / 86_400 for i in members])
    last = np.searchsorted(days, days + WINDOW_DAYS, side="right")
    burst = float((last - np.arange(len(days))).max()) / len(days)
    people = {messages[i].user or messages[i].id for i in members}
    likes = sum(math.log1p(max(0, messages[i].likes)) for i in members)
    return (0.5 * (len(people) + len(members)) + 0.1 * likes) * (1 + burst)


def _label(
    messages: Sequence[Message], members: Sequence[int], name: str, held: Counter[str], places: set[str]
) -> str:
    """The name, then up to two pieces of the subjects that many here share and few elsewhere do."""
    share: Counter[str] = Counter()
    name = _DIVISION_HEAD.sub("", name) or name
    for i in members:
        subject = grams.squeeze(messages[i].subject).replace(name, " ")
        share.update({g for n in (2, 3, 4) for g in grams.gram_set(subject, n) if " " not in g})
    total = len(messages)
    rated = sorted(
        (
            g
            for g, n in share.items()
            if n >= max(2, 0.25 * len(members))
            and not set(g) & _NOT_IN_LABEL
            and not any(g in place or place in g for place in places)
        ),
        key=lambda g: -(share[g] * math.log((total + 1) / (held[g] + 1)) * math.sqrt(len(g))),
    )
    words: list[str] = []
    for gram in rated:
        if not any(set(gram) & set(word) for word in words) and not set(gram) <= set(name):
            words.append(gram)
        if len(words) == 2:
            break
    return f"{name}：{'、'.join(words)}" if words else name


def _candidates(messages: Sequence[Message]) -> tuple[list[tuple[str, list[int], float]], list[set[str]]]:
    found = names([f"{m.subject} {m.body[:BODY_LENGTH]}" for m in messages])
    groups: dict[str, list[int]] = defaultdict(list)
    for i, own in enumerate(found):
        for name in own:
            groups[name].append(i)
    out = [
        (name, members, BROAD_THRESHOLD if _BROAD.search(name) else NAME_THRESHOLD)
        for name, members in sorted(groups.items())
    ]
    phrases = sorted(_phrases([m.subject for m in messages]).items())
    out += [(phrase, members, PHRASE_THRESHOLD) for phrase, members in phrases if phrase not in groups]
    return [c for c in out if SMALLEST_TOPIC <= len(c[1])], found


def topics(messages: Sequence[Message], top: int = 5) -> list[Topic]:
    """The `top` hottest topics, hottest first. The order of `messages` does not matter."""
    messages = sorted(messages, key=lambda m: (m.time.timestamp(), m.id))
    if len(messages) < SMALLEST_TOPIC:
        return []
    texts = _weigh(messages)
    candidates, found = _candidates(messages)
    rated = []
    for name, members, threshold in candidates:
        members = members[-LARGEST_GROUP:]
        for part in _clusters(_likeness(texts, members, name), threshold):
            if len(part) >= SMALLEST_TOPIC:
                own = sorted(members[i] for i in part)
                rated.append((_heat(messages, own), name, own))
    held = Counter(
        g
        for m in messages
        for g in {g for n in (2, 3, 4) for g in grams.gram_set(grams.squeeze(m.subject), n)}
    )
    return _choose(messages, rated, found, held, top)


def _choose(messages, rated, found, held, top: int) -> list[Topic]:
    """Best first, leaving out what mostly repeats a topic already taken."""
    taken: set[int] = set()
    out = []
    for score, name, members in sorted(rated, key=lambda item: (-item[0], item[1])):
        if len(out) == top:
            break
        repeated = taken & set(members)
        if len(repeated) > OVERLAP * len(members):
            continue
        members = [i for i in members if i not in repeated]
        if len(members) < SMALLEST_TOPIC:
            continue
        taken |= set(members)
        named = Counter(n for i in members for n in found[i])
        places = tuple(n for n, k in named.most_common(3) if k >= max(2, 0.3 * len(members)))
        known = tuple(dict.fromkeys(messages[i].place for i in members if messages[i].place))
        out.append(
            Topic(
                _label(messages, members, name, held, set(named)),
                tuple(messages[i].id for i in members),
                len(members),
                messages[members[0]].time,
                messages[members[-1]].time,
                known or places,
                round(score, 3),
            )
        )
    return out
