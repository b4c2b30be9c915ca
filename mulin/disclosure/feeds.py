"""The register as an Atom feed: the latest published matters of the site or of a place."""

import re

from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mulin.disclosure import words
from mulin.disclosure.queries import Filters, list_entries
from mulin.places.queries import name_of

SIZE = 50
# Signs that XML cannot hold, as some editors leave them in what is pasted.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(request: HttpRequest, filters: Filters) -> bytes:
    """The feed as bytes. Entries are known by the matter's id, so that they survive a move of the site."""
    place = name_of(filters.place) if filters.place else ""
    here = request.build_absolute_uri()
    feed = Atom1Feed(
        title=_("%(place)s公开登记") % {"place": place},
        link=request.build_absolute_uri(reverse("disclosure:register")),
        description="",
        feed_url=here,
        feed_guid=here,
        language=get_language(),
    )
    for entry in list_entries(filters, size=SIZE).items:
        feed.add_item(
            title=_NOT_XML.sub("", entry.title),
            link=request.build_absolute_uri(reverse("portal:matter", args=[entry.number])),
            description=_text(entry),
            unique_id=f"urn:uuid:{entry.id}",
            pubdate=entry.published_at,
            updateddate=max(filter(None, (entry.published_at, entry.closed_at))),
            categories=[entry.category] if entry.category else (),
        )
    return feed.writeString("utf-8").encode()


def _text(entry) -> str:
    parts = [f"{words.where(entry)} · {entry.state}", entry.text]
    if entry.answer:
        parts.append(_("答复：%(text)s") % {"text": entry.answer})
    return _NOT_XML.sub("", "\n".join(part for part in parts if part))
