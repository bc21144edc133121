"""Dissects a record into its fields with their byte ranges, as far as it is readable.

It uses the codec's tables, but not its code: replay is bound by decoding, and only a displayed
record needs positions. Tests hold the fields to the codec's, also on damaged records.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from journal.wire.codec import RecordPart, Undecodable, decode_key, decode_value
from journal.wire.json_fields import Layout, PropertyError
from journal.wire.json_spans import Member, locate_members, walk
from journal.wire.layouts import KEYS, VALUES
from journal.wire.messages import (
    Action,
    ContentV2Value,
    ContentValue,
    Key,
    Message,
    MessageType,
)

_TYPES = {int(kind): kind for kind in MessageType}
_ACTIONS = {int(action): action for action in Action}

#: `spelling` stands for brackets and the like, `rest` for bytes that no reader looks at.
SpanKind = Literal["type", "action", "length", "field", "spelling", "rest"]


@dataclass(slots=True)
class Span:
    """The bytes from `start` up to `end`; inner spans follow, one level deeper.

    `attribute` is the codec's attribute read from it, or empty. `fault` is the reason why it could
    not be read, or empty.
    """

    start: int
    end: int
    name: str
    kind: SpanKind
    value: Any = None
    note: str = ""
    depth: int = 0
    attribute: str = ""
    fault: str = ""
    has_members: bool = False


@dataclass(slots=True)
class PartDissection:
    """A key or a value. `absent` are the names of its missing fields.

    `fault_at` is the byte at which reading ended, None if it reached the end.
    """

    data: bytes
    spans: list[Span] = field(default_factory=list)
    absent: tuple[str, ...] = ()
    fault_at: int | None = None

    def innermost_spans(self) -> Iterator[tuple[int, int, int]]:
        """Yield start, end and the innermost span's index of all bytes, in their order."""
        open_spans: list[int] = []
        position = 0
        for index, span in enumerate(self.spans):
            while open_spans and self.spans[open_spans[-1]].end <= span.start:
                position = yield from self._close(position, open_spans.pop())
            if open_spans and position < span.start:
                yield position, span.start, open_spans[-1]
            position = span.start
            open_spans.append(index)
        while open_spans:
            position = yield from self._close(position, open_spans.pop())

    def _close(self, position: int, index: int) -> Generator[tuple[int, int, int], None, int]:
        end = self.spans[index].end
        if position < end:
            yield position, end, index
        return max(position, end)


@dataclass(frozen=True, slots=True)
class Dissection:
    """The parts of a record, and their decoding by the codec.

    `key` and `value` are None without bytes. `decoded_key` and `message` are None if the codec
    can't decode them; `fault` is its reason, and `fault_part` the damaged part.
    """

    key: PartDissection | None
    value: PartDissection | None
    decoded_key: Key | None
    message: Message | None
    fault: str = ""
    fault_part: RecordPart | None = None

    @property
    def content(self) -> bytes | None:
        """Return the content's bytes in the record, None if it has none."""
        value = None if self.message is None else self.message.value
        return value.content if isinstance(value, ContentV2Value | ContentValue) else None


def dissect(key: bytes | None, value: bytes | None) -> Dissection:
    """Dissect a record; never raises, whatever the bytes are."""
    decoded_key, message, fault = None, None, None
    try:
        decoded_key = decode_key(key)
        message = decode_value(decoded_key, value)
    except Undecodable as error:
        fault = error
    key_part = None if key is None else _dissect_part("key", key, fault)
    value_part = None if value is None else _dissect_part("value", value, fault)
    if fault is None:
        return Dissection(key_part, value_part, decoded_key, message)
    # A value of another type than its key's ends at its first byte.
    is_of_other_type = value and decoded_key is not None and value[0] != decoded_key.type
    if value_part is not None and is_of_other_type:
        value_part.fault_at = 0
        value_part.spans[0].fault = fault.reason
    return Dissection(key_part, value_part, decoded_key, message, str(fault), fault.part)


