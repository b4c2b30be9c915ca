"""Owners' votes counted a second time, slowly, with fractions and plain loops: written apart from the engine,
from the words of 民法典 278 and the interpretation, for the property test. It shares no code with it."""

from fractions import Fraction

HALF, TWO_THIRDS, THREE_QUARTERS = Fraction(1, 2), Fraction(2, 3), Fraction(3, 4)


def one_buyer(one, two):
    """Whether two parts are one head: both the developer's, or the very same people on both titles."""
    if one["developer"] or two["developer"]:
        return one["developer"] and two["developer"]
    return bool(one["owners"]) and set(one["owners"]) == set(two["owners"])


def groups_of(units):
    groups = []
    for unit in units:
        for group in groups:
            if one_buyer(group[0], unit):
                group.append(unit)
                break
        else:
            groups.append([unit])
    return groups


def words_about(unit, papers):
    return [
        answer
        for person, answer, named in papers
        if person in unit["owners"] and (not named or unit["name"] in named)
    ]


def voice_of(group, papers):
    """yes, no, blank, spoiled, torn (says two things) or silent."""
    words = [word for unit in group for word in words_about(unit, papers)]
    if not words:
        return "silent"
    good = sorted({word for word in words if word != "spoiled"})
    if not good:
        return "spoiled"
    return good[0] if len(good) == 1 else "torn"


def passes(units, papers, is_special, counts_blank=True, counts_spoiled=False, counts_torn=True):
    """(did enough take part, did enough agree)."""
    size = {unit["name"]: Fraction(unit["area"], 100) for unit in units}
    groups = groups_of(units)
    there_heads = there_area = yes_heads = yes_area = Fraction(0)
    for group in groups:
        voice = voice_of(group, papers)
        spoken = [unit for unit in group if words_about(unit, papers)]
        if voice != "spoiled":  # a spoiled paper beside a good one was never given
            spoken = [unit for unit in spoken if set(words_about(unit, papers)) != {"spoiled"}]
        if voice == "silent" or (voice == "blank" and not counts_blank):
            continue
        if (voice == "spoiled" and not counts_spoiled) or (voice == "torn" and not counts_torn):
            continue
        area = sum(size[unit["name"]] for unit in spoken)
        there_heads, there_area = there_heads + 1, there_area + area
        if voice == "yes":
            yes_heads, yes_area = yes_heads + 1, yes_area + area
    whole = sum(size.values())
    took_part = there_heads / len(groups) >= TWO_THIRDS and there_area / whole >= TWO_THIRDS
    if not took_part:
        return False, False
    shares = (yes_heads / there_heads, yes_area / there_area)
    if is_special:
        return True, all(share >= THREE_QUARTERS for share in shares)
    return True, all(share > HALF for share in shares)
