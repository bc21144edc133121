"""J12, J13, J18 and J20: records that can't be read, can't be applied, are early, or are noise."""

from journal.doctor.findings import Finding, Severity, places
from journal.doctor.observations import Observations
from journal.doctor.wording import offsets_of
from journal.messages import MessageType
from journal.tally import Sort, Tally

_UNREADABLE = {
    Sort.OF_V3: "of Apicurio Registry 3.x, whose journal is another",
    Sort.UNKNOWN_TYPE: "of a type that 2.x does not know",
    Sort.UNDECODABLE: "that can't be decoded",
    Sort.ODD_REQ: "whose req header is no UUID",
}
#: Refusals that say that two records claim one place.
_CLASHES = {
    "ImpossibleRecord": "no table can take it",
    "ArtifactAlreadyExists": "the artifact was there",
    "VersionAlreadyExists": "the version was there",
    "ContentAlreadyExists": "the content was there under another id",
    "CommentAlreadyExists": "the comment was there",
}
#: Noise is told of from this share and so many bytes on.
_SHARE, _LEAST = 0.5, 1_000_000
_NOISE = (MessageType.DOWNLOAD, MessageType.UPGRADER)


def foreign_records(seen: Observations) -> Finding | None:
    tally = seen.tally
    found = {sort: tally.seen(sort) for sort in _UNREADABLE if tally.seen(sort).count}
    unsigned = tally.seen(Sort.NO_REQ)
    evidence = [
        f"{each.count} {_UNREADABLE[sort]}: {offsets_of(each.first, each.count)}."
        for sort, each in found.items()
    ]
    # A dump may have been made without headers.
    if 0 < unsigned.count < _records(tally):
        evidence.append(
            f"{unsigned.count} without a req header: {offsets_of(unsigned.first, unsigned.count)}."
        )
        found[Sort.NO_REQ] = unsigned
    if not found:
        return None
    count = sum(each.count for each in found.values())
    stops_java = Sort.ODD_REQ in found or Sort.UNKNOWN_TYPE in found or Sort.OF_V3 in found
    severity: Severity = (
        "error" if stops_java else "warning" if Sort.UNDECODABLE in found else "info"
    )
    return Finding(
        code="J12",
        severity=severity,
        summary=f"{count} records look as if something else than a 2.x node had written them.",
        evidence=tuple(evidence),
        records=places([mark for each in found.values() for mark in each.first]),
        consequence="This node keeps them in its ledger and goes on."
        + (
            " A Java node stops applying the journal at a type that it does not know, or at a req "
            "header that is no UUID, and stays ready all the same."
            if stops_java
            else ""
        ),
        remedy="Find out who else writes to this topic, and allow writing to nobody but the nodes "
        "(Kafka ACLs: WRITE on the topic). A 3.x registry needs a topic of its own.",
    )


def _records(tally: Tally) -> int:
    return sum(each.records for each in tally.partitions.values())


def refused_records(seen: Observations) -> Finding | None:
    clashes = {
        error: refused for error, refused in seen.tally.refusals.items() if error in _CLASHES
    }
    if not clashes:
        return None
    count = sum(each.count for each in clashes.values())
    marks = [each.last for each in clashes.values() if each.last is not None]
    return Finding(
        code="J13",
        severity="warning" if "ImpossibleRecord" in clashes else "info",
        summary=f"{count} records were refused when they were applied.",
        evidence=tuple(
            f"{each.count} with {error} ({_CLASHES[error]})"
            + (f", last at {offsets_of([each.last], 1)}." if each.last else ".")
            for error, each in sorted(clashes.items())
        ),
        records=places(marks),
        consequence="They changed nothing, here as on every other node. When such a record was "
        "said, its writer was answered with the same error; where it was not, something that it "
        "needed has been removed from the topic since.",
        remedy="Look at the records: the journal page tells of each why it was refused.",
    )


def clocks(seen: Observations) -> Finding | None:
    ahead = seen.tally.seen(Sort.AHEAD)
    if not ahead.count:
        return None
    return Finding(
        code="J18",
        severity="warning",
        summary=f"{ahead.count} artifact records claim to be made later than they were written.",
        evidence=(
            f"Their createdOn is more than a minute after the record's own time: "
            f"{offsets_of(ahead.first, ahead.count)}.",
        ),
        records=places(ahead.first),
        consequence="The clock of a node is ahead of the brokers', so versions are dated wrongly, "
        "and the upgrade protocol of 2.5.9 to 2.6.0, which compares both clocks, may judge a lock "
        "wrongly.",
        remedy="Set the clocks of nodes and brokers by one source (NTP).",
    )


def noise(seen: Observations) -> Finding | None:
    types, tombstones = seen.tally.types, seen.tally.tombstones
    whole = sum(each.bytes for each in types.values())
    parts = {kind.label: types[kind] for kind in _NOISE if kind in types}
    if tombstones.records:
        parts["tombstone"] = tombstones
    share = sum(each.bytes for each in parts.values())
    if share < _LEAST or share < whole * _SHARE:
        return None
    return Finding(
        code="J20",
        severity="info",
        summary=f"{100 * share / whole:.0f} % of the journal's {whole:,} bytes are records that "
        "no table keeps.",
        evidence=tuple(
            f"{name}: {each.records:,} records, {each.bytes:,} bytes."
            for name, each in parts.items()
        ),
        consequence="A replay reads them all. It is not slower by much, but the topic is larger "
        "than it needs to be.",
        remedy="Nothing needs to be done. A new journal written from this node's state would "
        "leave them out.",
    )
