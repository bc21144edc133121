"""Carries a mending out: a dump first, then the records, then a look whether it helped."""

import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import msgspec
from django.conf import settings
from msgspec import Struct

from journal.durable_files import durable_file
from journal.health.stored_diagnosis import load_diagnosis
from journal.ledger.filters import rows_with_request_ids
from journal.models import LedgerRow, Outcome
from journal.publish.publisher import publish
from journal.repair.plan import ConfirmationFailed, PlannedRecord, RepairImpossible, RepairPlan
from journal.repair.safety_dump import SavedDump, save_dump

#: Records said in one go.
_AT_ONCE = 500
#: Seconds until the doctor has looked again, and how often that is looked at.
_PATIENCE = 15.0
_LOOK_AGAIN = 0.1
_ID = re.compile(r"[0-9a-f-]{36}")


class WrittenRecord(Struct, frozen=True):
    """One record as it came to be on the topic; `remark` is what its application told."""

    partition: int
    offset: int
    words: str
    outcome: str
    remark: str


class CheckResult(Struct, frozen=True):
    words: str
    holds: bool


class RepairResult(Struct, frozen=True, kw_only=True):
    """What was done; `at` is in epoch ms. Kept below the home, to be looked at again."""

    id: str
    at: int
    title: str
    topic: str
    dump: SavedDump
    said: tuple[WrittenRecord, ...]
    verdicts: tuple[CheckResult, ...]

    @property
    def helped(self) -> bool:
        return all(each.holds for each in self.verdicts)


def execute(mending: RepairPlan, typed: str) -> RepairResult:
    """`typed` is the topic's name, by which the caller confirms it.

    Raises ConfirmationFailed, RepairImpossible, NotReady before anything is published;
    NoOutcome if a part may have been published, which the journal page then shows.
    """
    if typed != settings.JOURNAL_TOPIC:
        raise ConfirmationFailed(
            f"The topic is called {settings.JOURNAL_TOPIC}, not {typed or 'nothing'}."
        )
    if not mending.records:
        raise RepairImpossible("There is nothing to say.")
    dump = save_dump()
    said = tuple(_say(mending.records))
    mended = RepairResult(
        id=str(uuid4()),
        at=int(time.time() * 1000),
        title=mending.title,
        topic=settings.JOURNAL_TOPIC,
        dump=dump,
        said=said,
        verdicts=(*_proofs(mending), *_findings_left(mending.cures)),
    )
    _keep(mended)
    return mended


def _say(records: Sequence[PlannedRecord]) -> Iterator[WrittenRecord]:
    for start in range(0, len(records), _AT_ONCE):
        some = records[start : start + _AT_ONCE]
        reqs = [str(uuid4()) for _ in some]
        effects = publish([each.message for each in some], is_repair=True, reqs=reqs)
        places = {row.req: row for row in rows_with_request_ids(reqs)}
        for req, planned, effect in zip(reqs, some, effects, strict=True):
            row: LedgerRow = places[req]
            yield WrittenRecord(
                row.partition,
                row.offset,
                planned.words,
                Outcome(effect.outcome).label,
                effect.remark or effect.reason,
            )


def _proofs(mending: RepairPlan) -> Iterator[CheckResult]:
    for proof in mending.prove():
        yield CheckResult(proof.words, proof.holds)


def _findings_left(cures: Sequence[str]) -> Iterator[CheckResult]:
    """Waits for the worker's doctor, which looks at the tables after they changed."""
    deadline = time.monotonic() + _PATIENCE
    while (left := _found(cures)) and time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN)
    for code in cures:
        is_gone = code not in left
        words = "is not found any more" if is_gone else "is still found"
        yield CheckResult(f"{code} {words}.", is_gone)


def _found(codes: Sequence[str]) -> set[str]:
    return {each.code for each in load_diagnosis().findings if each.code in codes}


def _keep(mended: RepairResult) -> None:
    directory: Path = settings.ANNALS_HOME.mendings
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with durable_file(directory / f"{mended.id}.json") as file:
        file.write(msgspec.json.encode(mended))


def load_result(mending_id: str) -> RepairResult | None:
    """One that was carried out on this node."""
    if not _ID.fullmatch(mending_id):
        return None
    try:
        content = (settings.ANNALS_HOME.mendings / f"{mending_id}.json").read_bytes()
    except FileNotFoundError:
        return None
    return msgspec.json.decode(content, type=RepairResult)
