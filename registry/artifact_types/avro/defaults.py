"""Checks that fields' defaults are values of their types, in the specification's JSON form."""

from dataclasses import dataclass, field

from registry.artifact_types.avro.schema import (
    Array,
    Enum,
    Fixed,
    Map,
    Path,
    Primitive,
    Record,
    Schema,
    SchemaViolation,
    Union,
)
from registry.artifact_types.syntax.documents import shorten

_INT = range(-(2**31), 2**31)
_LONG = range(-(2**63), 2**63)

#: Checks of a value with a type: a default of many values may have a union of many types.
_MAX_STEPS = 200_000


class DefaultsTooIntricate(Exception):
    """The defaults of a schema need more steps to check than are allowed."""


@dataclass(slots=True)
class DefaultCheck:
    """Checks the defaults of one schema. Nothing is wrong with a default of an undefined type.

    `known` has the results for arrays and objects: unions ask for them several times.
    """

    known: dict[tuple[int, int], list[SchemaViolation]] = field(default_factory=dict)
    steps: int = 0

    def violations(self, schema: Schema, value: object, path: Path) -> list[SchemaViolation]:
        """Check the default at `path`; raises DefaultsTooIntricate, RecursionError."""
        if not isinstance(value, dict | list):
            return self.value_violations(schema, value, path)
        key = id(schema), id(value)
        if key not in self.known:
            self.known[key] = self.value_violations(schema, value, path)
        return self.known[key]

    def value_violations(self, schema: Schema, value: object, path: Path) -> list[SchemaViolation]:
        self.steps += 1
        if self.steps > _MAX_STEPS:
            raise DefaultsTooIntricate
        if isinstance(schema, Union):
            return self.union_violations(schema, value, path)
        if isinstance(schema, Record) and isinstance(value, dict):
            return self.record_violations(schema, value, path)
        inner: list[SchemaViolation] = []
        if isinstance(schema, Array) and isinstance(value, list):
            for index, item in enumerate(value):
                inner += self.violations(schema.items, item, (*path, index))
        elif isinstance(schema, Map) and isinstance(value, dict):
            for key, item in value.items():
                inner += self.violations(schema.values, item, (*path, key))
        elif message := _mismatch(schema, value):
            inner.append(SchemaViolation(f"The default {shorten(value)} {message}", path))
        return inner

    def union_violations(self, schema: Union, value: object, path: Path) -> list[SchemaViolation]:
        """Check a default by all types of a union: since 1.12 it need not be of the first."""
        by_branch = []
        for branch in schema.branches:
            violations = self.violations(branch, value, path)
            if not violations:
                return []
            by_branch.append((branch, violations))
        alike = [violations for branch, violations in by_branch if _is_alike(branch, value)]
        if len(alike) == 1:
            return alike[0]
        kinds = ", ".join(branch.kind for branch in schema.branches[:10]) or "no type at all"
        message = f"The default {shorten(value)} is of no type in the union, which has {kinds}"
        return [SchemaViolation(message, path)]

    def record_violations(
        self, schema: Record, value: dict[str, object], path: Path
    ) -> list[SchemaViolation]:
        violations: list[SchemaViolation] = []
        for record_field in schema.fields:
            if record_field.name in value:
                violations += self.violations(
                    record_field.schema, value[record_field.name], (*path, record_field.name)
                )
            elif not record_field.has_default:
                message = f"The default lacks the field {record_field.name!r} of {schema.name}"
                violations.append(SchemaViolation(message, path))
        return violations


def _is_alike(schema: Schema, value: object) -> bool:
    """Return whether a value has the JSON form of a type's values, and may be meant for it."""
    if isinstance(value, dict):
        return isinstance(schema, Record | Map)
    if isinstance(value, list):
        return isinstance(schema, Array)
    return isinstance(value, str) and isinstance(schema, Enum | Fixed)


def _mismatch(schema: Schema, value: object) -> str:
    """Describe the mismatch of a value; empty if it fits."""
    is_bytes = isinstance(value, str) and all(ord(character) < 256 for character in value)
    if isinstance(schema, Enum):
        return "" if value in schema.symbols else f"is no symbol of {schema.name}"
    if isinstance(schema, Fixed):
        if is_bytes and len(str(value)) == schema.size:
            return ""
        return f"is no text of {schema.size} characters up to U+00FF, as {schema.name} needs"
    if isinstance(schema, Record | Map):
        return f"is no object, as a {schema.kind} needs"
    if not isinstance(schema, Primitive):
        return "is no array" if isinstance(schema, Array) else ""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        "null": value is None,
        "boolean": isinstance(value, bool),
        "int": type(value) is int and value in _INT,
        "long": type(value) is int and value in _LONG,
        "float": is_number,
        "double": is_number,
        "bytes": is_bytes,
        "string": isinstance(value, str),
    }[schema.kind]
    return "" if fits else f"is no {schema.kind}"
