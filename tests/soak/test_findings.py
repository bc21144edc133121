"""How soon the doctor of a running node finds what a record has broken, beside its pace."""

import pytest

from journal.health import monitor
from tests.integration.test_health import codes, upload, use_content
from tests.own_node import publisher
from tests.soak.measuring import seconds_until, told

pytestmark = [pytest.mark.soak, pytest.mark.kafka]

#: Times the pause between two diagnoses.
RATIO = 3


def test_a_sequence_that_falls_behind_is_found_by_the_next_diagnoses(node_on_each: None) -> None:
    assert upload("a").status_code == 200
    assert "J03" not in codes()
    publisher().publish([use_content(5)])
    took = seconds_until(lambda: "J03" in codes())
    assert told("a finding", took, monitor._MIN_INTERVAL_S, "the pause between diagnoses") < RATIO
