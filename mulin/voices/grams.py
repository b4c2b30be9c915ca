"""Text as character n-grams: one way to read Chinese for triage, duplicates, hot topics and answers.

Character n-grams need no dictionary and no word cutter, so new estates, new words and dialect work from the
first message. An n-gram of up to four characters is kept as one 64-bit number (16 bits a character), which
makes look-ups a binary search in numpy and lets a reason be read back as text. Characters outside the basic
plane take two 16-bit units; a gram may then hold half of one and is simply never shown as a reason.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

PACKS = Path(__file__).parent / "packs"

_NOT_WORD = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_UNIT = 16
SHARED_BY_AT_MOST = 40


@lru_cache(maxsize=1)
def _stop() -> tuple[re.Pattern[str], dict[int, None]]:
    with (PACKS / "stop_words.toml").open("rb") as file:
        pack = tomllib.load(file)
    words = sorted(set(" ".join(pack["words"]).split()), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words))), {ord(char): None for char in pack["characters"]}


def normalise(text: str) -> str:
    """Text without punctuation, spaces and stop words; numbers become 0, Latin letters small.

    Text that was cut into words and text as it was written come out nearly the same, so a model trained on
    one reads the other.
    """
    words, characters = _stop()
    text = _NOT_WORD.sub("", unicodedata.normalize("NFKC", text).lower())
    return words.sub("", _DIGITS.sub("0", text)).translate(characters)


def squeeze(text: str) -> str:
    """Text without punctuation and spaces, small letters; nothing else is lost."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text).lower())


def encode(text: str, sizes: Sequence[int] = (1, 2, 3)) -> tuple[np.ndarray, np.ndarray]:
    """All n-grams of `text` as 64-bit numbers, and where each begins. Sizes 1 to 4."""
    units = np.frombuffer(text.encode("utf-16-le"), dtype="<u2").astype(np.uint64)
    keys, starts = [], []
    gram = units
    for size in range(1, max(sizes) + 1):
        if len(units) < size:
            break
        if size > 1:
            gram = (gram[:-1] << np.uint64(_UNIT)) | units[size - 1 :]
        if size in sizes:
            keys.append(gram)
            starts.append(np.arange(len(gram)))
    if not keys:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    return np.concatenate(keys), np.concatenate(starts)


def decode(key: int) -> str:
    """The characters of an n-gram number."""
    units = []
    while key:
        units.append(key & 0xFFFF)
        key >>= _UNIT
    return b"".join(unit.to_bytes(2, "little") for unit in reversed(units)).decode("utf-16-le", "replace")


def gram_set(text: str, size: int = 2) -> frozenset[str]:
    """The different n-grams of one size, as text."""
    return frozenset(text[i : i + size] for i in range(len(text) - size + 1))


def jaccard(a: frozenset | set, b: frozenset | set) -> float:
    """Share of common members, 0 to 1; two empty sets have nothing in common."""
    union = len(a | b)
    return len(a & b) / union if union else 0.0


def _sampled_rare_grams(normal: Iterable[str]) -> list[np.ndarray]:
    """A fixed fifth of each text's 4-grams: enough to find near copies, at a fifth of the work."""
    out = []
    for text in normal:
        keys = np.unique(encode(text, (min(4, max(1, len(text))),))[0])
        mixed = (keys * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
        sample = keys[mixed % np.uint64(5) == 0]
        out.append(sample if len(sample) else keys[:4])
    return out


def near_copies(texts: Sequence[str], threshold: float = 0.9) -> np.ndarray:
    """Group number of every text; near copies share one. Used so that a copy never tests its own twin.

    Two texts are near copies when the character bigrams of their normalised forms have a Jaccard index of at
    least `threshold`. Candidates are texts that share a 4-gram which few texts have.
    """
    normal = [normalise(text) for text in texts]
    bigrams = [gram_set(text) for text in normal]
    samples = _sampled_rare_grams(normal)
    keys, counts = np.unique(np.concatenate(samples), return_counts=True) if samples else ([], [])
    rare = set(np.asarray(keys)[np.asarray(counts) <= SHARED_BY_AT_MOST].tolist())
    parent = list(range(len(texts)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    holders: dict[int, list[int]] = {}
    for i, sample in enumerate(samples):
        candidates: set[int] = set()
        for key in sample.tolist():
            if key in rare:
                candidates.update(holders.get(key, ()))
                holders.setdefault(key, []).append(i)
        for j in candidates:
            if root(i) != root(j) and jaccard(bigrams[i], bigrams[j]) >= threshold:
                parent[root(i)] = root(j)
    exact: dict[str, int] = {}
    for i, text in enumerate(normal):
        parent[root(i)] = root(exact.setdefault(text, i))
    return np.array([root(i) for i in range(len(texts))], dtype=np.int64)
