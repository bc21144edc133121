"""Describes mismatches as changes from the older schema to the newer one."""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.artifact_types.avro.schema import (
    Enum,
    Field,
    Fixed,
    Named,
    Path,
    Primitive,
    Record,
    Schema,
    Undefined,
    Union,
)
from registry.artifact_types.checks import Direction, Severity
from registry.artifact_types.mismatches import Mismatch

#: Names that one message lists.
_MAX_NAMES = 10


@dataclass(frozen=True, slots=True)
class Causes:
    """Describes mismatches for one direction. Their paths lead to places in the newer schema."""

    direction: Direction

    @property
    def is_reader_newer(self) -> bool:
        return self.direction is Direction.BACKWARD

    def newer_path(self, reader: Schema, writer: Schema) -> Path:
        return reader.path if self.is_reader_newer else writer.path

    def was_and_is(self, reader: object, writer: object) -> str:
        older, newer = (writer, reader) if self.is_reader_newer else (reader, writer)
        return f"was {older} and is {newer}"

    def other_type(self, reader: Schema, writer: Schema, written: Schema) -> Mismatch:
        """Describe a type unreadable by the reader; `written` is the writer or its branch."""
        return Mismatch(
            f"The type {self.was_and_is(type_name(reader), type_name(writer))}",
            f"A value written as {type_name(written)} can't be read as {type_name(reader)}",
            self.newer_path(reader, writer),
        )

    def unparsed(self, reader: Schema, writer: Schema) -> Mismatch:
        return Mismatch(
            "Both schemas are wrong here, and can't be parsed",
            "Whether data can be read can't be told",
            self.newer_path(reader, writer),
        )

    def other_branches(self, reader: Union, writer: Union, written: Schema) -> Mismatch:
        """Describe a branch of the writer unreadable by every branch of the reader."""
        verb = "lost" if self.is_reader_newer else "gained"
        return Mismatch(
            f"The union {verb} the branch {type_name(written)}",
            f"A value written as {type_name(written)} can't be read as {type_name(reader)}",
            self.newer_path(reader, writer),
        )

    def other_name(self, reader: Named, writer: Named) -> Mismatch:
        return Mismatch(
            f"The type {self.was_and_is(type_name(reader), type_name(writer))}",
            f"A reader takes {'an' if writer.kind == 'enum' else 'a'} {writer.kind} by its name or "
            f"an alias only, and {reader.name} has no alias {writer.name}",
            (*self.newer_path(reader, writer), "name"),
        )

    def name_taken(self, reader: Named, writer: Named, taker: str) -> Mismatch:
        """Describe a clash: an alias of another type, `taker`, takes the name of both types."""
        written, read = self._written_and_read()
        return Mismatch(
            f"The alias {writer.name} of {taker}, in the {read} schema, takes {writer.name} of "
            f"the {written} one, where the type is {reader.name}",
            f"A value written as {writer.name} is read as {taker}, and not as {reader.name}",
            (*self.newer_path(reader, writer), "name"),
        )

    def merged_branches(self, reader: Schema, writer: Union, taker: str) -> Mismatch:
        """Describe several branches of the writer merged into one by aliases of `taker`."""
        verb = "became one" if self.is_reader_newer else "were one"
        return Mismatch(
            f"Several branches of the union {verb}, {taker}, by its name and aliases",
            f"Readers refuse a union that has {taker} twice",
            self.newer_path(reader, writer),
        )

    def symbols(self, reader: Enum, writer: Enum, missing: Sequence[str]) -> Mismatch:
        change = "lost {}, and has" if self.is_reader_newer else "gained {}, and had"
        return Mismatch(
            f"The enum {reader.name} {change.format(_listed(missing, len(missing)))} no default",
            f"A value written as {missing[0]} can't be read",
            (*self.newer_path(reader, writer), "symbols"),
        )

    def size(self, reader: Fixed, writer: Fixed) -> Mismatch:
        return Mismatch(
            f"The size of {reader.name} {self.was_and_is(reader.size, writer.size)}",
            f"A value of {writer.size} bytes can't be read as one of {reader.size}",
            (*self.newer_path(reader, writer), "size"),
        )

    def missing_field(
        self, reader: Record, writer: Record, field: Field, alias: tuple[str, str] | None
    ) -> Mismatch:
        """Describe a field of the reader without a default and without a field of the writer.

        `alias` is an alias that takes the writer's field, with the name of its own field.
        """
        path = self._field_path(writer, field)
        if alias is None:
            change = "is new and has" if self.is_reader_newer else "is gone and had"
            return Mismatch(
                f"The field {field.name} of {reader.name} {change} no default",
                f"What was written without it leaves the reader nothing for {field.name}",
                path,
            )
        name, taker = alias
        written, read = self._written_and_read()
        return Mismatch(
            f"The alias {name} of {taker}, in the {read} {reader.name}, takes the field {name} of "
            f"the {written} one, and {field.name} has no default",
            f"What was written as {name} is read as {taker}: nothing is left for {field.name}",
            path,
        )

    def merged_fields(
        self, reader: Record, writer: Record, field: Field, written: Sequence[Field]
    ) -> Mismatch:
        verb = "became one" if self.is_reader_newer else "were one"
        names = _listed([merged.name for merged in written], len(written))
        return Mismatch(
            f"The fields {names} of {reader.name} {verb}, {field.name}, by its name and aliases",
            f"A reader can't take {field.name} from several written fields",
            self._field_path(writer, field),
        )

    def logical_type(self, reader: Schema, writer: Schema) -> Mismatch | None:
        """Warn of another logical type: implementations read another value without complaint.

        Return None if the logical types are the same.
        """
        read, written = _logical_type(reader), _logical_type(writer)
        if read == written:
            return None
        return Mismatch(
            f"The logical type {self.was_and_is(read or 'none', written or 'none')}",
            "What was written can be read, and may be taken for another value",
            self.newer_path(reader, writer),
            Severity.WARNING,
        )

    def _written_and_read(self) -> tuple[str, str]:
        return ("older", "newer") if self.is_reader_newer else ("newer", "older")

    def _field_path(self, writer: Record, field: Field) -> Path:
        """Return the path of the reader's field, or of all fields if it is gone."""
        return field.path if self.is_reader_newer else (*writer.path, "fields")


def type_name(schema: Schema) -> str:
    if isinstance(schema, Union):
        # Of a long union no more than is listed: each of its branches may have a message.
        names = [type_name(branch) for branch in schema.branches[:_MAX_NAMES]]
        listed = _listed(names, len(schema.branches))
        return f"a union of {listed}" if names else "an empty union"
    if isinstance(schema, Undefined):
        return f"{schema.name} (undefined)" if schema.name else "unknown"
    return f"{schema.kind} {schema.name}" if isinstance(schema, Named) else schema.kind


def _listed(names: Sequence[str], count: int) -> str:
    """Join the first names, and count the rest."""
    more = [f"{count - _MAX_NAMES} more"] if count > _MAX_NAMES else []
    return ", ".join([*names[:_MAX_NAMES], *more])


def _logical_type(schema: Schema) -> str:
    """Format the logical type, a decimal's with precision and scale; empty for none."""
    if not isinstance(schema, Primitive | Fixed):
        return ""
    name = schema.logical.get("logicalType")
    if not isinstance(name, str):
        return ""
    keys = ("precision", "scale") if name == "decimal" else ()
    return " ".join((name, *(str(schema.logical.get(key, 0)) for key in keys)))
