"""Rules of one artifact, and of all."""

from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.problems import NoSuchPath
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
        rule_type, level = request_json.new_rule(request)
        commands.create_artifact_rule(group_id, artifact_id, rule_type, level)
        return Response(status=204)

    def delete(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        commands.delete_artifact_rules(group_id, artifact_id)
        return Response(status=204)


class ArtifactRule(Resource):
    def get(
        self, request: Request, group_id: str | None, artifact_id: str, rule_type: str
    ) -> Response:
        return _answer(queries.artifact_rule(group_id, artifact_id, _type(rule_type)))

    def put(
        self, request: Request, group_id: str | None, artifact_id: str, rule_type: str
    ) -> Response:
        known = _type(rule_type)
        level = request_json.rule_level(request, known)
        commands.update_artifact_rule(group_id, artifact_id, known, level)
        return _answer(Rule(known, level))

    def delete(
        self, request: Request, group_id: str | None, artifact_id: str, rule_type: str
    ) -> Response:
        commands.delete_artifact_rule(group_id, artifact_id, _type(rule_type))
        return Response(status=204)


class GlobalRules(Resource):
    writing = Level.ADMIN

    def get(self, request: Request) -> Response:
        """Those that are kept, and those that this node's settings set."""
        return Response(queries.global_rules_in_force())

    def post(self, request: Request) -> Response:
        commands.create_global_rule(*request_json.new_rule(request))
        return Response(status=204)

    def delete(self, request: Request) -> Response:
        commands.delete_global_rules()
        return Response(status=204)


class GlobalRule(Resource):
    writing = Level.ADMIN

    def get(self, request: Request, rule_type: str) -> Response:
        return _answer(queries.global_rule(_type(rule_type)))

    def put(self, request: Request, rule_type: str) -> Response:
        known = _type(rule_type)
        level = request_json.rule_level(request, known)
        commands.update_global_rule(known, level)
        return _answer(Rule(known, level))

    def delete(self, request: Request, rule_type: str) -> Response:
        commands.delete_global_rule(_type(rule_type))
        return Response(status=204)


def _type(rule_type: str) -> RuleType:
    if rule_type not in RuleType.values:
        raise NoSuchPath(f"There are rules of {', '.join(RuleType.values)}, none of {rule_type}.")
    return RuleType(rule_type)


def _answer(rule: Rule) -> Response:
    return Response({"type": rule.type, "config": rule.configuration})