def _dissect_part(name: RecordPart, data: bytes, fault: Undecodable | None) -> PartDissection:
    part = PartDissection(data)
    if not data:
        part.fault_at = 0
        return part
    kind = _TYPES.get(data[0])
    note = "no type that is known" if kind is None else f"type {data[0]}"
    label = None if kind is None else kind.label
    part.spans.append(Span(0, 1, "message type", "type", label, note))
    layout = (KEYS if name == "key" else VALUES).get(data[0])
    if name == "value" and kind is MessageType.CONTENT:
        _dissect_content(part)
    elif layout is not None:
        _dissect_json(part, layout, is_value=name == "value")
    else:
        _stop(part, 0, 1)
    is_faulty = fault is not None and fault.part == name
    if is_faulty and part.fault_at is None:
        # The codec rejects it without one byte that is to blame, such as for a lone surrogate.
        part.fault_at = 0
        try:
            orjson.loads(data[1:])
        except orjson.JSONDecodeError as error:
            text = data[1:].decode("utf-8", "replace")
            part.fault_at = min(len(text[: error.pos].encode()) + 1, len(data) - 1)
    if not is_faulty and (fault is None or fault.part == "value"):
        part.fault_at = None
    return part


def _stop(part: PartDissection, position: int, rest: int) -> None:
    """End at the byte `position`; the bytes from `rest` on were not read."""
    if part.fault_at is None:
        part.fault_at = position
    end = len(part.data)
    if rest < end:
        part.spans.append(Span(rest, end, "not read", "rest", None, _count_bytes(end - rest)))


def _count_bytes(size: int) -> str:
    return f"{size:,} byte{'' if size == 1 else 's'}"


def _dissect_content(part: PartDissection) -> None:
    """Dissect type 2's value: a byte for the action, then chunks behind their lengths."""
    data, spans = part.data, part.spans
    if len(data) < 2 or data[1] not in _ACTIONS:
        _stop(part, 1, 1)
        return
    action = _ACTIONS[data[1]]
    spans.append(Span(1, 2, "action", "action", action, str(data[1]), attribute="action"))
    position = 2
    for name, attribute in (
        ("canonicalHash", "canonical_hash"),
        ("content", "content"),
        ("serializedReferences", "serialized_references"),
    ):
        if position == len(data) and attribute == "serialized_references":
            part.absent = (name,)
            return
        end = _dissect_chunk(part, position, name, attribute)
        if end is None:
            return
        position = end
    if position < len(data):
        note = f"{_count_bytes(len(data) - position)} that no reader looks at"
        spans.append(Span(position, len(data), "after the end", "rest", None, note))


def _dissect_chunk(part: PartDissection, position: int, name: str, attribute: str) -> int | None:
    """Return the chunk's end, or None if its length runs past the data's end."""
    data, start = part.data, position + 4
    length = int.from_bytes(data[position:start], "big", signed=True)
    note = f"byte{'' if length == 1 else 's'} follow" if length else "0: null, nothing follows"
    span = Span(position, min(start, len(data)), f"length of {name}", "length", length, note)
    if position < len(data):
        part.spans.append(span)
    if length < 0 or start + length > len(data):
        span.note = f"bytes would follow, and {_count_bytes(max(0, len(data) - start))} are left"
        span.fault = f"the length at byte {position} runs past its end"
        _stop(part, min(position, len(data) - 1), start)
        return None
    if length:
        chunk = data[start : start + length]
        value: Any = chunk if attribute == "content" else chunk.decode("utf-8", "replace")
        part.spans.append(Span(start, start + length, name, "field", value, attribute=attribute))
    else:
        span.attribute = attribute
        span.value = None
    return start + length


