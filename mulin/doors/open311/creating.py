"""A service request comes in: its form becomes a voice."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from mulin.doors.links import receipt_link
from mulin.doors.open311 import services
from mulin.doors.open311.errors import GeoReportError
from mulin.doors.open311.parameters import Parameters, check_attributes, read_moment, read_point
from mulin.doors.rate import check_rate
from mulin.kernel import codes
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import can
from mulin.places.queries import exists
from mulin.voices.actions import submit_voice

LONGEST = 4000
MOST_PHOTOS = 6


def create_request(
    request: HttpRequest, actor: Actor, key: str, parameters: Parameters, place: str
) -> dict[str, Any]:
    """Record the voice and give its number. `place` is where it lies when nothing says it more closely.

    First and last name, mail address beside a telephone number, device and account id are not kept:
    nothing here needs them. A `media_url` is not fetched: a server that fetches what strangers name can be
    turned against its own network.
    """
    code = parameters.get("service_code")
    if not code:
        raise GeoReportError(400, _("缺少 service_code。"))
    category = services.get_service(code)
    given = check_attributes(services.attributes(category), parameters.attributes())
    text = parameters.get("description")
    if len(text) > LONGEST:
        raise GeoReportError(400, _("description 最多 %d 个字。") % LONGEST)
    happened = given.get("happened_at")
    files = [f for name in request.FILES for f in request.FILES.getlist(name)]
    if len(files) > MOST_PHOTOS:
        raise GeoReportError(400, _("最多 %d 张照片。") % MOST_PHOTOS)
    fields = _where(parameters, place) | {
        "text": text or category.name,
        "category": category.code,
        "kind": given.get("kind", [""])[0],
        "contact": parameters.get("phone") or parameters.get("email"),
        "happened_at": read_moment(happened[0], "attribute[happened_at]") if happened else None,
        "photos": files,
    }
    try:
        check_rate(actor, key)
        receipt = submit_voice(
            actor=actor, channel="open311", entered_for=_for_others(actor, fields), **fields
        )
    except NotVisible as error:
        raise GeoReportError(404, _("没有找到。")) from error
    except ActionError as error:
        raise GeoReportError(
            error.status if error.status in {403, 429} else 400, str(error.message)
        ) from error
    return {
        "service_request_id": receipt.voice.number,
        "service_notice": _notice(request, receipt, parameters),
    }


def _for_others(actor: Actor, fields: dict[str, Any]) -> bool:
    """An app's key belongs to a worker's account: what it sends is said by somebody else."""
    return can(actor, "voices.voice:submit_for", fields["place"])


def _where(parameters: Parameters, place: str) -> dict[str, Any]:
    """The place of a request from its point, its words or its address id; 400 without any."""
    point = read_point(parameters)
    words, address_id = parameters.get("address_string"), parameters.get("address_id")
    if point is None and not words and not address_id:
        raise GeoReportError(400, _("缺少地点：请给 lat 和 long，或 address_string，或 address_id。"))
    # What is not named more closely is located by the voice itself: from the point, else from the words.
    where: dict[str, Any] = {"place": place, "address": words[:160]}
    if address_id:
        where |= _by_id(address_id)
    if point is not None:
        where |= {"lon": point[0], "lat": point[1]}
    return where


def _by_id(address_id: str) -> dict[str, Any]:
    """`address_id` is a code of ours: a division or something below a community."""
    if not codes.is_valid(address_id):
        raise GeoReportError(400, _("不认识这个 address_id。请用区划代码或楼栋代码。"))
    if "-" not in address_id:
        return {"place": address_id}
    if not exists(address_id):
        raise GeoReportError(400, _("不认识这个 address_id。请用区划代码或楼栋代码。"))
    return {"place": codes.community(address_id), "building": address_id}


def _notice(request: HttpRequest, receipt: Any, parameters: Parameters) -> str:
    link = receipt_link(request, receipt.secret)
    notice = _("收到了。凭此链接可以跟进、补充和评价：%s") % link
    if parameters.get("media_url"):
        notice += " " + _("为了安全，我们不取用图片链接；照片请作为文件一起发来。")
    return notice
