"""Missing contents, by the ledger, and the records for their restoration."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from journal.kafka.consumer import fetch_record
from journal.kafka.errors import BrokerError
from journal.kafka.topics import KafkaTopic
from journal.models import LedgerRow, Outcome
from journal.outcomes.errors import NotReady
from journal.projection.remarks import RemarkCode, decode_remarks, find_argument
from journal.repair.content_sources import RecoveredContent
from journal.repair.plan import (
    CheckResult,
    PlannedRecord,
    RepairImpossible,
    RepairPlan,
    seeded_nonces,
)
from journal.wire.codec import Undecodable, decode
from journal.wire.dialects import Dialect, DialectError, build_content_message, get_form
from journal.wire.messages import ArtifactKey, ArtifactValue, Message, MessageType
from registry.artifact_types import CanonicalGeneration, canonical_hash, detect_type
from registry.errors import ContentNotFound
from registry.models import DEFAULT_TENANT, SequenceName
from registry.queries import artifact_exists, free_content_ids, is_id_in_use, known_content_ids

#: At most so many contents, ids, and records of one content are handled at once.
_LIMIT = 100
_RESOLVES = ("J04", "J05")
_is_hash = re.compile(r"[0-9a-f]{64}").fullmatch


@dataclass(frozen=True, slots=True)
class MissingContent:
    """A missing content; `content_id` is None if unknown, `refused` are records waiting for it."""

    tenant_id: str
    content_hash: str
    content_id: int | None
    refused: tuple[LedgerRow, ...]


def missing_contents() -> list[MissingContent]:
    """Return the contents named by refused artifacts and by canonical hashes without a content."""
    refused: dict[tuple[str, str], list[LedgerRow]] = {}
    ids: dict[tuple[str, str], int] = {}
    rows = LedgerRow.objects.order_by("id")
    for row in rows.filter(outcome=Outcome.REJECTED, error=ContentNotFound.code):
        content_hash = _missing_hash(row)
        if content_hash is not None and len(refused) < _LIMIT:
            refused.setdefault((row.tenant_id or DEFAULT_TENANT, content_hash), []).append(row)
    updates = rows.filter(outcome=Outcome.NO_EFFECT, type=MessageType.CONTENT)
    for row in updates.filter(remark__contains=f'["{RemarkCode.CONTENT_MISSING}",')[:_LIMIT]:
        content_hash = _missing_hash(row)
        if content_hash is not None and row.content_id is not None:
            tenant_and_hash = (row.tenant_id or DEFAULT_TENANT, content_hash)
            refused.setdefault(tenant_and_hash, [])
            ids[tenant_and_hash] = row.content_id
    return [
        MissingContent(*tenant_and_hash, ids.get(tenant_and_hash), tuple(rows))
        for tenant_and_hash, rows in refused.items()
        if not known_content_ids(*tenant_and_hash)
    ]


def _missing_hash(row: LedgerRow) -> str | None:
    name = find_argument(decode_remarks(row.remark), RemarkCode.CONTENT_MISSING)
    return name if isinstance(name, str) and _is_hash(name) else None


def get_missing_content(content_hash: str) -> MissingContent:
    """Return one of the missing contents; raises RepairImpossible."""
    for missing in missing_contents():
        if missing.content_hash == content_hash:
            return missing
    raise RepairImpossible(f"No content with the hash {content_hash} is known to be missing here.")


def candidate_ids(missing: MissingContent) -> list[int]:
    """Return the id from the journal, or else free ids below the highest in use."""
    if missing.content_id is not None:
        return [missing.content_id]
    return free_content_ids(missing.tenant_id, _LIMIT)


def plan_content_restore(
    topic: KafkaTopic,
    missing: MissingContent,
    content_id: int,
    recovered: RecoveredContent,
    dialect: Dialect,
    seed: str,
) -> RepairPlan:
    """Plan a content under `content_id`, then the artifacts refused without it.

    Raises RepairImpossible, NotReady.
    """
    if is_id_in_use(missing.tenant_id, SequenceName.CONTENT_ID, content_id) or content_id < 1:
        raise RepairImpossible(
            f"Content id {content_id} is in use by another content, or is no id."
        )
    refused = list(_read_refused(topic, missing))
    message = _content_message(missing, content_id, recovered, dialect, refused)
    change = (
        f"Content {content_id} is there again: {len(recovered.content)} bytes from "
        f"{recovered.origin}, proven by the hash {missing.content_hash}."
    )
    nonces = seeded_nonces(seed)
    republished = [_republish(artifact, next(nonces), dialect) for artifact in refused]
    artifacts = [record for record in republished if record is not None]
    warnings = []
    if not artifacts:
        warnings.append(
            "No artifact that was refused for want of it can be said again. A content that no "
            "version uses goes with the next delete, on every node."
        )
    if len(artifacts) < len(refused):
        warnings.append(
            f"{len(refused) - len(artifacts)} records that needed it are not said again: their "
            "global id or their artifact is there already."
        )

    return RepairPlan(
        title=f"Say content {content_id} again",
        records=(PlannedRecord(message, change), *artifacts),
        resolves=_RESOLVES if len(missing_contents()) == 1 else (),
        warnings=tuple(warnings),
        verify=lambda: tuple(_check_restored(missing, content_id, artifacts)),
    )


def _read_refused(topic: KafkaTopic, missing: MissingContent) -> Iterator[Message]:
    """Read the refused records from the topic, except those removed by compaction."""
    for row in missing.refused[:_LIMIT]:
        try:
            record = fetch_record(*topic, row.partition, row.offset)
            if record is not None:
                yield decode(record.key, record.value)
        except BrokerError as error:
            raise NotReady(f"the topic can't be read ({error})") from error
        except Undecodable:
            continue


def _content_message(
    missing: MissingContent,
    content_id: int,
    recovered: RecoveredContent,
    dialect: Dialect,
    refused: list[Message],
) -> Message:
    canonical = recovered.canonical_hash
    if not canonical:
        types = (
            message.value.artifact_type
            for message in refused
            if isinstance(message.value, ArtifactValue) and message.value.artifact_type
        )
        detected = detect_type(recovered.content)
        artifact_type = next(types, None) or ("JSON" if detected is None else detected.name)
        is_newest = dialect is Dialect.V2_6
        canonical = canonical_hash(
            artifact_type,
            recovered.content,
            recovered.references,
            generation=CanonicalGeneration.A2 if is_newest else CanonicalGeneration.A1,
        )
    try:
        return build_content_message(
            dialect,
            tenant_id=missing.tenant_id,
            content_id=content_id,
            content_hash=missing.content_hash,
            canonical_hash=canonical,
            content=recovered.content,
            serialized_references=recovered.references,
        )
    except DialectError as error:
        raise RepairImpossible(str(error)) from error


def _republish(message: Message, nonce: str, dialect: Dialect) -> PlannedRecord | None:
    """Plan a refused artifact record again; None if its global id or its artifact exists now."""
    key, value = message.key, message.value
    if not isinstance(key, ArtifactKey) or not isinstance(value, ArtifactValue):
        return None
    tenant, global_id = key.tenant_id or DEFAULT_TENANT, value.global_id
    if global_id is None or is_id_in_use(tenant, SequenceName.GLOBAL_ID, global_id):
        return None
    is_new = not artifact_exists(key.group_id, str(key.artifact_id))
    if value.action is not None and is_new != (value.action.name == "CREATE"):
        return None
    republished = Message(replace(key, tenant_id=tenant, uuid=nonce), value, get_form(dialect))
    subject = "The artifact" if is_new else "A version of the artifact"
    change = f"{subject} {key.artifact_id} is there again, with global id {global_id}."
    return PlannedRecord(republished, change)


def _check_restored(
    missing: MissingContent, content_id: int, artifacts: list[PlannedRecord]
) -> Iterator[CheckResult]:
    is_restored = content_id in known_content_ids(missing.tenant_id, missing.content_hash)
    yield CheckResult(
        f"Content {content_id} is {'' if is_restored else 'not '}there, with its hash.", is_restored
    )
    for record in artifacts:
        value = record.message.value
        if isinstance(value, ArtifactValue) and value.global_id is not None:
            is_in_use = is_id_in_use(missing.tenant_id, SequenceName.GLOBAL_ID, value.global_id)
            state = "is there" if is_in_use else "is not there"
            yield CheckResult(f"Global id {value.global_id} {state}.", is_in_use)
