"""How long it takes to say beforehand what an upload would do, beside what the rules need alone."""

import json
import time
from collections.abc import Callable

import pytest

from journal import commands
from journal.commands import NewVersion
from registry.models import RuleType
from tests.own_node import Client, writer

pytestmark = [pytest.mark.soak, pytest.mark.kafka, pytest.mark.usefixtures("node")]

#: Times reading and writing the content as JSON.
RATIO = 200


def best(of: Callable[[], object]) -> float:
    """Processor seconds of the quickest of nine."""
    took = []
    for _ in range(9):
        began = time.process_time()
        of()
        took.append(time.process_time() - began)
    return min(took)


def test_a_look_of_ten_kilobytes_is_quick() -> None:
    commands.create_global_rule(writer(), RuleType.VALIDITY, "FULL")
    commands.create_global_rule(writer(), RuleType.COMPATIBILITY, "FULL")
    fields = [{"name": f"field_number_{at}", "type": "string"} for at in range(170)]
    text = json.dumps({"type": "record", "name": "Wide", "fields": fields}, indent=1)
    assert 9_000 < len(text) < 13_000
    commands.create_artifact(
        writer(),
        NewVersion(group_id=None, artifact_id="wide", type="AVRO", content=text.encode()),
    )
    changed = text.replace("field_number_7", "field_number_seven")
    form = {"text": changed, "id": "wide", "as": "version"}
    client = Client()

    bare = best(lambda: [json.dumps(json.loads(changed), indent=1) for _ in range(10)]) / 10
    took = best(lambda: client.post("/ui/upload/look", form))
    print(f"{took * 1000:.1f} ms, {took / bare:.0f} times the bare reading and writing")
    assert took < RATIO * bare
