"""Execution of a repair plan: a dump first, then the records, then the checks."""

import re
import time
from pathlib import Path
from uuid import uuid4

import msgspec
from django.conf import settings
from msgspec import Struct

from journal.durable_files import read_json, write_json
from journal.health.stored_diagnosis import load_diagnosis
from journal.journal import Journal
from journal.ledger.filters import rows_with_request_ids
from journal.models import Outcome
from journal.projection.remarks import to_words
from journal.repair.plan import CheckResult, ConfirmationFailed, RepairImpossible, RepairPlan
from journal.repair.safety_dump import SavedDump, save_dump
from registry.waiting import pause

_BATCH_SIZE = 500
_DIAGNOSIS_TIMEOUT_S = 15.0
_POLL_INTERVAL_S = 0.1
_ID = re.compile(r"[0-9a-f-]{36}")


class WrittenRecord(Struct, frozen=True, rename={"summary": "words"}):
    """A record of the repair on the topic; `remark` comes from its application."""

    partition: int
    offset: int
    summary: str
    outcome: str
    remark: str


class RepairResult(
    Struct,
    frozen=True,
    kw_only=True,
    rename={"executed_at": "at", "records": "said", "checks": "verdicts"},
):
    """An executed repair, stored in the node's home; `executed_at` is in epoch ms."""

    id: str
    executed_at: int
    title: str
    topic: str
    dump: SavedDump
    records: tuple[WrittenRecord, ...]
    checks: tuple[CheckResult, ...]

    @property
    def succeeded(self) -> bool:
        return all(check.passed for check in self.checks)


_decoder = msgspec.json.Decoder(RepairResult)


def execute(journal: Journal, plan: RepairPlan, confirmation: str) -> RepairResult:
    """Save the topic, publish the plan's records, and check whether they helped.

    `confirmation` must be the topic's name. Raises ConfirmationFailed, RepairImpossible or NotReady
    before anything is published; NoOutcome if some records may have been published, which the
    journal page then shows.
    """
    topic = journal.topic
    if confirmation != topic.name:
        raise ConfirmationFailed(
            f"The topic is called {topic.name}, not {confirmation or 'nothing'}."
        )
    if not plan.records:
        raise RepairImpossible("There is nothing to say.")
    dump = save_dump(topic)
    records: list[WrittenRecord] = []
    for start in range(0, len(plan.records), _BATCH_SIZE):
        batch = plan.records[start : start + _BATCH_SIZE]
        reqs = [str(uuid4()) for _ in batch]
        messages = [record.message for record in batch]
        effects = journal.publisher.publish(messages, is_repair=True, reqs=reqs)
        rows = {row.req: row for row in rows_with_request_ids(reqs)}
        records += [
            WrittenRecord(
                rows[req].partition,
                rows[req].offset,
                planned.summary,
                Outcome(effect.outcome).label,
                to_words(effect.remarks) or effect.reason,
            )
            for req, planned, effect in zip(reqs, batch, effects, strict=True)
        ]
    result = RepairResult(
        id=str(uuid4()),
        executed_at=int(time.time() * 1000),
        title=plan.title,
        topic=topic.name,
        dump=dump,
        records=tuple(records),
        checks=(*plan.verify(), *_check_findings(plan.resolves)),
    )
    directory: Path = settings.ANNALS_HOME.repairs
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_json(directory / f"{result.id}.json", result)
    return result


def _check_findings(codes: tuple[str, ...]) -> list[CheckResult]:
    """Wait for the worker's next diagnosis, and check it for the absence of these findings."""
    deadline = time.monotonic() + _DIAGNOSIS_TIMEOUT_S
    while True:
        remaining = {finding.code for finding in load_diagnosis().findings}.intersection(codes)
        if not remaining or time.monotonic() >= deadline:
            break
        pause(_POLL_INTERVAL_S)
    return [
        CheckResult(
            f"{code} {'is still found' if code in remaining else 'is not found any more'}.",
            code not in remaining,
        )
        for code in codes
    ]


def load_result(repair_id: str) -> RepairResult | None:
    """Return the result of a repair executed by this node."""
    if not _ID.fullmatch(repair_id):
        return None
    return read_json(settings.ANNALS_HOME.repairs / f"{repair_id}.json", _decoder)
