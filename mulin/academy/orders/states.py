"""The states of an order, and words of its codes."""

from django.utils.translation import gettext_lazy as _

# gathered   asked for; waits for an answer
# accepted   taken on (接单); waits until it takes place
# served     a club or a session stands
# declined   cannot be done now; everybody got the reason
# withdrawn  nobody asks for it any more
STATE_WORDS = {
    "gathered": _("等答复"),
    "accepted": _("接了单"),
    "served": _("开起来了"),
    "declined": _("暂时做不到"),
    "withdrawn": _("撤回了"),
}
TONES = {
    "gathered": ("wait", "clock"), "accepted": ("wait", "check"), "served": ("done", "check"),
    "declined": ("", "ban"), "withdrawn": ("", "ban"),
}  # fmt: skip
LIVE = ("gathered", "accepted", "served")
GIVES = {"teach": _("能教、能带"), "team": _("队伍想加入"), "time": _("有时间帮忙")}


def badge(state: str) -> dict[str, str]:
    """A state as its badge shows it."""
    tone, icon = TONES[state]
    return {"label": str(STATE_WORDS[state]), "tone": tone, "icon": icon, "code": state}
