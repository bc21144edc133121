"""The parts alone: a worker process and a web process that share a database."""

from tests.acceptance.faults import is_ready
from tests.parts import Parts
from tests.waiting import until
from tests.web import http

GROUP = "/apis/registry/v2/groups/shop/artifacts"


def test_a_write_gets_its_outcome_from_the_worker_s_process(parts: Parts) -> None:
    parts.start_worker()
    parts.start_web()
    until(lambda: is_ready(parts))
    for number in range(5):
        made = http.post(
            parts.url + GROUP,
            content=b'{"type":"record","name":"R%d","fields":[]}' % number,
            headers={"X-Registry-ArtifactId": f"a{number}"},
        )
        assert made.status_code == 200, made.text
        assert made.json()["globalId"] == number + 1
    again = http.post(
        parts.url + GROUP,
        content=b'{"type":"record","name":"Other","fields":[]}',
        headers={"X-Registry-ArtifactId": "a1"},
    )
    assert again.status_code == 409
