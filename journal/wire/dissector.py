"""Which bytes of a record say what: each field with its range, as far as it can be read.

By the codec's own tables, apart from it: decoding is hot and needs no positions.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from journal.wire.codec import RecordPart, Undecodable, decode_key, decode_value
from journal.wire.json_fields import Layout, Property, PropertyError
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

#: What a span is: `spelling` stands for brackets and the like, `rest` for what nobody reads.
SpanKind = Literal["type", "action", "length", "field", "spelling", "rest"]


@dataclass(slots=True)
class Span:
    """From `start` up to `end`; what is inside another one follows it, one deeper.

    `attribute` names what the codec makes of it, empty where that is nothing of its own. `fault`
    says why it could not be read. `holds` where members of it follow.
    """

    start: int
    end: int
    name: str
    sort: SpanKind
    value: Any = None
    note: str = ""
    depth: int = 0
    attribute: str = ""
    fault: str = ""
    holds: bool = False


@dataclass(slots=True)
class PartDissection:
    """A key or a value. `absent` are the fields that could be there and are not, by their names.

    `fault_at` is the byte at which reading ended, None where it came to the end.
    """

    data: bytes
    spans: list[Span] = field(default_factory=list)
    absent: tuple[str, ...] = ()
    fault_at: int | None = None

    def innermost_spans(self) -> Iterator[tuple[int, int, int]]:
        """Start, end and the innermost span's index, without gap or overlap, in their order."""
        open_spans: list[int] = []
        at = 0
        for index, span in enumerate(self.spans):
            while open_spans and self.spans[open_spans[-1]].end <= span.start:
                at = yield from self._closed(at, open_spans.pop())
            if open_spans and at < span.start:
                yield at, span.start, open_spans[-1]
            at = span.start
            open_spans.append(index)
        while open_spans:
            at = yield from self._closed(at, open_spans.pop())

    def _closed(self, at: int, index: int) -> Generator[tuple[int, int, int], None, int]:
        end = self.spans[index].end
        if at < end:
            yield at, end, index
        return max(at, end)


@dataclass(frozen=True, slots=True)
class Dissection:
    """The parts of a record, and what the codec makes of them.

    `key` and `value` are None where there are no bytes. `decoded_key` and `message` are None where
    the codec can't decode them; `fault` is its reason, and `fault_part` the part that is to blame.
    """

    key: PartDissection | None
    value: PartDissection | None
    decoded_key: Key | None
    message: Message | None
    fault: str = ""
    fault_part: RecordPart | None = None

    @property
    def content(self) -> bytes | None:
        """The content's bytes that the record carries, None if it carries none."""
        value = None if self.message is None else self.message.value
        return value.content if isinstance(value, ContentValue | ContentV2Value) else None


def dissect(key: bytes | None, value: bytes | None) -> Dissection:
    """Dissect a record; never raise, whatever the bytes are."""
    decoded_key, message, fault = None, None, None
    try:
        decoded_key = decode_key(key)
        message = decode_value(decoded_key, value)
    except Undecodable as error:
        fault = error
    key_part = None if key is None else _half("key", key, fault)
    value_part = None if value is None else _half("value", value, fault)
    if fault is None:
        return Dissection(key_part, value_part, decoded_key, message)
    # A value of another type than its key's ends at its first byte.
    is_of_other_type = value and decoded_key is not None and value[0] != decoded_key.type
    if value_part is not None and is_of_other_type:
        value_part.fault_at = 0
        value_part.spans[0].fault = fault.reason
    return Dissection(key_part, value_part, decoded_key, message, str(fault), fault.part)


