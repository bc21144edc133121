"""J12, J13, J18 and J20: foreign, refused and ineffective records, and the records' clocks."""

from journal.health.findings import Finding, to_positions
from journal.health.formatting import format_offsets, format_position, pluralize
from journal.health.observations import Observations
from journal.projection.tally import Category
from journal.wire.messages import MessageType
from registry.errors import (
    ArtifactAlreadyExists,
    ArtifactNotFound,
    CommentAlreadyExists,
    CommentNotFound,
    ConfigPropertyNotFound,
    ContentAlreadyExists,
    ContentNotFound,
    DownloadNotFound,
    GroupAlreadyExists,
    GroupNotFound,
    HasComments,
    ImpossibleRecord,
    LoggerNotFound,
    NotFound,
    RegistryError,
    RoleMappingAlreadyExists,
    RoleMappingNotFound,
    RuleAlreadyExists,
    RuleNotFound,
    ValueOutOfRange,
    VersionAlreadyExists,
    VersionNotFound,
)

#: Records at which a Java node of 2.x stops.
_STOPPING = {Category.UNKNOWN_TYPE, Category.OF_V3, Category.ODD_REQ}
_FOREIGN = {
    Category.UNKNOWN_TYPE: "of a type that 2.x does not know",
    Category.OF_V3: "of Apicurio Registry 3.x, whose journal is another",
    Category.UNDECODABLE: "that can't be decoded",
    Category.ODD_REQ: "with a req header that is no UUID",
    Category.NO_REQ: "without a req header",
}
_REFUSALS = {
    ArtifactAlreadyExists.code: "the artifact was there already",
    VersionAlreadyExists.code: "the version was there already",
    GroupAlreadyExists.code: "the group was there already",
    RuleAlreadyExists.code: "the rule was there already",
    ContentAlreadyExists.code: "these bytes have another content id",
    CommentAlreadyExists.code: "the comment id was in use",
    RoleMappingAlreadyExists.code: "the principal had a role already",
    HasComments.code: "versions with comments can't be deleted",
    ArtifactNotFound.code: "the artifact was not there",
    VersionNotFound.code: "the version was not there",
    GroupNotFound.code: "the group was not there",
    RuleNotFound.code: "the rule was not there",
    ContentNotFound.code: "the content was not there",
    CommentNotFound.code: "the comment was not there, or is somebody's whom Java nodes never match",
    RoleMappingNotFound.code: "the role mapping was not there",
    DownloadNotFound.code: "the download was not there",
    LoggerNotFound.code: "the logger was not there",
    ConfigPropertyNotFound.code: "the property was not there",
    ImpossibleRecord.code: "no table can take what the record says",
    ValueOutOfRange.code: "a value is out of the range of its column, which the reason states",
}
_NOT_FOUND = {code for code, kind in RegistryError.classes.items() if issubclass(kind, NotFound)}
#: Refusals in which two records conflict. The others are ordinary answers to clients, unless
#: records are missing.
_CONFLICTS = frozenset({
    ImpossibleRecord.code,
    ValueOutOfRange.code,
    ArtifactAlreadyExists.code,
    VersionAlreadyExists.code,
    ContentAlreadyExists.code,
    CommentAlreadyExists.code,
})
_IMPOSSIBLE = frozenset({ImpossibleRecord.code, ValueOutOfRange.code})
#: The share of noise, and the journal's size, from which on it is reported.
_MIN_NOISE = 0.5
_MIN_BYTES = 1024 * 1024
_DAY_MS = 24 * 60 * 60 * 1000


def foreign_records(observations: Observations) -> Finding | None:
    tally = observations.tally
    foreign = {
        category: tally.occurrences(category)
        for category in _FOREIGN
        if tally.occurrences(category).count
    }
    count = sum(occurrences.count for occurrences in foreign.values())
    if count == sum(partition.records for partition in tally.partitions.values()):
        # A dump without any headers reveals nothing about them.
        foreign.pop(Category.NO_REQ, None)
        count = sum(occurrences.count for occurrences in foreign.values())
    if not foreign:
        return None
    descriptions = {
        category: f"{occurrences.count} {_FOREIGN[category]}"
        for category, occurrences in foreign.items()
    }
    consequences = []
    if _STOPPING & foreign.keys():
        consequences.append(
            "A Java node ends its reading of the journal where it meets a record of an unknown "
            "type or with a req header that is no UUID: it looks alive, its writes time out, and "
            "that happens again at each restart."
        )
    if Category.UNDECODABLE in foreign:
        consequences.append(
            "What can't be decoded is dropped by every node: what it meant is lost."
        )
    if foreign.keys() == {Category.NO_REQ}:
        consequences.append(
            "Nodes of 2.1.0 or newer take a record without req; older ones stop at it."
        )
    return Finding(
        code="J12",
        severity="error"
        if _STOPPING & foreign.keys()
        else "warning"
        if Category.UNDECODABLE in foreign
        else "info",
        summary=f"{pluralize(count, 'record')} {'is' if count == 1 else 'are'} not as a node of "
        f"2.x writes them: {', '.join(descriptions.values())}.",
        evidence=tuple(
            f"{descriptions[category]}: {format_offsets(occurrences.first, occurrences.count)}."
            for category, occurrences in foreign.items()
        ),
        records=to_positions(
            record for occurrences in foreign.values() for record in occurrences.first
        ),
        consequence=" ".join(consequences),
        remedy="Find out who else writes to the topic, and let only registry nodes write to it. "
        "What is there stays; this node passes it by. If Java nodes stop at such a record, only a "
        "topic without it helps them: dump the journal, leave these offsets out, and load the "
        "rest into a new topic.\n"
        "  bin/kafka-acls.sh --bootstrap-server HOST:PORT --list --topic "
        f"{observations.topic}",
    )


