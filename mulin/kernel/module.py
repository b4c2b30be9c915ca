"""The kernel's own manifest: sentences for what belongs to no other module."""

from django.utils.translation import gettext_lazy as _

from mulin.kernel import recounting, throttle
from mulin.kernel.registry import Module, Periodic, Sentence

MODULE = Module(
    name="kernel",
    title=_("内核"),
    sentences={
        "kernel.rule.set": Sentence(_("为 %(place)s 设定了规则 %(name)s")),
        "kernel.rule.withdrawn": Sentence(_("撤回了规则 %(name)s 的本地设定")),
        "kernel.backup.made": Sentence(_("做了一次备份")),
        "kernel.backup.restored": Sentence(_("从备份恢复")),
        "kernel.subscriber.put_aside": Sentence(_("%(subscriber)s 处理不了一条日志（%(code)s），先放在一边")),
        "kernel.subscriber.taken_up": Sentence(_("%(subscriber)s 补上了放在一边的一条日志（%(code)s）")),
    },
    periodic=(
        Periodic("throttle-sweep", 3600, throttle.sweep),
        Periodic("counters-recount", 2, recounting.go_on),
        Periodic("counters-months", 300, recounting.mend_some_months),
    ),
)
