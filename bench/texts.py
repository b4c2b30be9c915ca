"""What people say in the benchmark: the product's own example messages with varied details."""

import csv
import random
from functools import cache
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "mulin" / "voices" / "packs" / "examples.csv"
# Of every so many texts one holds the rare word; the common one stands in many examples of its own.
RARE, RARE_EVERY, COMMON = "鹦鹉", 20_000, "楼道"
EVERYWHERE = "单元"  # every text names one
WHERE = (
    "单元门口",
    "楼道里",
    "小区北门",
    "车库入口",
    "花园旁边",
    "菜场对面",
    "幼儿园门口",
    "顶楼平台",
    "电梯里",
)
WHEN = ("昨天晚上", "这个星期", "从上个月起", "今天一早", "连着三天", "下雨以后", "周末", "春节前后")


@cache
def examples() -> tuple[str, ...]:
    with EXAMPLES.open(encoding="utf-8", newline="") as file:
        return tuple(row["text"] for row in csv.DictReader(file))


def varied(n: int, rng: random.Random) -> str:
    """The n-th text: an example with a place and a time of its own."""
    known = examples()
    detail = f"{rng.randint(1, 60)}栋{rng.randint(1, 4)}单元{rng.choice(WHERE)}，{rng.choice(WHEN)}"
    bird = f"，还有一只{RARE}" if n % RARE_EVERY == RARE_EVERY // 2 else ""
    return f"{detail}，{known[rng.randrange(len(known))]}{bird}"


def pool(size: int, seed: int = 7) -> list[str]:
    rng = random.Random(seed)
    return [varied(n, rng) for n in range(size)]
