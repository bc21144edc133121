"""Rules of one artifact, and of all."""

from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.problems import EndpointNotFound
from api.resource import Resource
from api.v2 import request_json
from journal import commands
from registry import queries
from registry.models import RuleType
from registry.queries import Rule


class ArtifactRules(Resource):
    def get(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        return Response(queries.artifact_rules(group_id, artifact_id))

    def post(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        rule_type, level = request_json.parse_rule(request)
        commands.create_artifact_rule(self.writer, group_id, artifact_id, rule_type, level)
        return Response(status=204)

    def delete(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        commands.delete_artifact_rules(self.writer, group_id, artifact_id)
        return Response(status=204)


class ArtifactRule(Resource):
    def get(
        self, request: Request, group_id: str | None, artifact_id: str, rule_type: str
    ) -> Response:
        return _rule_response(queries.artifact_rule(group_id, artifact_id, _parse_type(rule_type)))

    def put(
        self, request: Request, group_id: str | None, artifact_id: str, rule_type: str
    ) -> Response:
        kind = _parse_type(rule_type)
        level = request_json.parse_rule_level(request, kind)
        commands.update_artifact_rule(self.writer, group_id, artifact_id, kind, level)
        return _rule_response(Rule(kind, level))

    def delete(
        self, request: Request, group_id: str | None, artifact_id: str, rule_type: str
    ) -> Response:
        commands.delete_artifact_rule(self.writer, group_id, artifact_id, _parse_type(rule_type))
        return Response(status=204)


class GlobalRules(Resource):
    write_level = Level.ADMIN

    def get(self, request: Request) -> Response:
        """Respond with the stored rules and those of this node's settings."""
        return Response(queries.global_rules_in_force())

    def post(self, request: Request) -> Response:
        commands.create_global_rule(self.writer, *request_json.parse_rule(request))
        return Response(status=204)

    def delete(self, request: Request) -> Response:
        commands.delete_global_rules(self.writer)
        return Response(status=204)


class GlobalRule(Resource):
    write_level = Level.ADMIN

    def get(self, request: Request, rule_type: str) -> Response:
        return _rule_response(queries.global_rule(_parse_type(rule_type)))

    def put(self, request: Request, rule_type: str) -> Response:
        kind = _parse_type(rule_type)
        level = request_json.parse_rule_level(request, kind)
        commands.update_global_rule(self.writer, kind, level)
        return _rule_response(Rule(kind, level))

    def delete(self, request: Request, rule_type: str) -> Response:
        commands.delete_global_rule(self.writer, _parse_type(rule_type))
        return Response(status=204)


def _parse_type(name: str) -> RuleType:
    if name not in RuleType.values:
        raise EndpointNotFound(f"There are rules of {', '.join(RuleType.values)}, none of {name}.")
    return RuleType(name)


def _rule_response(rule: Rule) -> Response:
    return Response({"type": rule.type, "config": rule.configuration})
