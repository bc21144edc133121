"""Describes mismatches as changes from the older schema to the newer one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from registry.artifact_types.checks import Direction
from registry.artifact_types.json_schema.constraints import Bound, format_kinds
from registry.artifact_types.mismatches import Mismatch, Path


@dataclass(frozen=True, slots=True)
class Causes:
    """Describes mismatches for one direction. Their paths lead to places in the reader's schema."""

    direction: Direction

    def other_type(
        self, read: frozenset[str], written: frozenset[str], lost: frozenset[str], path: Path
    ) -> Mismatch:
        return Mismatch(
            f"The type {self._was_and_is(format_kinds(read), format_kinds(written))}",
            f"A value of {format_kinds(lost)} is refused",
            (*path, "type"),
        )

    def nothing_allowed(self, written: frozenset[str], path: Path) -> Mismatch:
        kinds = format_kinds(written)
        return Mismatch(
            self._by_reader(
                f"Nothing may be here any more, and it was {kinds}",
                f"Nothing was allowed here, and it may be {kinds} now",
            ),
            f"What {self._is_allowed} is refused",
            path,
        )

    def certain_values(self, keyword: str, path: Path) -> Mismatch:
        return Mismatch(
            self._by_reader(
                "Only certain values are allowed now",
                "Only certain values were allowed, and others are now",
            ),
            self._by_reader(
                "Others were allowed and are refused", "Others are allowed now and are refused"
            ),
            (*path, keyword),
        )

    def value(self, value: str, keyword: str, path: Path) -> Mismatch:
        return Mismatch(
            f"The value {value} {self._is_not_allowed}",
            "Who has it is refused",
            (*path, keyword),
        )

    def forbidden(self, path: Path) -> Mismatch:
        return Mismatch(
            self._by_reader(
                "Something is forbidden by 'not' that was not forbidden before",
                "Something was forbidden by 'not' that may not be forbidden any more",
            ),
            f"A value that it forbids {self._is_allowed}",
            (*path, "not"),
        )

    def no_alternative(
        self, written: frozenset[str], closest: Sequence[Mismatch], keyword: str, path: Path
    ) -> Mismatch:
        """Describe a value accepted by no branch; `closest` are the mismatches of the nearest."""
        kinds, detail = format_kinds(written), f": {closest[0].message}" if closest else ""
        return Mismatch(
            self._by_reader(
                f"None of the alternatives takes what was {kinds}{detail}",
                f"None of the alternatives took all that may be {kinds} now{detail}",
            ),
            f"A value that {self._is_allowed} is refused",
            (*path, keyword),
        )

    def several_alternatives(self, path: Path) -> Mismatch:
        return Mismatch(
            self._by_reader(
                "More than one of the alternatives may take the same value now",
                "A value may be allowed now that more than one of the alternatives took",
            ),
            "oneOf refuses what two of them take",
            (*path, "oneOf"),
        )

    def unique_items(self, path: Path) -> Mismatch:
        return Mismatch(
            self._by_reader(
                "Items have to differ from each other now",
                "Items had to differ from each other, and need not any more",
            ),
            f"An array with equal items {self._is_allowed}",
            (*path, "uniqueItems"),
        )

    def contained_item(self, path: Path) -> Mismatch:
        return Mismatch(
            self._by_reader(
                "An item of a certain kind has to be there now",
                "An item of a certain kind had to be there, and need not any more",
            ),
            f"An array without it {self._is_allowed}",
            (*path, "contains"),
        )

    def contained_items(self, most: Any, path: Path) -> Mismatch:
        return Mismatch(
            self._by_reader(
                f"Only {most} items of a certain kind may be there now",
                f"Only {most} items of a certain kind were allowed, and more are now",
            ),
            f"An array with more of them {self._is_allowed}",
            (*path, "maxContains"),
        )

    def required_property(self, name: str, path: Path) -> Mismatch:
        return Mismatch(
            self._by_reader(
                f"The property {name!r} is required now",
                f"The property {name!r} was required, and is not any more",
            ),
            f"An object without it {self._is_allowed}",
            (*path, "required"),
        )

    def refused_property(self, name: str, path: Path) -> Mismatch:
        """Describe a property neither named nor allowed by the reader."""
        return Mismatch(
            self._by_reader(
                f"The property {name!r} is gone, and others are not allowed",
                f"The property {name!r} is new, and others were not allowed",
            ),
            "An object that has it is refused",
            path,
        )

    def named_property(self, name: str, inner: Mismatch, path: Path) -> Mismatch:
        """Describe a property limited by `inner` in the reader, and unnamed in the writer."""
        return Mismatch(
            self._by_reader(
                f"The property {name!r} is new where any could be",
                f"The property {name!r} is gone where any may be",
            ),
            self._by_reader(
                f"It may have been there as anything: {inner.message}",
                f"It may be there as anything: {inner.message}",
            ),
            path,
        )

    def unnamed_properties(self, path: Path) -> Mismatch:
        return Mismatch(
            f"Properties that are not named {self._are_not_allowed}",
            "An object that has others is refused",
            path,
        )

    def property_name(self, name: str, path: Path) -> Mismatch:
        return Mismatch(
            f"The name {name!r} {self._is_not_allowed}",
            "An object that has it is refused",
            path,
        )

    def dependency(self, name: str, path: Path) -> Mismatch:
        return Mismatch(
            self._by_reader(
                f"An object that has {name!r} needs more now",
                f"An object that has {name!r} needed more than it does now",
            ),
            f"One without that {self._is_allowed}",
            path,
        )

    def least_number(self, read: Bound, written: Bound | None, path: Path) -> Mismatch:
        return Mismatch(
            f"The least number {self._was_and_is(_format_bound(read), _format_bound(written))}",
            f"A smaller number {self._is_allowed} and is refused",
            (*path, "minimum"),
        )

    def greatest_number(self, read: Bound, written: Bound | None, path: Path) -> Mismatch:
        return Mismatch(
            f"The greatest number {self._was_and_is(_format_bound(read), _format_bound(written))}",
            f"A greater number {self._is_allowed} and is refused",
            (*path, "maximum"),
        )

    def multiple(self, step: Any, path: Path) -> Mismatch:
        return Mismatch(
            self._by_reader(
                f"Numbers are multiples of {step} now",
                f"Numbers were multiples of {step}, and need not be any more",
            ),
            f"A number between {self._is_allowed} and is refused",
            (*path, "multipleOf"),
        )

    def pattern(self, pattern: str, path: Path) -> Mismatch:
        return Mismatch(
            self._by_reader(
                f"Texts match {pattern!r} now",
                f"Texts matched {pattern!r}, and need not any more",
            ),
            f"A text that does not match {self._is_allowed}",
            (*path, "pattern"),
        )

    def text_keyword(self, keyword: str, read: Any, written: Sequence[Any], path: Path) -> Mismatch:
        before = repr(written[0]) if written else "open"
        return Mismatch(
            f"The {keyword} of texts {self._was_and_is(repr(read), before)}",
            f"A text of another one {self._is_allowed}",
            (*path, keyword),
        )

    def count(
        self, keyword: str, read: float, written: float, refused: str, path: Path
    ) -> Mismatch:
        """Describe a limit such as maxLength; `refused` is a noun for the rejected values."""
        return Mismatch(
            f"{keyword} {self._was_and_is(_format_count(read), _format_count(written))}",
            f"A {refused} {self._is_allowed} and is refused",
            (*path, keyword),
        )

    def _by_reader(self, newer: str, older: str) -> str:
        """Return the words for a reader with the newer schema, or with the older one."""
        return newer if self.direction is Direction.BACKWARD else older

    def _was_and_is(self, read: object, written: object) -> str:
        is_reader_newer = self.direction is Direction.BACKWARD
        older, newer = (written, read) if is_reader_newer else (read, written)
        return f"was {older} and is {newer}"

    @property
    def _is_allowed(self) -> str:
        return self._by_reader("was allowed", "is allowed now")

    @property
    def _is_not_allowed(self) -> str:
        return self._by_reader("is not allowed any more", "was not allowed, and is now")

    @property
    def _are_not_allowed(self) -> str:
        return self._by_reader("are not allowed any more", "were not allowed, and are now")


def _format_bound(bound: Bound | None) -> str:
    if bound is None:
        return "not bounded"
    return f"{'beyond ' if bound.is_open else ''}{bound.number}"


def _format_count(count: float) -> str:
    return "not bounded" if count == float("inf") else str(count)
