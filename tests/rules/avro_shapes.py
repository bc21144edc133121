"""Pairs of Avro schemas: before, after, whether the after reads the before's data, and reverse.

`written_before` and `written_after` are data of each side; where one can't be read by the other
side they hold the value that shows it.
"""

from dataclasses import dataclass
from typing import Any

Schema = Any


@dataclass(frozen=True)
class Pair:
    reason: str
    before: Schema
    after: Schema
    is_backward: bool
    is_forward: bool
    written_before: Any
    written_after: Any


def record(*fields: Any, name: str = "R", **more: Any) -> Schema:
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(name: str, kind: Any, **more: Any) -> Schema:
    return {"name": name, "type": kind, **more}


def enum(*symbols: str, name: str = "E", **more: Any) -> Schema:
    return {"type": "enum", "name": name, "symbols": list(symbols), **more}


def fixed(size: int, name: str = "F", **more: Any) -> Schema:
    return {"type": "fixed", "name": name, "size": size, **more}


def array(items: Any) -> Schema:
    return {"type": "array", "items": items}


def mapped(values: Any) -> Schema:
    return {"type": "map", "values": values}
