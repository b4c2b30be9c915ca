"""The states of a session and of a sign-up, the kinds of sessions, and their words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# draft      only those who prepare it see it
# open       everybody sees it and can sign up until it begins
# cancelled  it does not take place; the page says why
# held       it took place; who came is counted
STATE_WORDS = {
    "draft": _("草稿"),
    "open": pgettext_lazy("session", "照常"),
    "cancelled": pgettext_lazy("session", "取消了"),
    "held": pgettext_lazy("session", "办过了"),
}
TONES = {
    "draft": ("", "edit"),
    "open": ("", "calendar"),
    "cancelled": ("wait", "ban"),
    "held": ("done", "check"),
}
PUBLIC_STATES = ("open", "cancelled", "held")
KINDS = {
    "lesson": pgettext_lazy("session", "上课"),
    "rehearsal": pgettext_lazy("session", "排练"),
    "contest": pgettext_lazy("session", "比赛"),
    "talk": pgettext_lazy("session", "讲座"),
    "activity": pgettext_lazy("session", "活动"),
    "icebreaker": pgettext_lazy("session", "邻里见面"),
    "tea": pgettext_lazy("session", "茶话"),
}
SIGNUP_WORDS = {
    "coming": pgettext_lazy("signup", "报上了"),
    "waiting": pgettext_lazy("signup", "在候补"),
    "cancelled": pgettext_lazy("signup", "退了"),
    "walked_in": pgettext_lazy("signup", "没报名，到了"),
}
SIGNUP_TONES = {
    "coming": ("done", "check"),
    "waiting": ("wait", "clock"),
    "cancelled": ("", "minus"),
    "walked_in": ("", "people"),
}
CONSENTS = {"spoken": _("口头同意"), "written": _("书面同意"), "guardian": _("监护人书面同意")}


def badge(state: str) -> dict[str, str]:
    """A state as its badge shows it."""
    tone, icon = TONES[state]
    return {"label": str(STATE_WORDS[state]), "tone": tone, "icon": icon, "code": state}


def signup_badge(state: str) -> dict[str, str]:
    tone, icon = SIGNUP_TONES[state]
    return {"label": str(SIGNUP_WORDS[state]), "tone": tone, "icon": icon, "code": state}


def kind_word(code: str) -> str:
    return str(KINDS.get(code, code))
