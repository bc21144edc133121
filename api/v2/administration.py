"""What administrators set: roles, properties, loggers; and the types of artifacts."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.resource import Resource
from api.v2 import request_json
from journal import commands
from registry import queries
from registry.artifact_types import ARTIFACT_TYPES
from registry.queries import ConfigProperty, Logger, RoleMapping


class ArtifactTypes(Resource):
    def get(self, request: Request) -> Response:
        return Response([{"name": name} for name in sorted(each.name for each in ARTIFACT_TYPES)])


class RoleMappings(Resource):
    reading = writing = Level.ADMIN

    def get(self, request: Request) -> Response:
        return Response([_mapping(each) for each in queries.role_mappings()])

    def post(self, request: Request) -> Response:
        new = request_json.new_role_mapping(request)
        commands.create_role_mapping(new.principal_id, new.role, new.principal_name)
        return Response(status=204)


class OneRoleMapping(Resource):
    reading = writing = Level.ADMIN

    def get(self, request: Request, principal_id: str) -> Response:
        return Response(_mapping(queries.role_mapping(principal_id)))

    def put(self, request: Request, principal_id: str) -> Response:
        commands.update_role_mapping(principal_id, request_json.role(request))
        return Response(status=204)

    def delete(self, request: Request, principal_id: str) -> Response:
        commands.delete_role_mapping(principal_id)
        return Response(status=204)


class ConfigProperties(Resource):
    reading = writing = Level.ADMIN

    def get(self, request: Request) -> Response:
        return Response([_property(each) for each in queries.config_properties()])


class OneConfigProperty(Resource):
    reading = writing = Level.ADMIN

    def get(self, request: Request, name: str) -> Response:
        return Response(_property(queries.config_property(name)))

    def put(self, request: Request, name: str) -> Response:
        commands.set_config_property(name, request_json.property_value(request))
        return Response(status=204)

    def delete(self, request: Request, name: str) -> Response:
        """To its default."""
        commands.reset_config_property(name)
        return Response(status=204)


class Loggers(Resource):
    reading = writing = Level.ADMIN

    def get(self, request: Request) -> Response:
        return Response([_logger(each) for each in queries.loggers()])


class OneLogger(Resource):
    reading = writing = Level.ADMIN

    def get(self, request: Request, name: str) -> Response:
        """With the level in effect, be it set for this logger or not."""
        return Response(_logger(queries.logger(name)))

    def put(self, request: Request, name: str) -> Response:
        return Response(_logger(commands.set_logger(name, request_json.log_level(request))))

    def delete(self, request: Request, name: str) -> Response:
        """It follows the one above it again, whose level is answered."""
        return Response(_logger(commands.reset_logger(name)))


def _mapping(mapping: RoleMapping) -> dict[str, Any]:
    document = {"principalId": mapping.principal_id, "role": mapping.role}
    if mapping.principal_name is not None:
        document["principalName"] = mapping.principal_name
    return document


def _property(known: ConfigProperty) -> dict[str, Any]:
    return {
        "name": known.name,
        "label": known.label,
        "description": known.description,
        "type": known.type,
        "value": known.value,
    }


def _logger(logger: Logger) -> dict[str, Any]:
    return {"name": logger.name, "level": logger.level}
