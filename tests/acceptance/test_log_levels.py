"""A logger's level, set over REST, takes effect in the web's process and in the worker's."""

import httpx

from tests.nodes import NodeProcess

LOGGER = "/apis/registry/v2/admin/loggers/journal.worker"


def test_levels_take_effect_in_both_processes_and_end(live_node: NodeProcess) -> None:
    with httpx.Client(base_url=live_node.url, timeout=30) as client:
        assert client.put(LOGGER, json={"level": "DEBUG"}).json()["level"] == "DEBUG"
        for _ in ("web", "worker"):
            live_node.wait_for(r"The logger journal\.worker has the level DEBUG")
        assert client.delete(LOGGER).json()["level"] == "INFO"
        for _ in ("web", "worker"):
            live_node.wait_for(r"The logger journal\.worker has the level INFO")
