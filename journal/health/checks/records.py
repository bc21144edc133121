"""J12, J13 and J20: records that nodes can't read, that the tables refused, and noise."""

from journal.health.findings import Finding, Severity, to_positions
from journal.health.formatting import format_offsets, format_position, pluralize
from journal.health.observations import Observations
from journal.projection.tally import Category, RecordPosition, Tally
from journal.wire.messages import MessageType

#: What stops a Java node of 2.x where it meets it.
_STOPS = (Category.UNKNOWN_TYPE, Category.OF_V3, Category.ODD_REQ)
_FOREIGN = {
    Category.UNKNOWN_TYPE: "of a type that 2.x does not know",
    Category.OF_V3: "of Apicurio Registry 3.x, whose journal is another",
    Category.UNDECODABLE: "that can't be decoded",
    Category.ODD_REQ: "with a req header that is no UUID",
    Category.NO_REQ: "without a req header",
}
_CLASHES = {
    "ArtifactAlreadyExists": "the artifact was there already",
    "VersionAlreadyExists": "the version was there already",
    "GroupAlreadyExists": "the group was there already",
    "RuleAlreadyExists": "the rule was there already",
    "ContentAlreadyExists": "these bytes have another content id",
    "CommentAlreadyExists": "the comment id was in use",
    "RoleMappingAlreadyExists": "the principal had a role already",
    "HasComments": "versions with comments can't be deleted",
    "ArtifactNotFound": "the artifact was not there",
    "VersionNotFound": "the version was not there",
    "GroupNotFound": "the group was not there",
    "RuleNotFound": "the rule was not there",
    "ContentNotFound": "the content was not there",
    "CommentNotFound": "the comment was not there, or is somebody's whom Java nodes never match",
    "RoleMappingNotFound": "the role mapping was not there",
    "DownloadNotFound": "the download was not there",
    "LoggerNotFound": "the logger was not there",
    "ConfigPropertyNotFound": "the property was not there",
    "ImpossibleRecord": "no table can take what the record says",
}
#: Those that say that two records claim one place. The others are answers to what clients ask for,
#: and tell of nothing wrong unless records are missing.
_TOLD = frozenset({
    "ImpossibleRecord",
    "ArtifactAlreadyExists",
    "VersionAlreadyExists",
    "ContentAlreadyExists",
    "CommentAlreadyExists",
})
#: Noise is told from such a share of a journal of such a size on.
_SHARE = 0.5
_BYTES = 1024 * 1024


def foreign_records(seen: Observations) -> Finding | None:
    tally = seen.tally
    found = {sort: tally.seen(sort) for sort in _FOREIGN if tally.seen(sort).count}
    if sum(each.count for each in found.values()) == _records(tally):
        # A dump of a kind that leaves the headers out tells nothing of them.
        found.pop(Category.NO_REQ, None)
    if not found:
        return None
    what = ", ".join(f"{each.count} {_FOREIGN[sort]}" for sort, each in found.items())
    count = sum(each.count for each in found.values())
    return Finding(
        code="J12",
        severity=_severity(set(found)),
        summary=f"{pluralize(count, 'record')} {'is' if count == 1 else 'are'} not as a node of "
        f"2.x writes them: {what}.",
        evidence=tuple(
            f"{each.count} {_FOREIGN[sort]}: {format_offsets(each.first, each.count)}."
            for sort, each in found.items()
        ),
        records=to_positions([mark for each in found.values() for mark in each.first]),
        consequence=_harm(set(found)),
        remedy="Find out who else writes to the topic, and let only registry nodes write to it. "
        "What is there stays; this node passes it by. If Java nodes stop at such a record, only a "
        "topic without it helps them: dump the journal, leave these offsets out, and load the "
        "rest into a new topic.\n"
        f"  bin/kafka-acls.sh --bootstrap-server HOST:PORT --list --topic {seen.topic}",
    )


def _records(tally: Tally) -> int:
    return sum(each.records for each in tally.partitions.values())


def _severity(sorts: set[Category]) -> Severity:
    if sorts & set(_STOPS):
        return "error"
    return "warning" if Category.UNDECODABLE in sorts else "info"


def _harm(sorts: set[Category]) -> str:
    told = []
    if sorts & set(_STOPS):
        told.append(
            "A Java node ends its reading of the journal where it meets a record of an unknown "
            "type or with a req header that is no UUID: it looks alive, its writes time out, and "
            "that happens again at each restart."
        )
    if Category.UNDECODABLE in sorts:
        told.append("What can't be decoded is dropped by every node: what it meant is lost.")
    if sorts == {Category.NO_REQ}:
        told.append("Nodes of 2.1.0 or newer take a record without req; older ones stop at it.")
    return " ".join(told)