def _half(part: RecordPart, data: bytes, fault: Undecodable | None) -> PartDissection:
    half = PartDissection(data)
    if not data:
        half.fault_at = 0
        return half
    kind = _TYPES.get(data[0])
    note = "no type that is known" if kind is None else f"type {data[0]}"
    name = None if kind is None else kind.label
    half.spans.append(Span(0, 1, "message type", "type", name, note))
    layout = (KEYS if part == "key" else VALUES).get(data[0])
    if part == "value" and kind is MessageType.CONTENT:
        _read_content(half)
    elif layout is not None:
        _read_json(half, layout, is_value=part == "value")
    else:
        _stop(half, 0, 1)
    is_faulty = fault is not None and fault.part == part
    if is_faulty and half.fault_at is None:
        # What the codec refuses without one byte that is to blame, such as a lone surrogate.
        half.fault_at = _place_in_json(data)
    if not is_faulty and (fault is None or fault.part == "value"):
        half.fault_at = None
    return half


def _stop(half: PartDissection, at: int, rest: int) -> None:
    """Reading ends at a byte; what follows was not read."""
    if half.fault_at is None:
        half.fault_at = at
    if rest < len(half.data):
        size = len(half.data) - rest
        half.spans.append(Span(rest, len(half.data), "not read", "rest", None, _count(size)))


def _count(size: int) -> str:
    return f"{size:,} byte{'' if size == 1 else 's'}"


def _place_in_json(data: bytes) -> int:
    try:
        orjson.loads(data[1:])
    except orjson.JSONDecodeError as error:
        text = data[1:].decode("utf-8", "replace")
        return min(len(text[: error.pos].encode()) + 1, len(data) - 1)
    return 0


def _read_content(half: PartDissection) -> None:
    """Type 2's value: a byte for the action, then chunks that say first how long they are."""
    data, spans = half.data, half.spans
    if len(data) < 2 or data[1] not in _ACTIONS:
        _stop(half, 1, 1)
        return
    action = _ACTIONS[data[1]]
    spans.append(Span(1, 2, "action", "action", action, str(data[1]), attribute="action"))
    at = 2
    for name, attribute in (
        ("canonicalHash", "canonical_hash"),
        ("content", "content"),
        ("serializedReferences", "serialized_references"),
    ):
        if at == len(data) and attribute == "serialized_references":
            half.absent = (name,)
            return
        after = _read_chunk(half, at, name, attribute)
        if after is None:
            return
        at = after
    if at < len(data):
        note = f"{_count(len(data) - at)} that no reader looks at"
        spans.append(Span(at, len(data), "after the end", "rest", None, note))


def _read_chunk(half: PartDissection, at: int, name: str, attribute: str) -> int | None:
    """Behind the chunk, or None where its length runs past the end."""
    data, start = half.data, at + 4
    length = int.from_bytes(data[at:start], "big", signed=True)
    is_past = length < 0 or start + length > len(data)
    note = f"byte{'' if length == 1 else 's'} follow" if length else "0: null, nothing follows"
    span = Span(at, min(start, len(data)), f"length of {name}", "length", length, note)
    if at < len(data):
        half.spans.append(span)
    if is_past:
        span.note = f"bytes would follow, and {_count(max(0, len(data) - start))} are left"
        span.fault = f"the length at byte {at} runs past its end"
        _stop(half, min(at, len(data) - 1), start)
        return None
    if length:
        chunk = data[start : start + length]
        value: Any = chunk if attribute == "content" else chunk.decode("utf-8", "replace")
        half.spans.append(Span(start, start + length, name, "field", value, attribute=attribute))
    else:
        span.attribute = attribute
        span.value = None
    return start + length