def _dissect_json(part: PartDissection, layout: Layout, *, is_value: bool) -> None:
    whole, fault_at = locate_members(part.data, 1)
    part.spans.append(Span(1, len(part.data), "JSON", "spelling", note="brackets and commas"))
    members = list(walk(whole))
    reader = _FieldReader(part.data, layout, is_value=is_value)
    fields = [reader.read(depth, member) for depth, member in members]
    reader.mark_repeated(fields)
    if whole.left_out or any(member.left_out for _, member in members):
        part.spans[-1].note = "brackets, commas, and members that are not listed here"
    part.spans += fields
    first_fault = next((span.start for span in fields if span.fault), None)
    if fault_at is not None:
        # Fields that are absent so far could have followed.
        _break_off(part, min(fault_at, len(part.data) - 1))
        return
    part.absent = reader.absent(fields)
    if first_fault is not None:
        part.fault_at = first_fault
    elif part.data[whole.value_start : whole.value_start + 1] != b"{":
        part.fault_at = min(whole.value_start, len(part.data) - 1)


def _break_off(part: PartDissection, position: int) -> None:
    """End all open spans at the byte of the JSON's failure."""
    part.fault_at = position
    spans = [span for span in part.spans if span.start <= position]
    for span in spans:
        if span.end > position and span.kind != "spelling":
            span.value, span.note = None, "it breaks off"
        span.end = min(span.end, position)
    part.spans = [span for span in spans if span.start < span.end]
    _stop(part, position, position)


class _FieldReader:
    """Reads JSON members by a layout."""

    def __init__(self, data: bytes, layout: Layout, *, is_value: bool) -> None:
        self._data = data
        self._layout = layout
        self._is_value = is_value
        self._properties = {item.name: item for item in layout.properties}
        self._parents: list[str] = []

    def read(self, depth: int, member: Member) -> Span:
        """Read the next member in the order of the text."""
        name = str(_load_json(member.name)) if member.name else ""
        del self._parents[depth:]
        span = Span(member.start, member.end, name or "element", "field", depth=depth + 1)
        span.value = _load_json(self._data[member.value_start : member.end])
        span.has_members = bool(member.inner)
        nest = self._layout.nest
        is_property = self._parents == ([] if nest is None else [nest])
        if depth == 0 and name == "action" and self._is_value:
            _read_action(span)
        elif depth == 0 and name in self._layout.forbidden:
            span.fault = f"it has the forbidden property {name}"
        elif is_property and name in self._properties:
            known = self._properties[name]
            raw, span.attribute = span.value, self._layout.attributes[name]
            try:
                if raw is None:
                    span.value, span.note = known.missing, "null"
                elif type(raw) is not known.plain:
                    span.value = known.convert(raw)
            except PropertyError as error:
                span.fault = str(error)
        elif depth == 0 and name != nest:
            span.note = "no field of this type: readers pass over it"
        self._parents.append(name)
        return span

    def mark_repeated(self, spans: Iterable[Span]) -> None:
        """Mark all but the last of the members with the same name: only the last is read."""
        last: dict[str, Span] = {}
        for span in spans:
            if span.attribute:
                earlier = last.get(span.attribute)
                if earlier is not None:
                    earlier.attribute, earlier.fault = "", ""
                    earlier.note = "said again below: this one is not read"
                last[span.attribute] = span

    def absent(self, spans: Iterable[Span]) -> tuple[str, ...]:
        """Return the names of the layout's fields without a span."""
        present = {span.attribute for span in spans}
        action = ("action",) if self._is_value and "action" not in present else ()
        attributes = self._layout.attributes
        names = (name for name, attribute in attributes.items() if attribute not in present)
        return (*action, *names)


def _load_json(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return data.decode("utf-8", "replace")


def _read_action(span: Span) -> None:
    span.kind, span.attribute = "action", "action"
    raw = span.value
    action = _ACTIONS.get(raw) if type(raw) is int else None
    if type(raw) is str:
        action = next((item for item in Action if item.name == raw.upper()), None)
    if raw is not None and action is None:
        span.fault = f"unknown action {str(raw)[:40]!r}"
    span.value, span.note = action, str(raw)
