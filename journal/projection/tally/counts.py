"""The counters that a tally is made of: small, and exact."""

from enum import StrEnum

from msgspec import Struct, field

#: So many places of a sort, stretches of a gap and ids without a record are kept; all are counted.
KEPT = 5
KEPT_IDS = 100


class Category(StrEnum):
    """The sorts of records that a finding may be made of."""

    UNDECODABLE = "undecodable"
    UNKNOWN_TYPE = "unknown type"
    OF_V3 = "of 3.x"
    NO_REQ = "no req"
    ODD_REQ = "odd req"
    OUTSIDE = "outside partition 0"
    REFUSED = "refused"
    ID_TAKEN = "global id taken"
    WRONG_HASH = "wrong hash"
    BARE_HASH = "hash without references"
    USED_TWICE = "content id used twice"
    AHEAD = "clock ahead"
    BACKWARD = "clock back"
    WITH_NONCE = "with nonce"
    WITHOUT_NONCE = "without nonce"
    NEWER = "of 2.5.9 or later"


class RecordPosition(Struct, frozen=True, array_like=True):
    """Where a record is, and its time in ms."""

    partition: int
    offset: int
    timestamp: int


class Occurrences(Struct):
    """How many there are of a sort, the first few of them, and the last."""

    count: int = 0
    first: list[RecordPosition] = field(default_factory=list)
    last: RecordPosition | None = None


class Rejections(Struct):
    """How many records were refused with one error, and the last of them."""

    count: int = 0
    last: RecordPosition | None = None


class Unresolved(Struct):
    """What records named and nothing has supplied, with the last record that did, by tenant.

    Of many, `more` counts those that are not kept by name; they stay wanted.
    """

    places: dict[str, dict[str, RecordPosition]] = field(default_factory=dict)
    kept: int = 0
    more: int = 0

    def __bool__(self) -> bool:
        return bool(self.kept or self.more)

    def add(self, tenant: str, name: str, mark: RecordPosition) -> None:
        names = self.places.setdefault(tenant, {})
        if name not in names:
            if self.kept >= KEPT_IDS:
                self.more += 1
                return
            self.kept += 1
        names[name] = mark

    def supply(self, tenant: str, name: str) -> None:
        names = self.places.get(tenant, {})
        if names.pop(name, None) is None:
            return
        self.kept -= 1
        if not names:
            del self.places[tenant]


class IdDraws(Struct):
    """The id records of one sequence since its last RESET, matched with the ids that were used.

    Which id a record drew is not on the wire: it is the one that is used next. Uploads that overlap
    draw several ids before they use the first, and what is left over is `spare`. `lacking` counts
    the ids in use that no record is left for, `lacking_ids` has the first of them. `skipped` are
    ids below the `highest` one that were not used yet: any other was, and is only said again.
    """

    fresh: int = 0
    spare: int = 0
    lacking: int = 0
    lacking_ids: list[int] = field(default_factory=list)
    is_imported: bool = False
    highest: int = 0
    skipped: list[int] = field(default_factory=list)

    def reset(self) -> None:
        self.fresh, self.spare, self.lacking = 0, 0, 0
        self.lacking_ids = []
        self.is_imported = False

    def use_or_repeat(self, used: int, is_applied: bool) -> None:
        """For a record that may say a content once more, under the id that it has."""
        if used == self.highest + 1 or not self._is_known(used):
            self.use(used, is_applied)

    def use(self, used: int, is_applied: bool) -> None:
        if is_applied:
            self._pass(used)
        if self.fresh:
            self.spare += self.fresh - 1
            self.fresh = 0
        elif is_applied and self.spare:
            self.spare -= 1
        elif is_applied:
            self.lacking += 1
            if len(self.lacking_ids) < KEPT_IDS:
                self.lacking_ids.append(used)

    def _is_known(self, used: int) -> bool:
        return used <= self.highest and used not in self.skipped

    def _pass(self, used: int) -> None:
        if used <= self.highest:
            if used in self.skipped:
                self.skipped.remove(used)
            return
        if used > self.highest + 1:
            first = max(self.highest + 1, used - KEPT_IDS)
            self.skipped = [*self.skipped, *range(first, used)][-KEPT_IDS:]
        self.highest = used


class TypeCount(Struct):
    """Records of a type, and the bytes of their keys and values."""

    records: int = 0
    bytes: int = 0


class PartitionTally(Struct):
    """`missing` offsets between the first and the last record hold none, in `gaps` stretches."""

    first: RecordPosition
    last: RecordPosition
    records: int = 0
    gaps: int = 0
    missing: int = 0
    stretches: list[tuple[int, int]] = field(default_factory=list)

    def add_stretch(self, last: RecordPosition, records: int) -> None:
        """Records without a gap before or between them."""
        self.records += records
        self.last = last

    def add(self, mark: RecordPosition) -> None:
        self.records += 1
        expected = self.last.offset + 1
        if mark.offset > expected:
            self.gaps += 1
            self.missing += mark.offset - expected
            if len(self.stretches) < KEPT:
                self.stretches.append((expected, mark.offset - 1))
        self.last = mark
