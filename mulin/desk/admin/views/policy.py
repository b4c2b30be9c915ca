"""The permission table, readable: who may do what. Read-only; it is a file of the product, not a setting."""

import csv
import io
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from mulin.desk.admin import pages
from mulin.desk.admin.access import admin
from mulin.kernel import policy, registry
from mulin.kernel.language import is_english
from mulin.people import states

# grant: (word, icon)
GRANTS = {
    "all": (gettext_lazy("不限"), "check-double"),
    "place": (gettext_lazy("岗位所在地"), "pin"),
    "unit": (gettext_lazy("本单位参与的"), "people"),
    "own": (gettext_lazy("自己的"), "person"),
}
EVERYBODY = {
    "anyone": gettext_lazy("任何人"),
    "resident": pgettext_lazy("role", "登录的居民"),
    "verified": gettext_lazy("认证的住户"),
}


def _titles() -> dict[str, tuple[str, str]]:
    """permission -> (Chinese, English) as the file says."""
    with policy.POLICY_FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {row["permission"].strip(): (row["zh"], row["en"]) for row in rows}


def _roles() -> list[tuple[str, Any]]:
    return [*EVERYBODY.items(), *((role, states.role_name(role)) for role in policy.roles())]


def _table(role: str, module: str, text: str) -> list[dict[str, Any]]:
    """Rows by module: the permission in words and what each role is granted."""
    english = is_english()
    names = {one.name: one.title for one in registry.modules()}
    found: dict[str, list[dict[str, Any]]] = {}
    titles = _titles()
    for permission, grants in policy.table().items():
        name = permission.split(".")[0]
        title = titles[permission][1 if english else 0]
        if (role and role not in grants) or (module and name != module):
            continue
        if text and text not in f"{permission} {' '.join(titles[permission])}".lower():
            continue
        cells = [
            [
                {"icon": icon, "word": word}
                for grant, (word, icon) in GRANTS.items()
                if grant in grants.get(one, ())
            ]
            for one, _word in _roles()
            if not role or one == role
        ]
        found.setdefault(name, []).append({"code": permission, "title": title, "cells": cells})
    return [{"name": names.get(name, name), "rows": rows} for name, rows in found.items()]


@require_safe
@admin()
def policy_page(request: HttpRequest) -> HttpResponse:
    """Roles as columns, permissions as rows, narrowed by role, module and word."""
    get = request.GET
    role = get.get("role", "") if get.get("role", "") in dict(_roles()) else ""
    module, text = get.get("module", ""), get.get("q", "").strip()
    modules = list(dict.fromkeys(name.split(".")[0] for name in policy.table()))
    names = {one.name: one.title for one in registry.modules()}
    context = {
        "groups": _table(role, module, text.lower()),
        "roles": [word for one, word in _roles() if not role or one == role],
        "legend": [{"word": word, "icon": icon} for word, icon in GRANTS.values()],
        "filters": [
            pages.search("q", _("做什么"), text),
            pages.select("role", _("岗位"), role, _roles()),
            pages.select("module", _("模块"), module, [(one, names.get(one, one)) for one in modules]),
        ],
        "clear_url": request.path if get else "",
    }
    return pages.show(request, "policy.html", context, room="policy")


@require_safe
@admin()
def policy_file(request: HttpRequest) -> HttpResponse:
    """The table as a file for a spreadsheet, in words."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("代码"), _("做什么"), *(str(word) for _one, word in _roles())])
    for group in _table("", "", ""):
        for row in group["rows"]:
            cells = ["、".join(str(one["word"]) for one in cell) for cell in row["cells"]]
            writer.writerow([row["code"], row["title"], *cells])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="mulin-policy.csv"'
    return answer