def refused_records(observations: Observations) -> Finding | None:
    tally = observations.tally
    has_gaps = any(partition.missing for partition in tally.partitions.values())
    # J04 reports contents that are missing.
    not_found = [error for error in tally.refusals if error in _NOT_FOUND]
    may_be_lost = has_gaps and any(error != ContentNotFound.code for error in not_found)
    refusals = {
        error: rejections
        for error, rejections in tally.refusals.items()
        if error in _CONFLICTS or may_be_lost
    }
    if not refusals:
        return None
    evidence = []
    for error, rejections in sorted(refusals.items()):
        last = "" if rejections.last is None else f", last at {format_position(rejections.last)}"
        description = _REFUSALS.get(error, "see the ledger")
        evidence.append(f"{rejections.count} refused as {error}: {description}{last}.")
    taken = tally.occurrences(Category.ID_TAKEN)
    if taken.count:
        evidence.append(
            f"{taken.count} of them because the global id that was drawn is another version's, "
            f"at {format_offsets(taken.first, taken.count)}: a sequence was behind (J03)."
        )
    if may_be_lost:
        explanation = (
            "Offsets are missing from the topic, too (J06): what these records are about may have "
            "been made by one that was removed, so that a change or a deletion is lost, not "
            "refused."
        )
    else:
        explanation = (
            "Nodes write before they know the outcome, and whoever asked was told of the refusal."
        )
    if ValueOutOfRange.code in refusals:
        explanation += (
            " A Java node stores some of the values that are out of range here, so what such a "
            "record makes may exist there and nowhere here."
        )
    count = sum(rejections.count for rejections in refusals.values())
    is_serious = taken.count or may_be_lost or not _IMPOSSIBLE.isdisjoint(refusals)
    last_records = [error.last for error in refusals.values() if error.last is not None]
    return Finding(
        code="J13",
        severity="warning" if is_serious else "info",
        summary=f"{pluralize(count, 'record')} {'was' if count == 1 else 'were'} refused when the "
        "journal was applied.",
        evidence=tuple(evidence),
        records=to_positions([*taken.first, *last_records]),
        consequence="They changed nothing, here or on any node that applies the same records. "
        f"{explanation}",
        remedy="Look at them with their reasons at /ui/journal?outcome=refused, or by a replay "
        "into temporary tables, and ask again for what is still wanted, with values in range:\n"
        "  python manage.py replay",
    )


def noise(observations: Observations) -> Finding | None:
    tally = observations.tally
    counts = {
        "downloads": tally.types.get(MessageType.DOWNLOAD),
        "upgrades": tally.types.get(MessageType.UPGRADER),
        "tombstones": tally.tombstones,
    }
    noisy = {name: count for name, count in counts.items() if count is not None and count.bytes}
    noisy_bytes = sum(count.bytes for count in noisy.values())
    total = sum(count.bytes for count in tally.types.values())
    if total < _MIN_BYTES or noisy_bytes < total * _MIN_NOISE:
        return None
    return Finding(
        code="J20",
        severity="info",
        summary=f"{noisy_bytes / total:.0%} of the journal's bytes change nothing: downloads, "
        "upgrade records and tombstones.",
        evidence=tuple(
            f"{count.records} records of {name}, {count.bytes} of {total} bytes."
            for name, count in noisy.items()
        ),
        consequence="They cost space and time at each replay, and nothing else.",
        remedy="Nothing has to be done. Where replays take too long, write the state to a new "
        "topic; do not let the broker compact this one (J01).",
    )


def clock_skew(observations: Observations) -> Finding | None:
    tally = observations.tally
    ahead, backward = tally.occurrences(Category.AHEAD), tally.occurrences(Category.BACKWARD)
    if not ahead.count and not backward.count:
        return None
    evidence = []
    if ahead.count:
        evidence.append(
            f"{pluralize(ahead.count, 'version')} {'was' if ahead.count == 1 else 'were'} made up "
            f"to {tally.most_ahead / 1000:.0f} s after the record's own time: "
            f"{format_offsets(ahead.first, ahead.count)}."
        )
    if backward.count:
        evidence.append(
            f"{pluralize(backward.count, 'record')} {'is' if backward.count == 1 else 'are'} up to "
            f"{tally.most_backward / 1000:.0f} s older than one before: "
            f"{format_offsets(backward.first, backward.count)}."
        )
    skew = max(tally.most_ahead, tally.most_backward) / 1000
    last_times = [record.timestamp for record in (ahead.last, backward.last) if record is not None]
    is_past = tally.newest - max(last_times, default=0) > _DAY_MS
    return Finding(
        code="J18",
        severity="info" if is_past else "warning",
        summary=f"The clocks of those who write the journal differ by up to {skew:.0f} s"
        f"{', though not lately' if is_past else ''}.",
        evidence=tuple(evidence),
        records=to_positions([*ahead.first, *backward.first]),
        consequence="Dates of versions are not those of their making. Nodes of 2.5.9 or newer "
        "judge by timestamps who holds the lock of an upgrade, and can hold two of them at once.",
        remedy="Let NTP keep the clocks of all nodes and brokers, and the broker's clock date the "
        "records (J11).",
    )
