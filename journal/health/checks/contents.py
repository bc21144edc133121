"""J04, J05 and J14: contents that are named and missing, empty, or not what their hash says."""

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

#: How many records a finding leads to.
_SHOWN = 5

_SAY_AGAIN = (
    "Where another node, a dump or a file still holds the bytes, say the content again, and with "
    "it the artifacts that were refused for want of it, on the page /ui/health/mend/content or in "
    "the shell.\n"
    "  python manage.py mend content"
)
_UPLOAD_AGAIN = (
    f"{_SAY_AGAIN}\nElse upload the schema again from where it came from: it gets new ids. "
    "See what else is gone:\n  python manage.py replay"
)


def unknown_contents(seen: Observations) -> Finding | None:
    unknown, dropped = seen.tally.unknown, seen.tally.dropped
    if not unknown and not dropped:
        return None
    used_twice = seen.tally.seen(Category.USED_TWICE)
    evidence = [*_named(unknown, "no record supplied it")]
    evidence += _named(dropped, "its content id was in use already, so that it was dropped")
    if used_twice.count:
        evidence.append(
            f"{pluralize(used_twice.count, 'content record')} met a content id that was in use, "
            f"at {format_offsets(used_twice.first, used_twice.count)}."
        )
    count = _count(unknown) + _count(dropped)
    return Finding(
        code="J04",
        severity="error" if unknown else "warning",
        summary=f"{pluralize(count, 'content')} that versions name "
        f"{'is' if count == 1 else 'are'} not there: {_sources(unknown, dropped)}.",
        evidence=tuple(evidence),
        records=to_positions([*_marks(unknown), *_marks(dropped)][:_SHOWN]),
        consequence=_consequence(unknown, dropped),
        remedy=_UPLOAD_AGAIN,
        mend="content",
    )


def _sources(unknown: Unresolved, dropped: Unresolved) -> str:
    told = []
    if unknown:
        told.append(f"{_count(unknown)} that no content record supplied")
    if dropped:
        told.append(f"{_count(dropped)} that came under a content id in use")
    return ", ".join(told)


def _consequence(unknown: Unresolved, dropped: Unresolved) -> str:
    told = "Every node refuses these versions, so they are missing everywhere."
    if unknown:
        told += " The records that had their bytes were removed from the topic, or never said."
    if dropped:
        told += (
            " They are uploads that failed while a sequence was behind (J03). A Java node of 2.5.9 "
            "or newer that replays the topic lets the last content have such an id: older "
            "versions show foreign content there."
        )
    return told


def contents_without_bytes(seen: Observations) -> Finding | None:
    empty = seen.tally.empty
    if not empty:
        return None
    count = _count(empty)
    return Finding(
        code="J05",
        severity="error",
        summary=f"The bytes of {pluralize(count, 'content')} are gone: the records that are left "
        "have none.",
        evidence=tuple(_named(empty, "its record has no bytes, and none before it has them")),
        records=to_positions([*_marks(empty)][:_SHOWN]),
        consequence="Nodes of 2.1.3 to 2.5.8 say a content's canonical hash anew in a record "
        "without bytes, under the key of the first one, which compaction then removes. Versions "
        "of these contents are missing in every node that replays the topic.",
        remedy="A node that still runs and started before the compaction has the bytes: export "
        "it, or fetch each content by its id, before it restarts.\n"
        "  curl http://NODE/apis/registry/v2/ids/contentIds/ID --output content\n"
        f"Then stop the loss (J01). {_SAY_AGAIN}",
        mend="content",
    )


def wrong_hashes(seen: Observations) -> Finding | None:
    wrong, bare = seen.tally.seen(Category.WRONG_HASH), seen.tally.seen(Category.BARE_HASH)
    if not wrong.count and not bare.count:
        return None
    legacy = (
        f"{pluralize(bare.count, 'content')} with references {_has(bare.count)} a hash of the "
        f"bytes alone, at {format_offsets(bare.first, bare.count)}: writers before 2.4.2 made it "
        "so."
    )
    if not wrong.count:
        return Finding(
            code="J14",
            severity="info",
            summary=f"{pluralize(bare.count, 'content')} with references {_has(bare.count)} a hash "
            "that does not cover them, as writers before 2.4.2 made it.",
            evidence=(legacy,),
            records=to_positions(bare.first),
            consequence="Nothing is wrong with the contents; this node knows them by both hashes. "
            "A Java node of 2.4.4 to 2.5.8 renames them in its own tables alone, and versions "
            "that it then writes name a hash that other Java nodes do not know.",
            remedy="Upgrade the Java nodes to 2.5.9 or newer, which say these contents anew.",
        )
    return Finding(
        code="J14",
        severity="warning",
        summary=f"{pluralize(wrong.count, 'content record')} {_has(wrong.count)} a hash that is "
        "not the one of the bytes.",
        evidence=(
            f"The hash is of something else at {format_offsets(wrong.first, wrong.count)}.",
            *([legacy] if bare.count else []),
        ),
        records=to_positions(wrong.first),
        consequence="The bytes are not those that were uploaded, or no registry wrote the record. "
        "Whoever asks for the hash gets other bytes than it proves, and an upload of the right "
        "ones makes a second content.",
        remedy="Compare these contents with where they came from, and upload the right ones "
        "again. If the topic was loaded from a text dump, load it again from one with base64 "
        "payloads: text spoils bytes.",
    )


def _named(wanted: Unresolved, why: str) -> Iterator[str]:
    told = [
        f"{tenant_prefix(tenant)}content {_name(name)} is named at {format_position(mark)}: {why}."
        for tenant, names in wanted.places.items()
        for name, mark in names.items()
    ]
    yield from (each[0].upper() + each[1:] for each in told[:MAX_NAMED])
    more = _count(wanted) - min(len(told), MAX_NAMED)
    if more:
        yield f"And {more} more: {why}."


def _name(name: str) -> str:
    return name if name.startswith("id ") or name.isdecimal() else f"with the hash {name}"


def _marks(wanted: Unresolved) -> Iterator[RecordPosition]:
    for names in wanted.places.values():
        yield from names.values()


def _count(wanted: Unresolved) -> int:
    return wanted.kept + wanted.more


def _has(count: int) -> str:
    return "has" if count == 1 else "have"
