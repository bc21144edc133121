"""The OpenAPI document: all that is served and no more, and schemathesis' judgement of it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from jsonschema import Draft4Validator

from api.v2.openapi import document
from tests.access.operations import of_apis
from tests.examples import SEED
from tests.guarded import guarded_node
from tests.issuer import Issuer
from tests.nodes import ROOT
from tests.waiting import DEADLINE

API = "/apis/registry/v2"
HOOKS = "tests.api.schemathesis_hooks"
_OURS = re.compile(r"{\w+}")


def test_it_tells_all_that_is_served_and_no_more() -> None:
    told = {
        (method.upper(), _OURS.sub("{}", path).rstrip("/"))
        for path, methods in document()["paths"].items()
        for method in methods
    }
    served = {
        (each.method, _OURS.sub("{}", each.template.removeprefix(API)))
        for each in of_apis()
        if each.template.startswith(f"{API}/")
    }
    assert told == served - {("GET", "/openapi.json")}
    assert len(told) == 71, "the 69 of Registry API v2, and the downloads that its export names"


def test_its_operations_are_called_as_clients_of_apicurio_call_them() -> None:
    """The names that generated clients make methods of, one of each."""
    ids = [
        each["operationId"] for methods in document()["paths"].values() for each in methods.values()
    ]
    assert len(ids) == len(set(ids))
    assert {"createArtifact", "getContentByGlobalId", "listArtifactsInGroup"} <= set(ids)


def test_its_schemas_are_schemas_and_all_named_ones_are_there() -> None:
    found = document()
    for schema in found["components"]["schemas"].values():
        Draft4Validator.check_schema({**schema, "nullable": None})
    named = set(re.findall(r"#/components/schemas/(\w+)", str(found)))
    assert named <= found["components"]["schemas"].keys()


def judged(kafka: str, issuer: Issuer, folder: Path, examples: int) -> None:
    """All checks, each operation's parameters and bodies, and what follows from one another."""
    options = {"ANNALS_ALLOW_DELETE": "on"}
    with guarded_node(folder, kafka, issuer, **options) as node:
        admin = issuer.bearer("anna", "sr-admin")["Authorization"]
        address = f"{node.url}{API}"
        found = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli"),
                *("--config-file", "tests/data/schemathesis.toml"),
                *("run", f"{address}/openapi.json", "--url", address, "--header"),
                *(f"Authorization: {admin}", "--max-examples", str(examples)),
                *("--seed", str(SEED), "--workers", "1", "--request-timeout", str(DEADLINE)),
            ],
            cwd=ROOT,
            env={**os.environ, "SCHEMATHESIS_HOOKS": HOOKS, "PYTHONHASHSEED": "0"},
            capture_output=True,
            text=True,
        )
        assert found.returncode == 0, found.stdout[-20_000:] + found.stderr[-2_000:]
        assert re.search(r"^ +Tested: 71$", found.stdout, re.MULTILINE), found.stdout
        assert httpx.get(f"{node.url}/health/ready", timeout=DEADLINE).status_code == 200


@pytest.mark.kafka
def test_schemathesis_finds_nothing(kafka: str, issuer: Issuer, tmp_path: Path) -> None:
    judged(kafka, issuer, tmp_path, examples=4)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.kafka
def test_schemathesis_finds_nothing_in_many_examples(
    kafka: str, issuer: Issuer, tmp_path: Path
) -> None:
    judged(kafka, issuer, tmp_path, examples=150)
