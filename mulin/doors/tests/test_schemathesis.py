"""Schemathesis against the document, in process: no 5xx, no undocumented status, type or shape."""

from itertools import cycle

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from mulin.doors.tests.conftest import give_token
from mulin.voices.actions import submit_voice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# A body may fit its schema and name a place or a photo that does not exist: 422 is right then.
LEFT_OUT = [positive_data_acceptance]
CALM = settings(
    max_examples=4,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def check(operation, mode: GenerationMode, headers: dict[str, str], numbers) -> None:
    """A few requests to one operation, half of them about a case that is there."""

    @CALM
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        number = next(numbers)
        if number and "number" in (case.path_parameters or {}):
            case.path_parameters["number"] = number
        case.call_and_validate(headers=headers, excluded_checks=LEFT_OUT)

    ask()


@pytest.mark.parametrize("role", ["resident", "clerk", "department", "admin"])
def test_every_answer_is_documented(role, cast, world, lamp):
    numbers = [submit_voice(actor=cast.resident.actor, **lamp).voice.number for _ in range(2)]
    headers = {"Authorization": f"Bearer {give_token(getattr(cast, role))}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    mixed = cycle([*numbers, None])
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 40
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode is GenerationMode.NEGATIVE and operation.path == "/api/v1/categories":
                continue  # it takes nothing that could be wrong
            check(operation, mode, headers, mixed)


def test_an_answer_without_a_token_is_documented_everywhere(world):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    for result in schema.get_all_operations():
        operation = result.ok()
        case = operation.Case(path_parameters={p.name: "1" for p in operation.path_parameters})
        assert case.call().status_code == 401
        assert "application/problem+json" in operation.definition.raw["responses"]["401"]["content"]