def _read_json(half: PartDissection, layout: Layout, *, is_value: bool) -> None:
    whole, fault_at = locate_members(half.data, 1)
    half.spans.append(Span(1, len(half.data), "JSON", "spelling", note="brackets and commas"))
    members = [(depth, each) for depth, each in walk(whole)]
    named = _Named(half.data, layout, is_value=is_value)
    seen = [named.span(depth, each) for depth, each in members]
    named.mark_repeated(seen)
    if whole.left_out or any(each.left_out for _, each in members):
        half.spans[-1].note = "brackets, commas, and members that are not listed here"
    half.spans += seen
    half.absent = named.absent(seen)
    faulty = next((each for each in seen if each.fault), None)
    if fault_at is not None:
        half.fault_at = min(fault_at, len(half.data) - 1)
        # Who knows what was to come.
        half.absent = ()
        _clip(half, half.fault_at)
    elif faulty is not None:
        half.fault_at = faulty.start
    elif half.data[whole.value_start : whole.value_start + 1] != b"{":
        half.fault_at = min(whole.value_start, len(half.data) - 1)


def _clip(half: PartDissection, at: int) -> None:
    """What is open where the JSON fails ends there, and the rest was not read."""
    half.spans = [each for each in half.spans if each.start <= at]
    for each in half.spans:
        if each.end > at and each.sort != "spelling":
            each.value, each.note = None, "it breaks off"
        each.end = min(each.end, at)
    half.spans = [each for each in half.spans if each.start < each.end]
    _stop(half, at, at)


class _Named:
    """A member's name and place to what the layout makes of it."""

    def __init__(self, data: bytes, layout: Layout, *, is_value: bool) -> None:
        self._data = data
        self._layout = layout
        self._is_value = is_value
        self._known = {each.name: each for each in layout.properties}
        self._level = 0 if layout.nest is None else 1
        self._parents: list[str] = []

    def span(self, depth: int, member: Member) -> Span:
        name = _text(member.name)
        del self._parents[depth:]
        span = Span(member.start, member.end, name or "element", "field", depth=depth + 1)
        held = _loaded(self._data[member.value_start : member.end])
        span.value, span.holds = held, bool(member.inner)
        if depth == 0 and name == "action" and self._is_value:
            _tell_action(span, held)
        elif depth == 0 and name in self._layout.forbidden:
            span.fault = f"it has the forbidden property {name}"
        elif self._is_property(depth) and name in self._known:
            _convert(span, self._known[name], held)
        elif depth == 0 and name != self._layout.nest:
            span.note = "no field of this type: readers pass over it"
        self._parents.append(name)
        return span

    def _is_property(self, depth: int) -> bool:
        inside = self._layout.nest is None or self._parents[:1] == [self._layout.nest]
        return depth == self._level and inside

    def mark_repeated(self, spans: Iterable[Span]) -> None:
        """Of a member that is there twice, the last is read."""
        last: dict[str, Span] = {}
        for span in spans:
            if span.attribute:
                before = last.get(span.attribute)
                if before is not None:
                    before.attribute, before.fault = "", ""
                    before.note = "said again below: this one is not read"
                last[span.attribute] = span

    def absent(self, spans: Iterable[Span]) -> tuple[str, ...]:
        there = {each.attribute for each in spans}
        action = ("action",) if self._is_value and "action" not in there else ()
        names = (each.name for each in self._layout.properties if each.attribute not in there)
        return (*action, *names)


def _text(quoted: bytes) -> str:
    return str(_loaded(quoted)) if quoted else ""


def _loaded(spelled: bytes) -> Any:
    try:
        return orjson.loads(spelled)
    except orjson.JSONDecodeError:
        return spelled.decode("utf-8", "replace")


def _convert(span: Span, known: Property, held: Any) -> None:
    span.attribute = known.attribute
    try:
        if held is None:
            span.value, span.note = known.missing, "null"
        else:
            span.value = held if type(held) is known.plain else known.convert(held)
    except PropertyError as misfit:
        span.fault = str(misfit)


def _tell_action(span: Span, held: Any) -> None:
    span.sort, span.attribute = "action", "action"
    found = _ACTIONS.get(held) if type(held) is int else None
    if type(held) is str:
        found = next((each for each in Action if each.name == held.upper()), None)
    if held is not None and found is None:
        span.fault = f"unknown action {str(held)[:40]!r}"
    span.value, span.note = found, str(held)
