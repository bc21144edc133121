"""The cost of rules: checks of contents in this process, beside parsing."""

import json
import time
from collections.abc import Callable
from typing import Any

from bench.figures import Row, latency
from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Direction, Document

_FIELDS = 50
_OPERATIONS = 700


def measure(seconds: float) -> list[Row]:
    """Check an Avro record of 50 fields and an OpenAPI document of 300 KB."""
    before, after = _record(_FIELDS), _record(_FIELDS + 1)
    document = _api(_OPERATIONS)
    return [
        Row(
            f"judge Avro of {_FIELDS} fields: validity, backward",
            latency(_timed(lambda: _check_avro(before, after), seconds), 50, 99),
            "json.loads of both",
            latency(_timed(lambda: (json.loads(before), json.loads(after)), seconds), 50, 99),
        ),
        Row(
            f"judge OpenAPI of {len(document) // 1000} KB: validity",
            latency(_timed(lambda: _check_api(document), seconds), 50, 99),
            "json.loads",
            latency(_timed(lambda: json.loads(document), seconds), 50, 99),
        ),
    ]


def _timed(work: Callable[[], Any], seconds: float) -> list[float]:
    """Return seconds of each run, after one warm-up run for loading modules."""
    work()
    deadline = time.monotonic() + seconds
    durations: list[float] = []
    while time.monotonic() < deadline or len(durations) < 10:
        started_at = time.perf_counter()
        work()
        durations.append(time.perf_counter() - started_at)
    return durations


def _check_avro(before: bytes, after: bytes) -> None:
    checks = get_artifact_type("AVRO").load_checks()
    assert checks.incompatibilities is not None
    violations = [
        *checks.violations(Document(after)),
        *checks.incompatibilities(Document(before), Document(after), Direction.BACKWARD),
    ]
    assert not violations, violations


def _check_api(document: bytes) -> None:
    violations = get_artifact_type("OPENAPI").load_checks().violations(Document(document))
    assert not violations, violations


def _record(fields: int) -> bytes:
    """Return a record with a default for each field, to stay compatible with more fields."""
    kinds = ("string", "long", "double", "boolean", ["null", "string"])
    defaults = ("", 0, 0.0, False, None)
    listed = [
        {
            "name": f"field_{number}",
            "type": kinds[number % 5],
            "default": defaults[number % 5],
            "doc": "A field.",
        }
        for number in range(fields)
    ]
    return json.dumps({"type": "record", "name": "Order", "fields": listed}).encode()


def _api(operations: int) -> bytes:
    paths = {
        f"/things/{number}/{{id}}": {"get": _operation(number)} for number in range(operations)
    }
    thing = {"type": "object", "properties": {"name": {"type": "string"}}}
    return json.dumps({
        "openapi": "3.0.3",
        "info": {"title": "Things", "version": "1"},
        "paths": paths,
        "components": {"schemas": {"Thing": thing}},
    }).encode()


def _operation(number: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Thing"}
    return {
        "operationId": f"get{number}",
        "summary": "Gives the thing that has this id.",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
            {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}},
        ],
        "responses": {
            "200": {"description": "It", "content": {"application/json": {"schema": schema}}}
        },
    }
