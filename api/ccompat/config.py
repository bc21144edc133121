"""Compatibility levels, global and of a subject, stored as rules of type COMPATIBILITY."""

from contextlib import suppress

from msgspec import Struct
from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.ccompat.problems import InvalidLevel
from api.ccompat.resource import CcompatResource
from api.json_bodies import body_parser
from api.problems import BadRequest
from journal import commands
from registry import queries
from registry.errors import ArtifactNotFound, RuleNotFound
from registry.models import RuleType
from registry.queries import Rule
from registry.rules import UnknownLevel, parse_levels

_RULE = RuleType.COMPATIBILITY
_NONE = "NONE"


class _LevelBody(Struct):
    compatibility: str


_parse_body = body_parser(_LevelBody)


class Config(CcompatResource):
    write_level = Level.ADMIN

    def get(self, request: Request) -> Response:
        try:
            return _level_response(queries.global_rule(_RULE))
        except RuleNotFound:
            return _level_response(Rule(_RULE, _NONE))

    def put(self, request: Request) -> Response:
        """Set the global level; NONE deletes the rule."""
        level = _parse_level(request)
        if level == _NONE:
            with suppress(RuleNotFound):
                commands.delete_global_rule(self.writer, _RULE)
        elif _RULE in queries.global_rules():
            commands.update_global_rule(self.writer, _RULE, level)
        else:
            commands.create_global_rule(self.writer, _RULE, level)
        return Response({"compatibility": level})


class SubjectConfig(CcompatResource):
    def get(self, request: Request, subject: str) -> Response:
        try:
            return _level_response(queries.artifact_rule(None, subject, _RULE))
        except RuleNotFound:
            return _level_response(Rule(_RULE, _NONE))

    def put(self, request: Request, subject: str) -> Response:
        """Set the level of a subject; NONE deletes its rule, so the global one applies."""
        level = _parse_level(request)
        if not queries.artifact_exists(None, subject):
            raise ArtifactNotFound(None, subject)
        if level == _NONE:
            with suppress(RuleNotFound):
                commands.delete_artifact_rule(self.writer, None, subject, _RULE)
        elif _RULE in queries.artifact_rules(None, subject):
            commands.update_artifact_rule(self.writer, None, subject, _RULE, level)
        else:
            commands.create_artifact_rule(self.writer, None, subject, _RULE, level)
        return Response({"compatibility": level})


def _level_response(rule: Rule) -> Response:
    return Response({"compatibilityLevel": rule.configuration})


def _parse_level(request: Request) -> str:
    try:
        level = _parse_body(request).compatibility
        parse_levels(_RULE, level)
    except (BadRequest, UnknownLevel) as error:
        raise InvalidLevel(f"Invalid compatibility level: {error}") from error
    return level
