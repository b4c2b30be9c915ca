"""A voice before it is written: everything that is checked, masked, located and understood without a lock."""

import base64
import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import clock, rulebook, secrets
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError
from mulin.voices import locations, states, understanding
from mulin.voices.categories import catalogue
from mulin.voices.locations import Spot
from mulin.voices.models import CHANNELS, KINDS

TITLE_LENGTH = 30
LOCATED_BY = ("map-wgs84", "map-gcj02", "map-bd09", "list", "words", "community")
ADDRESS_LENGTH = 160
FRESH = timedelta(days=1)
EARLIEST = 1900
# The key of an anonymous request is all that stands before its receipt, so it must not be guessable.
ANONYMOUS_KEY_LENGTH = 16
_SENTENCE_END = re.compile(r"[。！？!?\n；;]")
_CLAUSE_END = re.compile(r"[，,、：:]")
_COVERED = re.compile(r"\*{3,}")


@dataclass(slots=True)
class Draft:
    """All that a voice and its matter will hold."""

    text: str
    masked: str
    title: str
    spot: Spot
    kind: str
    category: str
    category_by: str
    severity: str
    suggestions: dict[str, Any]
    happened_at: datetime | None = None
    address: str = ""
    channel: str = "portal"
    contact: str = ""
    account: UUID | None = None
    entered_by: UUID | None = None
    idempotency: str | None = None
    digest: str = ""
    secret: str = field(default="", repr=False)

    @property
    def restriction(self) -> str:
        return restriction_of(self.kind, self.severity)


def restriction_of(kind: str, severity: str) -> str:
    """What keeps a matter from being seen by all who see ordinary ones."""
    return "tip_off" if kind == "tip_off" else "major" if severity == "major" else ""


def _is_private(category: str) -> bool:
    known = catalogue().get(category)
    return known is not None and not known.public


def publication_of(place: str, kind: str, category: str, restriction: str) -> str:
    """`asked` when somebody may decide to publish it, `never` when kind, category or restriction forbid."""
    if restriction or _is_private(category):
        return "never"
    return "asked" if kind in rulebook.value("voices.public.kinds", at=place) else "never"


def title_of(text: str) -> str:
    """The first words of a text with personal data and doors covered, in whole clauses where they fit. It is
    read in lists, in notices to everybody who joined and, once approved, by the public; whoever must find the
    door opens the voice."""
    text = _COVERED.sub("**", understanding.mask(text)).strip()
    first = _SENTENCE_END.split(text, maxsplit=1)[0].strip() or text
    first = " ".join(first.split())
    if len(first) <= TITLE_LENGTH:
        return first
    ends = [at.start() for at in _CLAUSE_END.finditer(first[: TITLE_LENGTH + 1])]
    return first[: ends[-1]] if ends and ends[-1] >= TITLE_LENGTH // 2 else first[: TITLE_LENGTH - 1] + "…"


def _unprintable(sign: str) -> str:
    """What stays of a sign that Python would not print: the rare characters of names, which may be newer than
    its tables or a place's own, and a blank for the blanks of other programs. Controls go."""
    kind = unicodedata.category(sign)
    if kind == "Zs":
        return " "
    return sign if kind == "Co" or (kind == "Cn" and "\U00020000" <= sign <= "\U0003fffd") else ""


def check_text(text: str, place: str, field_name: str = "text", most: int | None = None) -> str:
    """The text without blanks around it and without control characters, or ActionError (422)."""
    text = "".join(
        c if c in "\n\t\u3000" or c.isprintable() else _unprintable(c) for c in text.replace("\r\n", "\n")
    ).strip()
    if not text:
        raise ActionError("text-missing", _("请说一说是什么事。"), field=field_name, status=422)
    most = most or rulebook.value("voices.text.max", at=place)
    if len(text) > most:
        raise ActionError(
            "text-too-long",
            _("最多写 %d 个字，您可以先说要点，以后再补充。") % most,
            field=field_name,
            status=422,
        )
    return text


def check_choice(value: str, allowed: Any, code: str, field_name: str) -> str:
    if value and value not in allowed:
        raise ActionError(code, _("这个选项不存在，请重新选择。"), field=field_name, status=422)
    return value


def check_category(code: str) -> str:
    """A category in use (level 2), or empty."""
    known = catalogue().get(code) if code else None
    if code and (known is None or not known.is_active):
        raise ActionError(
            "category-unknown", _("没有这个类别，请从列表里选择。"), field="category", status=422
        )
    return code


def check_moment(moment: datetime | None) -> None:
    """Nothing is told that has not happened yet; a day is left for clocks that go wrong."""
    if moment and moment.year < EARLIEST:
        raise ActionError("time-wrong", _("请填写正确的日期。"), field="happened_at", status=422)
    if moment and moment > clock.now() + FRESH:
        raise ActionError("time-wrong", _("这个时间还没有到。"), field="happened_at", status=422)


def clean_contact(contact: str) -> str:
    """A telephone number without blanks and hyphens; another way to reach somebody stays as it is written."""
    contact = " ".join(contact.split())[:80]
    bare = re.sub(r"[\s\-()（）]", "", contact)
    return bare if re.fullmatch(r"\+?\d{5,20}", bare) else contact


