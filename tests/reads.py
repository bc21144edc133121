"""Counts how often contents are read, whole, in this process and in checking processes."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from registry.artifact_types.syntax import documents
from registry.checking.pool import CheckPool


def count_reads(work: Callable[[], object]) -> Counter[str]:
    """Return the number of tasks by name; those of this process's own parsers are "here"."""
    reads: Counter[str] = Counter()
    decode, run = documents.decode_text, CheckPool.run

    def counted_decode(content: bytes) -> Any:
        reads["here"] += 1
        return decode(content)

    def counted_run(pool: CheckPool, name: str, *arguments: Any) -> bytes:
        reads[name] += 1
        return run(pool, name, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "decode_text", counted_decode)
        patch.setattr(CheckPool, "run", counted_run)
        work()
    return reads
