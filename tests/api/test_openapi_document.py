"""The OpenAPI document: all that is served and no more, and schemathesis' checks of it."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import httpx
import pytest
from jsonschema import Draft4Validator

from api.v2.openapi import document
from registry.column_ranges import LOG_LEVELS, RANGES, Text
from registry.limits import Limits
from registry.models import RuleType, State
from registry.roles import RoleType
from registry.rules import LEVELS
from tests.access.operations import of_apis
from tests.examples import SEED
from tests.guarded import guarded_node
from tests.issuer import Issuer
from tests.nodes import ROOT
from tests.waiting import DEADLINE

API = "/apis/registry/v2"
HOOKS = "tests.api.schemathesis_hooks"
_OURS = re.compile(r"{\w+}")


def test_it_describes_all_that_is_served_and_no_more() -> None:
    described = {
        (method.upper(), _OURS.sub("{}", path).rstrip("/"))
        for path, methods in document()["paths"].items()
        for method in methods
    }
    served = {
        (each.method, _OURS.sub("{}", each.template.removeprefix(API)))
        for each in of_apis()
        if each.template.startswith(f"{API}/")
    }
    assert described == served - {("GET", "/openapi.json")}
    assert len(described) == 71, (
        "the 69 of Registry API v2, and the downloads that its export names"
    )


def test_its_operations_are_called_as_clients_of_apicurio_call_them() -> None:
    """Generated clients make a method of each name."""
    ids = [
        each["operationId"] for methods in document()["paths"].values() for each in methods.values()
    ]
    assert len(ids) == len(set(ids))
    assert {"createArtifact", "getContentByGlobalId", "listArtifactsInGroup"} <= set(ids)


def test_its_schemas_are_schemas_and_all_named_ones_are_there() -> None:
    schemas = document()["components"]["schemas"]
    for schema in schemas.values():
        Draft4Validator.check_schema({**schema, "nullable": None})
    named = set(re.findall(r"#/components/schemas/(\w+)", str(document())))
    assert named <= schemas.keys()


def test_its_enumerations_and_lengths_are_those_of_the_registry() -> None:
    schemas = document()["components"]["schemas"]
    assert schemas["ArtifactState"]["enum"] == State.values
    assert schemas["RuleType"]["enum"] == RuleType.values
    assert schemas["RoleType"]["enum"] == RoleType.values
    assert schemas["LogLevel"]["enum"] == [*LOG_LEVELS]
    for rule in schemas["NewRule"]["oneOf"]:
        name = RuleType(rule["properties"]["type"]["enum"][0])
        config = rule["properties"]["config"]
        # Of INTEGRITY several levels may be named, with commas.
        levels = config.get("enum") or config["pattern"][2:].partition(")")[0].split("|")
        assert levels == [*LEVELS[name]]
    limits = {
        re.sub("_(.)", lambda match: match[1].upper(), f"max_{f.name}") for f in fields(Limits)
    }
    assert schemas["Limits"]["properties"].keys() == limits
    lengths = {
        "owner": schemas["ArtifactOwner"]["properties"]["owner"],
        "principal_id": schemas["RoleMapping"]["properties"]["principalId"],
        "principal_name": schemas["RoleMapping"]["properties"]["principalName"],
        "property_value": schemas["UpdateConfigurationProperty"]["properties"]["value"],
    }
    for column, schema in lengths.items():
        allowed = RANGES[column]
        assert isinstance(allowed, Text)
        assert schema["maxLength"] == allowed.longest


def check_with_schemathesis(kafka: str, issuer: Issuer, folder: Path, examples: int) -> None:
    """Run all checks on each operation's parameters and bodies, and on linked operations."""
    options = {"ANNALS_ALLOW_DELETE": "on"}
    with guarded_node(folder, kafka, issuer, **options) as node:
        admin = issuer.bearer("anna", "sr-admin")["Authorization"]
        address = f"{node.url}{API}"
        result = subprocess.run(
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
        assert result.returncode == 0, result.stdout[-20_000:] + result.stderr[-2_000:]
        assert re.search(r"^ +Tested: 71$", result.stdout, re.MULTILINE), result.stdout
        assert httpx.get(f"{node.url}/health/ready", timeout=DEADLINE).status_code == 200


@pytest.mark.kafka
def test_schemathesis_finds_nothing(kafka: str, issuer: Issuer, tmp_path: Path) -> None:
    check_with_schemathesis(kafka, issuer, tmp_path, examples=4)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.kafka
def test_schemathesis_finds_nothing_in_many_examples(
    kafka: str, issuer: Issuer, tmp_path: Path
) -> None:
    check_with_schemathesis(kafka, issuer, tmp_path, examples=150)
