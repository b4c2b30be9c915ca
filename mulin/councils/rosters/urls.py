"""Addresses for everybody below /council/, and at the desk below /desk/council/."""

from django.urls import path

from mulin.councils.rosters import desk_lines, desk_papers, desk_views, views
from mulin.councils.votes import paper_urls

HERE = "rosters/<str:number>/"
LINE = f"{HERE}lines/<uuid:entry_id>/"
public: list = [
    path("rosters/", views.rosters, name="rosters"),
    path("rosters/code/", views.code, name="roster-code"),
    path(HERE, views.roster, name="roster"),
    path(f"{HERE}object/", views.objection_new, name="roster-object"),
]
desk: list = [
    path("rosters/", desk_views.rosters, name="rosters"),
    path("rosters/new/", desk_views.new, name="roster-new"),
    path(HERE, desk_views.roster, name="roster"),
    path(f"{HERE}frame/", desk_views.frame, name="roster-frame"),
    path(f"{HERE}move/<str:move>/", desk_views.move, name="roster-move"),
    path(f"{HERE}freeze/", desk_views.freeze, name="roster-freeze"),
    path(f"{HERE}correct/", desk_views.correct, name="roster-correct"),
    path(f"{HERE}import/", desk_views.import_file, name="roster-import"),
    path(f"{HERE}template/", desk_views.template, name="roster-template"),
    path(f"{HERE}export/", desk_views.export, name="roster-export"),
    path(f"{HERE}print/", desk_views.print_lines, name="roster-print"),
    path(f"{HERE}lines/", desk_lines.roster_lines, name="roster-lines"),
    path(f"{HERE}lines/new/", desk_lines.line_new, name="roster-line-new"),
    path(LINE, desk_lines.line, name="roster-line"),
    path(f"{LINE}remove/", desk_lines.line_remove, name="roster-line-remove"),
    path(f"{LINE}unlink/", desk_lines.line_unlink, name="roster-line-unlink"),
    path(f"{LINE}phone/", desk_lines.line_phone, name="roster-line-phone"),
    path(f"{HERE}letters/", desk_papers.letters, name="roster-letters"),
    path(f"{HERE}proxies/", desk_papers.proxies, name="roster-proxies"),
    path(f"{HERE}proxies/new/", desk_papers.proxy_new, name="roster-proxy-new"),
    path(
        f"{HERE}proxies/<uuid:proxy_id>/withdraw/", desk_papers.proxy_withdraw, name="roster-proxy-withdraw"
    ),
    path(f"{HERE}proxies/<uuid:proxy_id>/scan/", desk_papers.proxy_scan, name="roster-proxy-scan"),
    path(f"{HERE}objections/", desk_papers.objections, name="roster-objections"),
    path(f"{HERE}objections/new/", desk_papers.objection_new, name="roster-objection-new"),
    path(f"{HERE}objections/<str:objection>/", desk_papers.objection, name="roster-objection"),
]
desk += paper_urls.desk
