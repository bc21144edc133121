"""The counters of the tally: small, and exact."""

from enum import StrEnum

from msgspec import Struct, field

#: Kept of each category or gap list; all are counted.
KEPT = 5
KEPT_IDS = 100


class Category(StrEnum):
    """Kinds of records to report in findings."""

    UNDECODABLE = "undecodable"
    UNKNOWN_TYPE = "unknown type"
    OF_V3 = "of 3.x"
    NO_REQ = "no req"
    ODD_REQ = "odd req"
    OUTSIDE = "outside partition 0"
    REJECTED = "refused"
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
    """A record's partition and offset, and its time in ms."""

    partition: int
    offset: int
    timestamp: int


class Occurrences(Struct):
    """The number of records of a category, with the first few and the last."""

    count: int = 0
    first: list[RecordPosition] = field(default_factory=list)
    last: RecordPosition | None = None


class Rejections(Struct):
    """The number of records rejected with one error, and the last of them."""

    count: int = 0
    last: RecordPosition | None = None


class Unresolved(Struct):
    """Names not supplied by a record yet: by tenant, with the last record to use each.

    Beyond KEPT_IDS names are only counted, in `more`, and stay unresolved.
    """

    places: dict[str, dict[str, RecordPosition]] = field(default_factory=dict)
    kept: int = 0
    more: int = 0

    def __bool__(self) -> bool:
        return bool(self.kept or self.more)

    def add(self, tenant: str, name: str, position: RecordPosition) -> None:
        names = self.places.setdefault(tenant, {})
        if name not in names:
            if self.kept >= KEPT_IDS:
                self.more += 1
                return
            self.kept += 1
        names[name] = position

    def resolve(self, tenant: str, name: str) -> None:
        names = self.places.get(tenant, {})
        if names.pop(name, None) is None:
            return
        self.kept -= 1
        if not names:
            del self.places[tenant]


class IdDraws(Struct):
    """The id records of one sequence since its last RESET, matched with the ids in use.

    The id that a record allocates is not on the wire: it is the one used next. Uploads that overlap
    or fail leave records over, which are `spare` and explain later uses. `lacking` counts ids in
    use without an id record, `lacking_ids` has the first of them. `skipped` are ids below `highest`
    that are not used yet: any other id below it has been, and a record only repeats it.
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
        """Count an id, unless its record only repeats a content under its existing id."""
        is_known = used <= self.highest and used not in self.skipped
        if used == self.highest + 1 or not is_known:
            self.use(used, is_applied)

    def use(self, used: int, is_applied: bool) -> None:
        if is_applied:
            if used > self.highest + 1:
                first = max(self.highest + 1, used - KEPT_IDS)
                self.skipped = [*self.skipped, *range(first, used)][-KEPT_IDS:]
            elif used <= self.highest and used in self.skipped:
                self.skipped.remove(used)
            self.highest = max(self.highest, used)
        if self.fresh:
            self.spare += self.fresh - 1
            self.fresh = 0
        elif is_applied and self.spare:
            self.spare -= 1
        elif is_applied:
            self.lacking += 1
            if len(self.lacking_ids) < KEPT_IDS:
                self.lacking_ids.append(used)


class TypeCount(Struct):
    """The number of records of a type, and the bytes of their keys and values."""

    records: int = 0
    bytes: int = 0


class PartitionTally(Struct):
    """`missing` offsets between `first` and `last` hold no record; they form `gaps` ranges."""

    first: RecordPosition
    last: RecordPosition
    records: int = 0
    gaps: int = 0
    missing: int = 0
    stretches: list[tuple[int, int]] = field(default_factory=list)

    def add_consecutive(self, last: RecordPosition, records: int) -> None:
        """Count records without a gap before or between them."""
        self.records += records
        self.last = last

    def add(self, position: RecordPosition) -> None:
        self.records += 1
        expected = self.last.offset + 1
        if position.offset > expected:
            self.gaps += 1
            self.missing += position.offset - expected
            if len(self.stretches) < KEPT:
                self.stretches.append((expected, position.offset - 1))
        self.last = position
