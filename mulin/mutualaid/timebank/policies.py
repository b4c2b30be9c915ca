"""What the rule packs say about the time bank of a place."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from mulin.kernel import rulebook
from mulin.kernel.errors import ActionError


@dataclass(frozen=True, slots=True)
class Policy:
    """Minutes, months and points; 0 is none or no limit."""

    is_on: bool
    cap: int
    expiry_months: int
    notice_days: int
    gift_month: int
    spends: bool
    points_per_hour: float
    points_most: int

    @property
    def has_points(self) -> bool:
        return self.is_on and self.points_per_hour > 0

    def points_of(self, minutes: int) -> int:
        """Whole points for a visit."""
        counted = min(minutes, self.points_most) if self.points_most else minutes
        return int(counted * self.points_per_hour) // 60


def is_on(place: str) -> bool:
    return bool(rulebook.value("aid.time.on", at=place))


def policy_at(place: str) -> Policy:
    def value(name: str):
        return rulebook.value(name, at=place)

    return Policy(
        is_on=is_on(place),
        cap=round(value("aid.time.cap_hours") * 60),
        expiry_months=int(value("aid.time.expiry_months")),
        notice_days=int(value("aid.time.expiry_notice_days")),
        gift_month=round(value("aid.time.gift_hours_month") * 60),
        spends=bool(value("aid.time.spend")),
        points_per_hour=float(value("aid.points.per_hour")),
        points_most=round(value("aid.points.most_hours") * 60),
    )


def require_on(place: str) -> Policy:
    """The policy of a place that has a time bank; time-bank-off where it has none."""
    found = policy_at(place)
    if not found.is_on:
        raise ActionError(
            "time-bank-off",
            _("这里还没有开时间银行。要开，请管理员在“规则”里设定“开时间银行”（aid.time.on）。"),
        )
    return found
