"""J02 and J03: id records that are missing, and sequences behind the ids in use."""

from collections.abc import Iterable

from journal.health.findings import Finding, to_positions
from journal.health.formatting import (
    MAX_NAMED,
    RESET_REMEDY,
    format_position,
    format_time,
    pluralize,
    tenant_prefix,
)
from journal.health.observations import Observations, SequenceState
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


def nonce_evidence(tally: Tally) -> str:
    """How many id records lack a nonce, and where the last of them is."""
    bare, nonced = tally.seen(Category.WITHOUT_NONCE), tally.seen(Category.WITH_NONCE)
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


def missing_id_records(seen: Observations) -> Finding | None:
    short = [each for each in seen.sequences if _lacks_records(each)]
    if not short:
        return None
    evidence = [_shortage(each) for each in short]
    bare = seen.tally.seen(Category.WITHOUT_NONCE)
    if bare.count:
        evidence.append(nonce_evidence(seen.tally))
    uploads = _of_uploads(short)
    return Finding(
        code="J02",
        severity="error" if uploads else "warning",
        summary=f"Id records are missing from the journal: {_named(short)}.",
        evidence=tuple(evidence),
        records=to_positions(bare.first),
        consequence="Each replay counts the id records that are left, so every node that restarts "
        "comes to a sequence that is too low (J03).",
        remedy=_keeping_first(seen) + (RESET_REMEDY if uploads else _COMMENT_REMEDY),
        mend="reset" if uploads else "",
    )


def _keeping_first(seen: Observations) -> str:
    """Else the next compaction undoes what a mending says; empty if the topic keeps everything."""
    if seen.facts is not None and not recommended_settings(seen.facts, seen.largest, "J01", "J07"):
        return ""
    change = change_remedy(seen.topic, seen.facts, KEEP_EVERYTHING)
    return f"First let the topic keep every record.\n{change}\nThen:\n"


def _of_uploads(sequences: Iterable[SequenceState]) -> list[SequenceState]:
    """An upload draws no comment id, and no reset moves that sequence well."""
    return [each for each in sequences if each.name is not SequenceName.COMMENT_ID]


def _lacks_records(sequence: SequenceState) -> bool:
    """An import alone, not yet followed by its reset, explains ids that nobody drew."""
    if sequence.next_in_use is None:
        return False
    return bool(sequence.draws.lacking) or not sequence.draws.is_imported


def _named(short: Iterable[SequenceState]) -> str:
    return ", ".join(_lacking(each) for each in short)


def _lacking(sequence: SequenceState) -> str:
    draws = sequence.draws
    if not draws.lacking:
        count = sequence.highest - sequence.value
        return f"{tenant_prefix(sequence.tenant)}{count} {_ID_NAMES[sequence.name]}s"
    kind = f"{tenant_prefix(sequence.tenant)}{sequence.name.value.removesuffix('Id')}"
    ids = draws.lacking_ids[:MAX_NAMED]
    named = " and ".join(f"{kind} {each}" for each in ids)
    more = draws.lacking - len(ids)
    return f"{named} and {more} more" if more > 0 else named


def _shortage(sequence: SequenceState) -> str:
    if not sequence.draws.lacking:
        return f"{_standing(sequence)} Which ids lack their record cannot be told."
    return f"No id record survives for {_lacking(sequence)}. {_standing(sequence)}"


def sequences_behind(seen: Observations) -> Finding | None:
    behind = [each for each in seen.sequences if each.next_in_use is not None]
    if not behind:
        return None
    uploads = _of_uploads(behind)
    is_next = any(each.next_in_use == each.value + 1 for each in uploads)
    standing = ", ".join(
        f"the {_ids(each)} sequence stands at {each.value} while {each.highest} is in use"
        for each in behind
    )
    return Finding(
        code="J03",
        severity="error" if is_next else "warning",
        summary=f"The sequences are behind the ids in use: {standing}.",
        evidence=tuple(f"{_standing(each)} {_collision(each)}" for each in behind),
        consequence=" ".join((*_failures(behind, is_next), _healing(behind), _ELSEWHERE)),
        remedy=f"{RESET_REMEDY if uploads else _COMMENT_REMEDY}\n"
        "If J02 is found, too, change the topic's settings first.",
        mend="reset" if uploads else "",
    )


def _standing(sequence: SequenceState) -> str:
    return (
        f"The {_ids(sequence)} sequence stands at {sequence.value}, "
        f"the highest id in use is {sequence.highest}."
    )


def _collision(sequence: SequenceState) -> str:
    ahead = (sequence.next_in_use or 0) - sequence.value
    when = "The next draw" if ahead == 1 else f"Draw number {ahead} from now"
    return f"{when} gives {sequence.next_in_use}, which is taken."


def _failures(behind: Iterable[SequenceState], is_next: bool) -> Iterable[str]:
    names = {each.name for each in behind}
    when = "The next upload" if is_next else "An upload to come"
    if SequenceName.CONTENT_ID in names:
        yield (
            f"{when} of new content on a Java node up to 2.5.8 (so also on 2.1.3) fails with the "
            f'message "{JAVA_MESSAGE}" A Java node of 2.5.9 or newer overwrites the older content '
            "of that id instead."
        )
    if SequenceName.GLOBAL_ID in names:
        yield (
            f"{when} that draws a global id in use is refused on a Java node as if the artifact "
            "existed already."
        )

    if SequenceName.COMMENT_ID in names:
        yield (
            "A comment made on a Java node is refused while the id that it draws is in use; "
            "imports leave it so, since no RESET of comment ids follows them."
        )


def _healing(behind: Iterable[SequenceState]) -> str:
    drawn = max(each.highest - each.value for each in behind)
    what = "comment" if {each.name for each in behind} == {SequenceName.COMMENT_ID} else "upload"
    return f"It heals by itself after {pluralize(drawn, what)} there, each using up one id."


_COMMENT_REMEDY = (
    "Make comments through this node, which draws again until an id is free and so moves the "
    "sequence for all nodes, or draw the ids in the shell:\n"
    "  python manage.py mend move comment TO"
)
_ELSEWHERE = (
    "A restart or another compaction can bring it back. This node draws again when an id is in "
    "use, so its own uploads succeed."
)


def _ids(sequence: SequenceState) -> str:
    return f"{tenant_prefix(sequence.tenant)}{_ID_NAMES[sequence.name]}"
