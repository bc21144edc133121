"""J04, J05 and J14: contents missing, empty, or different from their hash."""

from collections.abc import Iterator

from journal.health.findings import Finding, to_positions
from journal.health.formatting import (
    MAX_NAMED,
    format_offsets,
    format_position,
    pluralize,
    tenant_prefix,
)
from journal.health.observations import Observations
from journal.projection.tally import Category, RecordPosition, Unresolved

#: Records that a finding links to.
_MAX_LINKED = 5

_REPUBLISH_REMEDY = (
    "Where another node, a dump or a file still holds the bytes, say the content again, and with "
    "it the artifacts that were refused for want of it, on the page /ui/health/mend/content or in "
    "the shell.\n"
    "  python manage.py repair content"
)


def unknown_contents(observations: Observations) -> Finding | None:
    unknown, dropped = observations.tally.unknown, observations.tally.dropped
    if not unknown and not dropped:
        return None
    used_twice = observations.tally.occurrences(Category.USED_TWICE)
    evidence = [*_evidence(unknown, "no record supplied it")]
    evidence += _evidence(dropped, "its content id was in use already, so that it was dropped")
    if used_twice.count:
        evidence.append(
            f"{pluralize(used_twice.count, 'content record')} met a content id that was in use, "
            f"at {format_offsets(used_twice.first, used_twice.count)}."
        )
    sources = []
    consequence = "Every node refuses these versions, so they are missing everywhere."
    if unknown:
        sources.append(f"{_count(unknown)} that no content record supplied")
        consequence += (
            " The records that had their bytes were removed from the topic, or never said."
        )
    if dropped:
        sources.append(f"{_count(dropped)} that came under a content id in use")
        consequence += (
            " They are uploads that failed while a sequence was behind (J03). A Java node of 2.5.9 "
            "or newer that replays the topic lets the last content have such an id: older "
            "versions show foreign content there."
        )
    count = _count(unknown) + _count(dropped)
    return Finding(
        code="J04",
        severity="error" if unknown else "warning",
        summary=f"{pluralize(count, 'content')} that versions name "
        f"{'is' if count == 1 else 'are'} not there: {', '.join(sources)}.",
        evidence=tuple(evidence),
        records=to_positions([*_positions(unknown), *_positions(dropped)][:_MAX_LINKED]),
        consequence=consequence,
        remedy=f"{_REPUBLISH_REMEDY}\nElse upload the schema again from where it came from: it "
        "gets new ids. See what else is gone:\n  python manage.py replay",
        repair="content",
    )


def contents_without_bytes(observations: Observations) -> Finding | None:
    empty = observations.tally.empty
    if not empty:
        return None
    return Finding(
        code="J05",
        severity="error",
        summary=f"The bytes of {pluralize(_count(empty), 'content')} are gone: the records that "
        "are left have none.",
        evidence=tuple(_evidence(empty, "its record has no bytes, and none before it has them")),
        records=to_positions([*_positions(empty)][:_MAX_LINKED]),
        consequence="Nodes of 2.1.3 to 2.5.8 say a content's canonical hash anew in a record "
        "without bytes, under the key of the first one, which compaction then removes. Versions "
        "of these contents are missing in every node that replays the topic.",
        remedy="A node that still runs and started before the compaction has the bytes: export "
        "it, or fetch each content by its id, before it restarts.\n"
        "  curl http://NODE/apis/registry/v2/ids/contentIds/ID --output content\n"
        f"Then stop the loss (J01). {_REPUBLISH_REMEDY}",
        repair="content",
    )


def wrong_hashes(observations: Observations) -> Finding | None:
    wrong = observations.tally.occurrences(Category.WRONG_HASH)
    bare = observations.tally.occurrences(Category.BARE_HASH)
    if not wrong.count and not bare.count:
        return None
    bare_summary = (
        f"{pluralize(bare.count, 'content')} with references {'has' if bare.count == 1 else 'have'}"
    )
    bare_evidence = (
        f"{bare_summary} a hash of the bytes alone, at {format_offsets(bare.first, bare.count)}: "
        "writers before 2.4.2 made it so."
    )
    if not wrong.count:
        return Finding(
            code="J14",
            severity="info",
            summary=f"{bare_summary} a hash that does not cover them, as writers before 2.4.2 made "
            "it.",
            evidence=(bare_evidence,),
            records=to_positions(bare.first),
            consequence="Nothing is wrong with the contents; this node knows them by both hashes. "
            "A Java node of 2.4.4 to 2.5.8 renames them in its own tables alone, and versions "
            "that it then writes name a hash that other Java nodes do not know.",
            remedy="Upgrade the Java nodes to 2.5.9 or newer, which say these contents anew.",
        )
    return Finding(
        code="J14",
        severity="warning",
        summary=f"{pluralize(wrong.count, 'content record')} "
        f"{'has' if wrong.count == 1 else 'have'} a hash that is not the one of the bytes.",
        evidence=(
            f"The hash is of something else at {format_offsets(wrong.first, wrong.count)}.",
            *([bare_evidence] if bare.count else []),
        ),
        records=to_positions(wrong.first),
        consequence="The bytes are not those that were uploaded, or no registry wrote the record. "
        "Whoever asks for the hash gets other bytes than it proves, and an upload of the right "
        "ones makes a second content.",
        remedy="Compare these contents with where they came from, and upload the right ones "
        "again. If the topic was loaded from a text dump, load it again from one with base64 "
        "payloads: text spoils bytes.",
    )


def _evidence(contents: Unresolved, reason: str) -> Iterator[str]:
    references = [
        (tenant, name, record)
        for tenant, records in contents.places.items()
        for name, record in records.items()
    ]
    for tenant, name, record in references[:MAX_NAMED]:
        is_id = name.startswith("id ") or name.isdecimal()
        sentence = (
            f"{tenant_prefix(tenant)}content {'' if is_id else 'with the hash '}{name} is named at "
            f"{format_position(record)}: {reason}."
        )
        yield sentence[0].upper() + sentence[1:]
    more = _count(contents) - min(len(references), MAX_NAMED)
    if more:
        yield f"And {more} more: {reason}."


def _positions(contents: Unresolved) -> Iterator[RecordPosition]:
    for records in contents.places.values():
        yield from records.values()


def _count(contents: Unresolved) -> int:
    return contents.kept + contents.more
