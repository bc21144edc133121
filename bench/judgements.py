"""What rules cost: contents judged in this process, beside the mere parsing of them."""

import json
import time
from collections.abc import Callable
from typing import Any

from bench.figures import Row, latency
from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Document

_FIELDS = 50
_OPERATIONS = 700


def measure(seconds: float) -> list[Row]:
    """An Avro record of 50 fields and an OpenAPI document of 300 KB."""
    before, after = _record(_FIELDS), _record(_FIELDS + 1)
    document = _api(_OPERATIONS)
    return [
        Row(
            f"judge Avro of {_FIELDS} fields: validity, backward",
            latency(_timed(lambda: _judge_avro(before, after), seconds), 50, 99),
            "json.loads of both",
            latency(_timed(lambda: (json.loads(before), json.loads(after)), seconds), 50, 99),
        ),
        Row(
            f"judge OpenAPI of {len(document) // 1000} KB: validity",
            latency(_timed(lambda: _judge_api(document), seconds), 50, 99),
            "json.loads",
            latency(_timed(lambda: json.loads(document), seconds), 50, 99),
        ),
    ]


def _timed(work: Callable[[], Any], seconds: float) -> list[float]:
    """Seconds of each time, after a first one that loads what is needed."""
    work()
    ends = time.monotonic() + seconds
    took: list[float] = []
    while time.monotonic() < ends or len(took) < 10:
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return took


def _judge_avro(before: bytes, after: bytes) -> None:
    checks = get_artifact_type("AVRO").load_checks()
    assert checks.incompatibilities is not None
    found = [
        *checks.violations(Document(after)),
        *checks.incompatibilities(Document(after), Document(before)),
    ]
    assert not found, found


def _judge_api(document: bytes) -> None:
    found = get_artifact_type("OPENAPI").load_checks().violations(Document(document))
    assert not found, found


def _record(fields: int) -> bytes:
    """Each with a default, so that more of them break nobody."""
    kinds = ("string", "long", "double", "boolean", ["null", "string"])
    defaults = ("", 0, 0.0, False, None)
    listed = [
        {
            "name": f"field_{at}",
            "type": kinds[at % 5],
            "default": defaults[at % 5],
            "doc": "A field.",
        }
        for at in range(fields)
    ]
    return json.dumps({"type": "record", "name": "Order", "fields": listed}).encode()


def _api(operations: int) -> bytes:
    paths = {f"/things/{at}/{{id}}": {"get": _operation(at)} for at in range(operations)}
    thing = {"type": "object", "properties": {"name": {"type": "string"}}}
    return json.dumps({
        "openapi": "3.0.3",
        "info": {"title": "Things", "version": "1"},
        "paths": paths,
        "components": {"schemas": {"Thing": thing}},
    }).encode()


def _operation(at: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Thing"}
    return {
        "operationId": f"get{at}",
        "summary": "Gives the thing that has this id.",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
            {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}},
        ],
        "responses": {
            "200": {"description": "It", "content": {"application/json": {"schema": schema}}}
        },
    }
