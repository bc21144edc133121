"""The node in numbers, as Prometheus reads them (text format 0.0.4)."""

from collections.abc import Iterable, Mapping

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from journal.health.current import current_findings
from journal.health.findings import Finding
from journal.health.node_state import NodeState, has_recent_heartbeat, node_state
from journal.outcomes.pending_writes import pending_writes

_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_Labels = Mapping[str, object]


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Also without a database: then what can be told without one."""
    try:
        lines = [*_of_node(node_state()), *_of_findings(current_findings())]
    except DatabaseError:
        lines = [
            *_family("annals_database_up", "Whether the tables can be read.", [({}, 0)]),
            *_family("annals_worker_up", _WORKER, [({}, int(has_recent_heartbeat()))]),
        ]
    lines += _family("annals_waiting_records", _WAITING, [({}, len(pending_writes))])
    return HttpResponse("\n".join(lines) + "\n", content_type=_TYPE)


_WORKER = "Whether the journal's worker is alive."
_WAITING = "Records that requests in this process wait for."


def _of_node(state: NodeState) -> Iterable[str]:
    partitions = state.partitions
    yield from _family("annals_database_up", "Whether the tables can be read.", [({}, 1)])
    yield from _family("annals_worker_up", _WORKER, [({}, int(state.is_worker_alive))])
    yield from _family(
        "annals_broker_up",
        "Whether the broker answers the worker.",
        [({}, int(state.is_broker_reachable))],
    )
    yield from _family(
        "annals_ready",
        "Whether requests should come here.",
        [({}, int(not state.unready_reasons))],
    )
    for name, told, value in (
        ("applied_offset", "The offset to be applied next.", "applied"),
        ("end_offset", "The offset that the next record gets.", "end_offset"),
        ("start_offset", "The first offset that the topic still has.", "start_offset"),
    ):
        samples = [({"partition": each.partition}, getattr(each, value)) for each in partitions]
        yield from _family(f"annals_{name}", told, samples)


def _of_findings(findings: Iterable[Finding]) -> Iterable[str]:
    samples = [
        (
            {
                "code": each.code,
                "severity": each.severity,
                "acknowledged": str(each.acknowledgment is not None).lower(),
            },
            1,
        )
        for each in findings
    ]
    yield from _family("annals_finding", "What is wrong with the journal, 1 each.", samples)


def _family(name: str, told: str, samples: Iterable[tuple[_Labels, int]]) -> Iterable[str]:
    yield f"# HELP {name} {told}"
    yield f"# TYPE {name} gauge"
    for labels, value in samples:
        spelled = ",".join(f'{key}="{each}"' for key, each in labels.items())
        yield f"{name}{{{spelled}}} {value}" if spelled else f"{name} {value}"
