"""The body of each move, generated from the same field table that the desk's forms use."""

import base64
import binascii
from typing import Annotated, Any

from django.utils import translation
from django.utils.translation import gettext_noop as _n
from pydantic import BeforeValidator, Field, WithJsonSchema, create_model

from mulin.cases import moves
from mulin.doors.api.fields import Body, Day, Id, YesNo, words
from mulin.voices.states import FACT_SECTIONS

MOST_PHOTOS = 6


def msgid(label: Any) -> str:
    """The Chinese text of a label; the document is translated as a whole, later."""
    with translation.override("zh-hans"):
        return str(label)


def _photo(value: Any) -> Any:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise ValueError("a photo is base64 text")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("a photo is base64 text") from error


Photo = Annotated[
    bytes,
    BeforeValidator(_photo),
    WithJsonSchema({"type": "string", "contentEncoding": "base64", "pattern": "^([A-Za-z0-9+/]{4})*$"}),
]
Photos = Annotated[
    list[Photo],
    Field(max_length=MOST_PHOTOS, description=_n("JPEG、PNG 或 WebP，base64 编码，最多六张")),
]
Facts = create_model(
    "Facts",
    __base__=Body,
    **{
        section: (words(4000), Field("", description=msgid(label)))
        for section, label in FACT_SECTIONS.items()
    },
)

TYPES: dict[str, Any] = {
    "text": words(4000),
    "line": words(300),
    "number": words(20),
    "choice": words(64),
    "bool": YesNo,
    "date": Day,
    "org": Id,
    "account": Id,
    "orgs": Annotated[list[Id], Field(max_length=20)],
    "facts": Facts,
    "files": Photos,
}
REQUIRED: dict[str, Any] = TYPES | {
    "text": words(4000, 1),
    "line": words(300, 1),
    "number": words(20, 1),
    "choice": words(64, 1),
    "orgs": Annotated[list[Id], Field(min_length=1, max_length=20)],
}


def body_of(move: str) -> type[Body]:
    """The model of a move's body: its fields with their labels, nothing else allowed."""
    fields: dict[str, Any] = {}
    for name, required in moves.field_names(move):
        spec = moves.SPECS[name]
        label = msgid(spec.label)
        if required:
            fields[name] = (REQUIRED[spec.kind], Field(description=label))
        else:
            fields[name] = (TYPES[spec.kind] | None, Field(None, description=label))
    title = "".join(part.title() for part in move.split("-")) + "Body"
    return create_model(title, __base__=Body, **fields)


def values_of(body: Any) -> dict[str, Any]:
    """What was sent, as `moves.perform` reads it: nothing for what was left out."""
    if body is None:
        return {}
    values = body.model_dump(exclude_none=True)
    if isinstance(values.get("facts"), dict):
        values["facts"] = {key: said for key, said in values["facts"].items() if said}
    return values
