"""Shapes of what goes out, for the OpenAPI document. Answers are built as plain dicts: see `answers`."""

from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext_noop as _n
from pydantic import BaseModel, Field

T = TypeVar("T")


class FieldError(BaseModel):
    field: str = Field(description=_n("字段；嵌套的用点连接"))
    code: str
    message: str


class Problem(BaseModel):
    """RFC 9457. `code` 不会变，可以在程序里判断；`title` 是给人看的。"""

    type: str
    title: str
    status: int
    code: str
    field: str | None = None
    errors: list[FieldError] | None = None


class Listing(BaseModel, Generic[T]):
    items: list[T]
    next: str | None = Field(description=_n("下一页的游标；没有更多时为 null"))


class VoiceLine(BaseModel):
    number: str
    kind: str
    category: str
    severity: str
    place: str
    grid: str
    channel: str
    state: str
    created_at: datetime
    matter: str = Field(description=_n("这条诉求说的是哪件事"))
    case: str | None = Field(description=_n("正在办这件事的事项编号"))
    answered_at: datetime | None
    is_solved: bool | None
    is_satisfied: bool | None


class VoiceFull(VoiceLine):
    text: str
    title: str
    address: str
    lon: float | None
    lat: float | None
    answer: str
    contact_last4: str
    case_state: str | None
    case_state_text: str | None


class VoiceMade(BaseModel):
    number: str
    matter: str
    case: str | None
    kind: str
    category: str
    severity: str
    place: str
    secret: str = Field(description=_n("匿名人凭它跟进，只给这一次"))
    url: str = Field(description=_n("凭此链接跟进、补充、评价，不用登录"))


class CaseMoved(BaseModel):
    number: str
    state: str
    state_text: str = Field(description=_n("居民看到的说法"))
    is_open: bool
    due_at: datetime | None = Field(description=_n("最先到期的时限；没有时为 null"))
    outcome: str
    is_solved: bool | None
    is_satisfied: bool | None
    reopened_count: int
    updated_at: datetime
    pending: str | None = Field(description=_n("等第二人同意的一步"))


class CaseLine(CaseMoved):
    title: str
    kind: str
    category: str
    severity: str
    urgency: int
    restriction: str
    place: str
    grid: str
    building: str
    lead: str | None = Field(description=_n("牵头单位"))
    lead_id: str | None
    opened_on: date


class ClockOut(BaseModel):
    kind: str
    limit: str
    started_at: datetime
    due_at: datetime
    paused_at: datetime | None
    stopped_at: datetime | None
    is_met: bool | None
    extended_at: datetime | None
    rule: dict[str, Any] = Field(description=_n("时限出自哪条规则"))


class InvolvementOut(BaseModel):
    org_id: str
    org: str
    role: str
    state: str


class LineOut(BaseModel):
    at: datetime
    code: str
    text: str
    data: dict[str, Any]


class CaseFull(CaseLine):
    facts: dict[str, Any]
    voices: list[str]
    merged_into: str | None
    done_text: str
    reply: str
    moves: list[str] = Field(description=_n("您现在可以走的步骤"))
    clocks: list[ClockOut]
    involved: list[InvolvementOut]
    timeline: list[LineOut]


class CategoryOut(BaseModel):
    code: str
    parent: str
    name: str
    level: int


class PlaceOut(BaseModel):
    code: str
    name: str
    kind: str
    level: int
    parent: str
    official_name: str
    full_name: str = Field(description=_n("从区到这里的全名"))
    valid_from: date | None
    valid_to: date | None
    current: list[str] = Field(description=_n("区划调整后现在的代码"))


class WebhookOut(BaseModel):
    id: str
    url: str
    codes: list[str]
    place: str
    audience: str
    is_active: bool
    waiting: int = Field(description=_n("还没发出的条数"))
    failing_since: datetime | None
    disabled_at: datetime | None
    last_sent_at: datetime | None


class WebhookMade(WebhookOut):
    secret: str = Field(description=_n("验签用的密钥，只给这一次"))


class EntryOut(BaseModel):
    id: str
    position: int
    at: datetime
    code: str
    actor: str | None
    actor_kind: str
    org: str | None
    place: str
    subject: str | None
    matter: str | None
    data: dict[str, Any]
    chain: str
    seq: int
    hash: str
