"""Metrics in the formats of Prometheus, with and without a database."""

from pathlib import Path
from typing import Any

import pytest
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from tests.databases import pointed_at
from tests.own_node import Client


@pytest.mark.usefixtures("sqlite_database")
def test_the_format_is_the_one_that_the_client_accepts() -> None:
    plain = Client().get("/metrics")
    assert plain.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    accepted = {"Accept": "application/openmetrics-text; version=1.0.0"}
    modern = Client().get("/metrics", headers=accepted)
    assert modern.headers["Content-Type"].startswith("application/openmetrics-text")
    names = {family.name for family in text_string_to_metric_families(plain.content.decode())}
    assert names >= {"annals_ready", "annals_worker_up", "annals_applied_offset", "annals_finding"}
    text = modern.content.decode()
    families = openmetrics.text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    assert {family.name for family in families} == names


def test_without_a_database_the_metrics_that_need_none_are_there(
    tmp_path: Path, django_db_blocker: Any
) -> None:
    missing = pointed_at(f"sqlite://{tmp_path / 'none.sqlite3'}")
    with django_db_blocker.unblock(), missing:
        text = Client().get("/metrics").content.decode()
    values = {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert values == {
        "annals_database_up": 0,
        "annals_worker_up": 0,
        "annals_waiting_records": 0,
    }
