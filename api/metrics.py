"""Metrics of the node for Prometheus."""

from collections.abc import Iterator

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from journal.health.node_state import has_recent_heartbeat
from journal.journal import Journal, get_journal

_DATABASE_UP = "Whether the tables can be read."
_WORKER_UP = "Whether the journal's worker is alive."
_OFFSETS = (
    ("applied_offset", "The offset to be applied next.", "applied"),
    ("end_offset", "The offset that the next record gets.", "end_offset"),
    ("start_offset", "The first offset that the topic still has.", "start_offset"),
)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Respond in OpenMetrics or Prometheus' text format, according to Accept."""
    registry = CollectorRegistry()
    registry.register(_NodeCollector(get_journal(request)))
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(registry), content_type=content_type)


class _NodeCollector(Collector):
    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def describe(self) -> Iterator[Metric]:
        """Yield nothing: registration reads no table."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        """Read the tables; without a database, yield only metrics independent of it."""
        try:
            state, findings = self._journal.health.state(), self._journal.health.findings()
        except DatabaseError:
            yield _gauge("database_up", _DATABASE_UP, 0)
            is_alive = has_recent_heartbeat(self._journal.outcomes.activity)
            yield _gauge("worker_up", _WORKER_UP, is_alive)
        else:
            yield _gauge("database_up", _DATABASE_UP, 1)
            yield _gauge("worker_up", _WORKER_UP, state.is_worker_alive)
            broker_up = "Whether the broker answers the worker."
            yield _gauge("broker_up", broker_up, state.is_broker_reachable)
            yield _gauge("ready", "Whether requests should come here.", not state.unready_reasons)
            for name, description, attribute in _OFFSETS:
                offsets = GaugeMetricFamily(f"annals_{name}", description, labels=["partition"])
                for partition in state.partitions:
                    offset = getattr(partition, attribute)
                    offsets.add_metric([str(partition.partition)], offset)
                yield offsets
            family = GaugeMetricFamily(
                "annals_finding",
                "What is wrong with the journal, 1 each.",
                labels=["code", "severity", "acknowledged"],
            )
            for finding in findings:
                acknowledged = "false" if finding.acknowledgment is None else "true"
                family.add_metric([finding.code, finding.severity, acknowledged], 1)
            yield family
        waiting = "Records that requests in this process wait for."
        yield _gauge("waiting_records", waiting, len(self._journal.outcomes.pending_writes))


def _gauge(name: str, description: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"annals_{name}", description, value=value)