def refused_records(seen: Observations) -> Finding | None:
    tally = seen.tally
    is_lost = _is_lost(seen)
    refusals = {error: each for error, each in tally.refusals.items() if error in _TOLD or is_lost}
    if not refusals:
        return None
    taken = tally.seen(Category.ID_TAKEN)
    count = sum(each.count for each in refusals.values())
    evidence = [
        f"{each.count} refused as {error}: {_CLASHES.get(error, 'see the ledger')}"
        f"{'' if each.last is None else f', last at {format_position(each.last)}'}."
        for error, each in sorted(refusals.items())
    ]
    if taken.count:
        evidence.append(
            f"{taken.count} of them because the global id that was drawn is another version's, "
            f"at {format_offsets(taken.first, taken.count)}: a sequence was behind (J03)."
        )
    marks = [each.last for each in refusals.values() if each.last is not None]
    return Finding(
        code="J13",
        severity="warning" if taken.count or "ImpossibleRecord" in refusals or is_lost else "info",
        summary=f"{pluralize(count, 'record')} {'was' if count == 1 else 'were'} refused when the "
        "journal was applied.",
        evidence=tuple(evidence),
        records=to_positions([*taken.first, *marks]),
        consequence="They changed nothing, here or on any node that applies the same records. "
        + (_LOST if is_lost else _ORDINARY),
        remedy="Look at them with their reasons at /ui/journal?outcome=refused, or by a replay "
        "into temporary tables, and ask again for what is still wanted:\n"
        "  python manage.py replay",
    )


_ORDINARY = "Nodes write before they know the outcome, and whoever asked was told of the refusal."
_LOST = (
    "Offsets are missing from the topic, too (J06): what these records are about may have been "
    "made by one that was removed, so that a change or a deletion is lost, not refused."
)


def _is_lost(seen: Observations) -> bool:
    """J04 tells of contents that are not there."""
    has_gaps = any(each.missing for each in seen.tally.partitions.values())
    missing = (error for error in seen.tally.refusals if error.endswith("NotFound"))
    return has_gaps and any(error != "ContentNotFound" for error in missing)


def noise(seen: Observations) -> Finding | None:
    tally = seen.tally
    parts = {
        "downloads": tally.types.get(MessageType.DOWNLOAD),
        "upgrades": tally.types.get(MessageType.UPGRADER),
        "tombstones": tally.tombstones,
    }
    told = {name: each for name, each in parts.items() if each is not None and each.bytes}
    noisy, total = sum(each.bytes for each in told.values()), _bytes(tally)
    if total < _BYTES or noisy < total * _SHARE:
        return None
    return Finding(
        code="J20",
        severity="info",
        summary=f"{noisy / total:.0%} of the journal's bytes change nothing: downloads, upgrade "
        "records and tombstones.",
        evidence=tuple(
            f"{each.records} records of {name}, {each.bytes} of {total} bytes."
            for name, each in told.items()
        ),
        consequence="They cost space and time at each replay, and nothing else.",
        remedy="Nothing has to be done. Where replays take too long, write the state to a new "
        "topic; do not let the broker compact this one (J01).",
    )


def _bytes(tally: Tally) -> int:
    return sum(each.bytes for each in tally.types.values())


def clock_skew(seen: Observations) -> Finding | None:
    tally = seen.tally
    ahead, back = tally.seen(Category.AHEAD), tally.seen(Category.BACKWARD)
    if not ahead.count and not back.count:
        return None
    evidence = []
    if ahead.count:
        evidence.append(
            f"{pluralize(ahead.count, 'version')} {'was' if ahead.count == 1 else 'were'} made up "
            f"to {tally.most_ahead / 1000:.0f} s after the record's own time: "
            f"{format_offsets(ahead.first, ahead.count)}."
        )
    if back.count:
        evidence.append(
            f"{pluralize(back.count, 'record')} {'is' if back.count == 1 else 'are'} up to "
            f"{tally.most_backward / 1000:.0f} s older than one before: "
            f"{format_offsets(back.first, back.count)}."
        )
    worst = max(tally.most_ahead, tally.most_backward) / 1000
    is_old = _is_old([ahead.last, back.last], tally.newest)
    return Finding(
        code="J18",
        severity="info" if is_old else "warning",
        summary=f"The clocks of those who write the journal differ by up to {worst:.0f} s"
        f"{', though not lately' if is_old else ''}.",
        evidence=tuple(evidence),
        records=to_positions([*ahead.first, *back.first]),
        consequence="Dates of versions are not those of their making. Nodes of 2.5.9 or newer "
        "judge by timestamps who holds the lock of an upgrade, and can hold two of them at once.",
        remedy="Let NTP keep the clocks of all nodes and brokers, and the broker's clock date the "
        "records (J11).",
    )


def _is_old(marks: list[RecordPosition | None], newest: int) -> bool:
    last = max((mark.timestamp for mark in marks if mark is not None), default=0)
    return newest - last > _DAY


_DAY = 24 * 60 * 60 * 1000
