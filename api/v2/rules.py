"""Rules of one artifact, and of all."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import NoSuchPath
from api.resource import Resource
from registry import queries
from registry.models import RuleType
from registry.queries import Rule


class ArtifactRules(Resource):
    def get(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        return Response(queries.artifact_rules(group_id, artifact_id))


class ArtifactRule(Resource):
    def get(
        self, request: Request, group_id: str | None, artifact_id: str, rule_type: str
    ) -> Response:
        _check(rule_type)
        return _answer(queries.artifact_rule(group_id, artifact_id, rule_type))


class GlobalRules(Resource):
    def get(self, request: Request) -> Response:
        return Response(queries.global_rules())


class GlobalRule(Resource):
    def get(self, request: Request, rule_type: str) -> Response:
        _check(rule_type)
        return _answer(queries.global_rule(rule_type))


def _check(rule_type: str) -> None:
    if rule_type not in RuleType.values:
        raise NoSuchPath(f"There are rules of {', '.join(RuleType.values)}, none of {rule_type}.")


def _answer(rule: Rule) -> Response:
    return Response({"type": rule.type, "config": rule.configuration})
