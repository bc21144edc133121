"""Lost contents: which are known to be missing, and the records that bring one back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from msgspec.structs import replace

from journal.kafka.consumer import fetch_record
from journal.kafka.errors import BrokerError
from journal.models import LedgerRow, Outcome
from journal.outcomes.errors import NotReady
from journal.repair.content_sources import RecoveredContent
from journal.repair.plan import Check, PlannedRecord, RepairImpossible, RepairPlan, nonces
from journal.wire.codec import Undecodable, decode
from journal.wire.dialects import Dialect, DialectError, build_content_message, get_form
from journal.wire.messages import ArtifactKey, ArtifactValue, Message
from registry.artifact_types import CanonicalGeneration, canonical_hash, detect
from registry.models import DEFAULT_TENANT, SequenceName
from registry.queries import artifact_exists, free_content_ids, is_id_in_use, known_content_ids

#: Contents, and records of one, that a page or a mending takes at once.
_MOST = 100
_CURED = ("J04", "J05")
_BY_HASH = re.compile(r"No content with hash ([0-9a-f]{64}) was found")
_BY_ID = re.compile(r"no content has id (\d+) and hash ([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class MissingContent:
    """`content_id` is None where no record tells it. `refused` are the records that needed it."""

    tenant_id: str
    content_hash: str
    content_id: int | None
    refused: tuple[LedgerRow, ...]


def missing_contents() -> list[MissingContent]:
    """By the ledger: artifacts that were refused for want of them, hashes set on none."""
    found: dict[tuple[str, str], list[LedgerRow]] = {}
    ids: dict[tuple[str, str], int] = {}
    for row in LedgerRow.objects.filter(outcome=Outcome.REFUSED, error="ContentNotFound").order_by(
        "id"
    ):
        match = _BY_HASH.search(row.reason)
        if match and len(found) < _MOST:
            found.setdefault((row.tenant_id or DEFAULT_TENANT, match[1]), []).append(row)
    for row in LedgerRow.objects.filter(
        outcome=Outcome.NO_EFFECT, reason__startswith="no content has id "
    ).order_by("id")[:_MOST]:
        if match := _BY_ID.search(row.reason):
            place = (row.tenant_id or DEFAULT_TENANT, match[2])
            found.setdefault(place, [])
            ids[place] = int(match[1])
    missing = [place for place in found if not known_content_ids(*place)]
    return [MissingContent(*each, ids.get(each), tuple(found[each])) for each in missing]


def get_missing_content(wanted: str) -> MissingContent:
    """One of them by its hash; raises RepairImpossible."""
    for each in missing_contents():
        if each.content_hash == wanted:
            return each
    raise RepairImpossible(f"No content with the hash {wanted} is known to be missing here.")


def candidate_ids(lost: MissingContent) -> list[int]:
    """The id that the journal tells, else ids below the highest that nothing uses."""
    if lost.content_id is not None:
        return [lost.content_id]
    return free_content_ids(lost.tenant_id, _MOST)


def plan_content_restore(
    lost: MissingContent, content_id: int, found: RecoveredContent, dialect: Dialect, seed: str
) -> RepairPlan:
    """The content under that id, then the artifacts that were refused for want of it.

    Raises RepairImpossible, NotReady.
    """
    if is_id_in_use(lost.tenant_id, SequenceName.CONTENT_ID, content_id) or content_id < 1:
        raise RepairImpossible(
            f"Content id {content_id} is in use by another content, or is no id."
        )
    artifacts = list(_refused(lost))
    message = _content(lost, content_id, found, (dialect, _type(artifacts, found)))
    drawn = nonces(seed)
    again = [_again(each, next(drawn), dialect) for each in artifacts]
    kept = [each for each in again if each is not None]
    warnings = []
    if not kept:
        warnings.append(
            "No artifact that was refused for want of it can be said again. A content that no "
            "version uses goes with the next delete, on every node."
        )
    if len(kept) < len(again):
        warnings.append(
            f"{len(again) - len(kept)} records that needed it are not said again: their global id "
            "or their artifact is there already."
        )
    change = (
        f"Content {content_id} is there again: {len(found.content)} bytes from {found.origin}, "
        f"proven by the hash {lost.content_hash}."
    )
    return RepairPlan(
        title=f"Say content {content_id} again",
        records=(PlannedRecord(message, change), *kept),
        cures=_CURED if len(missing_contents()) == 1 else (),
        warnings=tuple(warnings),
        prove=lambda: tuple(_prove(lost, content_id, kept)),
    )


def _content(
    lost: MissingContent, content_id: int, found: RecoveredContent, spelled: tuple[Dialect, str]
) -> Message:
    dialect, kind = spelled
    newest = CanonicalGeneration.A2 if dialect is Dialect.V2_6 else CanonicalGeneration.A1
    canonical = found.canonical_hash or canonical_hash(
        kind, found.content, found.references, generation=newest
    )
    try:
        return build_content_message(
            dialect,
            tenant_id=lost.tenant_id,
            content_id=content_id,
            content_hash=lost.content_hash,
            canonical_hash=canonical,
            content=found.content,
            serialized_references=found.references,
        )
    except DialectError as error:
        raise RepairImpossible(str(error)) from error


def _type(artifacts: list[Message], found: RecoveredContent) -> str:
    for each in artifacts:
        if isinstance(each.value, ArtifactValue) and each.value.artifact_type:
            return each.value.artifact_type
    known = detect(found.content)
    return "JSON" if known is None else known.name


def _refused(lost: MissingContent) -> Iterator[Message]:
    """The records as they are on the topic; one that compaction took is passed over."""
    for row in lost.refused[:_MOST]:
        try:
            record = fetch_record(
                settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC, row.partition, row.offset
            )
            if record is not None:
                yield decode(record.key, record.value)
        except BrokerError as error:
            raise NotReady(f"the topic can't be read ({error})") from error
        except Undecodable:
            continue


def _again(message: Message, nonce: str, dialect: Dialect) -> PlannedRecord | None:
    key, value = message.key, message.value
    if not isinstance(key, ArtifactKey) or not isinstance(value, ArtifactValue):
        return None
    tenant, global_id = key.tenant_id or DEFAULT_TENANT, value.global_id
    if global_id is None or is_id_in_use(tenant, SequenceName.GLOBAL_ID, global_id):
        return None
    is_new = not artifact_exists(key.group_id, str(key.artifact_id))
    if value.action is not None and is_new != (value.action.name == "CREATE"):
        return None
    said = Message(replace(key, tenant_id=tenant, uuid=nonce), value, get_form(dialect))
    what = "The artifact" if is_new else "A version of the artifact"
    return PlannedRecord(
        said, f"{what} {key.artifact_id} is there again, with global id {global_id}."
    )


def _prove(lost: MissingContent, content_id: int, again: list[PlannedRecord]) -> Iterator[Check]:
    ids = known_content_ids(lost.tenant_id, lost.content_hash)
    words = f"Content {content_id} is {'' if content_id in ids else 'not '}there, with its hash."
    yield Check(words, content_id in ids)
    for each in again:
        value = each.message.value
        if isinstance(value, ArtifactValue) and value.global_id is not None:
            is_there = is_id_in_use(lost.tenant_id, SequenceName.GLOBAL_ID, value.global_id)
            state = "is there" if is_there else "is not there"
            yield Check(f"Global id {value.global_id} {state}.", is_there)