def owned_key(actor: Actor, key: str) -> str | None:
    """The stored form of an idempotency key: whose it is, and a hash, since keys come in any length. None
    without a key. Raises idempotency-weak (422)."""
    if not key:
        return None
    if actor.account is None and not actor.is_system and len(key) < ANONYMOUS_KEY_LENGTH:
        raise ActionError("idempotency-weak", _("没有登录时，幂等键至少要 16 个字符。"), status=422)
    owner = actor.account.hex if actor.account else "system" if actor.is_system else "anonymous"
    return f"{owner}:{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def secret_for(idempotency: str | None) -> str:
    """A receipt's secret. With an idempotency key it follows from the key, so that a person whose first
    answer was lost on a bad line gets the same receipt again though only its hash is stored."""
    if idempotency is None:
        return secrets.new_secret()
    raw = bytes.fromhex(secrets.fingerprint(idempotency, "receipt-of-key"))
    return base64.urlsafe_b64encode(raw[:17]).decode().rstrip("=")[:22]


def digest_of(**content: Any) -> str:
    """A hash of what was asked for, to tell a repeat from another request under the same key."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def best(suggestions: dict[str, Any], place: str) -> tuple[str, str]:
    """(kind, category) that the machine is sure enough of to fill in; empty where it is not.

    A machine never makes a wish or an offer of something: then nobody would have to see to it.
    """
    least = rulebook.value("voices.suggest.min_confidence", at=place)
    kind = next(iter(suggestions.get("kind") or ()), {})
    category = next(iter(suggestions.get("category") or ()), {})
    sure_kind = kind.get("code", "") if kind.get("confidence", 0) >= least else ""
    sure_category = category.get("code", "") if category.get("confidence", 0) >= least else ""
    return (sure_kind if sure_kind in states.ASKING else "", sure_category)


def _is_wish(kind: str, suggestions: dict[str, Any]) -> bool:
    """Whether it is a wish or an offer: as said, or, where nothing was said, as it looks most like. It is
    filed as help until the desk knows better, and what was guessed beside it would stay."""
    likely = next(iter(suggestions.get("kind") or ()), {})
    return (kind or likely.get("code", "")) in states.WISHES


def severity_of(given: str, suggestions: dict[str, Any], place: str, happened_at: datetime | None) -> str:
    """What was said counts; otherwise danger to life is treated as major until a person has looked, unless
    it is told of a day that is long over."""
    if given:
        return given
    if happened_at and clock.now() - happened_at > FRESH:
        return "minor"
    level = (suggestions.get("urgency") or {}).get("level", 0)
    return "major" if level >= rulebook.value("voices.urgent.treat_as_major", at=place) else "minor"


def prepare(
    actor: Actor, *, text: str, place: str, kind: str, category: str, severity: str, lon: float | None,
    lat: float | None, crs: str, address: str, building: str, channel: str, contact: str, idempotency: str,
    entered_for: bool, happened_at: datetime | None, located_by: str, for_account: UUID | None,
    photos: int = 0, join: str = "",
) -> Draft:  # fmt: skip
    """Check and complete what a person or worker gave. Reads only; raises ActionError (422)."""
    _check_choices(channel, kind, severity, located_by)
    check_category(category)
    check_moment(happened_at)
    digest = digest_of(
        text=text, place=place, kind=kind, category=category, severity=severity, lon=lon, lat=lat, crs=crs,
        address=address, building=building, contact=contact, photos=photos, join=join,
    )  # fmt: skip
    address = " ".join(address.split())[:ADDRESS_LENGTH]
    spot = locations.resolve(
        place, lon=lon, lat=lat, crs=crs, address=address, building=building, given=located_by, text=text
    )
    draft = understood(check_text(text, spot.place), spot, kind, category, severity, happened_at)
    draft.address, draft.channel, draft.contact = address, channel, clean_contact(contact)
    draft.account = for_account if entered_for else actor.account
    draft.entered_by = actor.account if entered_for else None
    draft.idempotency, draft.digest = owned_key(actor, idempotency), digest
    draft.secret = secret_for(draft.idempotency)
    return draft


def _check_choices(channel: str, kind: str, severity: str, located_by: str) -> None:
    check_choice(channel, CHANNELS, "channel-unknown", "channel")
    check_choice(kind, KINDS, "kind-unknown", "kind")
    check_choice(located_by, LOCATED_BY, "located-unknown", "located_by")
    check_choice(severity, states.SEVERITY_WORDS, "severity-unknown", "severity")


def understood(
    text: str,
    spot: Spot,
    kind: str,
    category: str,
    severity: str,
    happened_at: datetime | None,
    title: str = "",
) -> Draft:
    """A draft of a checked text at a spot; what the machine suggests fills in where nothing was said."""
    suggestions = understanding.suggest(text, spot.place)
    sure_kind, sure_category = best(suggestions, spot.place)
    if _is_wish(kind, suggestions) and _is_private(sure_category):
        # "I can mend things for neighbours" is no quarrel: a guess must not hide an offer for good.
        sure_category = ""
    return Draft(
        text=text,
        masked=understanding.mask(text),
        title=title_of(title or text),
        spot=spot,
        kind=kind or sure_kind or "help",
        category=category or sure_category,
        category_by="said" if category else "guess" if sure_category else "",
        severity=severity_of(severity, suggestions, spot.place, happened_at),
        suggestions=suggestions,
        happened_at=happened_at,
    )
