"""J02 and J03: missing id records, and sequences behind the ids in use."""

from collections.abc import Iterable

from journal.health.findings import Finding, to_positions
from journal.health.formatting import (
    MAX_NAMED,
    format_position,
    format_time,
    pluralize,
    tenant_prefix,
)
from journal.health.observations import Observations, ObservedSequence
from journal.health.remedies import change_remedy
from journal.health.topic_requirements import KEEP_EVERYTHING, recommended_settings
from journal.projection.tally import Category, Tally
from registry.models import SequenceName

#: What a Java node up to 2.5.8 answers when the content id that it drew is in use.
JAVA_MESSAGE = "SQL error: Expected only one result row but got none."

_ID_NAMES = {
    SequenceName.CONTENT_ID: "content id",
    SequenceName.GLOBAL_ID: "global id",
    SequenceName.COMMENT_ID: "comment id",
}
_RESET_REMEDY = (
    "Reset the sequences: one RESET record for each, after a dump of the topic was saved, "
    "on the page /ui/health/mend/reset or in the shell.\n"
    "  python manage.py repair sequences\n"
    "Where only a Java node is at hand, import an export of an empty registry into it, which says "
    "the same records.\n"
    "  curl http://EMPTY/apis/registry/v2/admin/export --output empty.zip\n"
    "  curl -X POST -H 'Content-Type: application/zip' --data-binary @empty.zip "
    "http://NODE/apis/registry/v2/admin/import"
)
_COMMENT_REMEDY = (
    "Make comments through this node, which draws again until an id is free and so moves the "
    "sequence for all nodes, or draw the ids in the shell:\n"
    "  python manage.py repair advance comment TO"
)


def nonce_evidence(tally: Tally) -> str:
    """Count the id records without a nonce, and locate the last of them."""
    bare, nonced = tally.occurrences(Category.WITHOUT_NONCE), tally.occurrences(Category.WITH_NONCE)
    count = bare.count + nonced.count
    if bare.last is None:
        return (
            f"All of the {count} id records (types 8 and 9) have a nonce in their key: no writer "
            "older than 2.1.4 is seen."
        )
    return (
        f"{bare.count} of the {count} id records (types 8 and 9) have no nonce in their key: "
        f"writers older than 2.1.4 wrote here, last at {format_position(bare.last)}, "
        f"{format_time(bare.last.timestamp)}."
    )


def missing_id_records(observations: Observations) -> Finding | None:
    # After an import alone, not yet followed by its reset, no records of its ids are missing.
    short = [
        sequence
        for sequence in observations.sequences
        if sequence.next_in_use is not None
        and (sequence.draws.lacking or not sequence.draws.is_imported)
    ]
    if not short:
        return None
    evidence = [
        f"No id record survives for {_name_missing(sequence)}. {_describe(sequence)}"
        if sequence.draws.lacking
        else f"{_describe(sequence)} Which ids lack their record cannot be told."
        for sequence in short
    ]
    bare = observations.tally.occurrences(Category.WITHOUT_NONCE)
    if bare.count:
        evidence.append(nonce_evidence(observations.tally))
    has_uploads = _concerns_uploads(short)
    remedy = _RESET_REMEDY if has_uploads else _COMMENT_REMEDY
    description, limit = observations.topic_description, observations.max_content_bytes
    if description is None or recommended_settings(description, limit, "J01", "J07"):
        # Otherwise the next compaction removes the repair's own records.
        change = change_remedy(observations.topic, description, KEEP_EVERYTHING)
        remedy = f"First let the topic keep every record.\n{change}\nThen:\n{remedy}"
    return Finding(
        code="J02",
        severity="error" if has_uploads else "warning",
        summary="Id records are missing from the journal: "
        f"{', '.join(_name_missing(sequence) for sequence in short)}.",
        evidence=tuple(evidence),
        records=to_positions(bare.first),
        consequence="Each replay counts the id records that are left, so every node that restarts "
        "comes to a sequence that is too low (J03).",
        remedy=remedy,
        repair="reset" if has_uploads else "",
    )


def _concerns_uploads(sequences: Iterable[ObservedSequence]) -> bool:
    """Check for sequences of content or global ids.

    Uploads allocate no comment ids, and a reset moves their sequence to a wrong number.
    """
    return any(sequence.name is not SequenceName.COMMENT_ID for sequence in sequences)


def _name_missing(sequence: ObservedSequence) -> str:
    prefix, draws = tenant_prefix(sequence.tenant), sequence.draws
    if not draws.lacking:
        return f"{prefix}{sequence.highest - sequence.value} {_ID_NAMES[sequence.name]}s"
    kind = f"{prefix}{sequence.name.value.removesuffix('Id')}"
    ids = draws.lacking_ids[:MAX_NAMED]
    named = " and ".join(f"{kind} {id}" for id in ids)
    more = draws.lacking - len(ids)
    return f"{named} and {more} more" if more > 0 else named


def sequences_behind(observations: Observations) -> Finding | None:
    behind = [sequence for sequence in observations.sequences if sequence.next_in_use is not None]
    if not behind:
        return None
    has_uploads = _concerns_uploads(behind)
    is_next = any(
        sequence.next_in_use == sequence.value + 1
        for sequence in behind
        if sequence.name is not SequenceName.COMMENT_ID
    )
    states, evidence = [], []
    for sequence in behind:
        states.append(
            f"the {_qualified_name(sequence)} sequence stands at {sequence.value} while "
            f"{sequence.highest} is in use"
        )
        ahead = (sequence.next_in_use or 0) - sequence.value
        when = "The next draw" if ahead == 1 else f"Draw number {ahead} from now"
        evidence.append(
            f"{_describe(sequence)} {when} gives {sequence.next_in_use}, which is taken."
        )
    remedy = _RESET_REMEDY if has_uploads else _COMMENT_REMEDY
    return Finding(
        code="J03",
        severity="error" if is_next else "warning",
        summary=f"The sequences are behind the ids in use: {', '.join(states)}.",
        evidence=tuple(evidence),
        consequence=_consequence(behind, is_next),
        remedy=f"{remedy}\nIf J02 is found, too, change the topic's settings first.",
        repair="reset" if has_uploads else "",
    )


def _consequence(behind: list[ObservedSequence], is_next: bool) -> str:
    names = {sequence.name for sequence in behind}
    when = "The next upload" if is_next else "An upload to come"
    sentences = []
    if SequenceName.CONTENT_ID in names:
        sentences.append(
            f"{when} of new content on a Java node up to 2.5.8 (so also on 2.1.3) fails with the "
            f'message "{JAVA_MESSAGE}" A Java node of 2.5.9 or newer overwrites the older content '
            "of that id instead."
        )
    if SequenceName.GLOBAL_ID in names:
        sentences.append(
            f"{when} that draws a global id in use is refused on a Java node as if the artifact "
            "existed already."
        )
    if SequenceName.COMMENT_ID in names:
        sentences.append(
            "A comment made on a Java node is refused while the id that it draws is in use; "
            "imports leave it so, since no RESET of comment ids follows them."
        )
    count = max(sequence.highest - sequence.value for sequence in behind)
    noun = "comment" if names == {SequenceName.COMMENT_ID} else "upload"
    sentences += [
        f"It heals by itself after {pluralize(count, noun)} there, each using up one id.",
        "A restart or another compaction can bring it back. This node draws again when an id is "
        "in use, so its own uploads succeed.",
    ]
    return " ".join(sentences)


def _describe(sequence: ObservedSequence) -> str:
    return (
        f"The {_qualified_name(sequence)} sequence stands at {sequence.value}, "
        f"the highest id in use is {sequence.highest}."
    )


def _qualified_name(sequence: ObservedSequence) -> str:
    return f"{tenant_prefix(sequence.tenant)}{_ID_NAMES[sequence.name]}"
