"""Administration: role mappings, configuration properties, loggers; and artifact types."""

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
        return Response([{"name": name} for name in sorted(kind.name for kind in ARTIFACT_TYPES)])


class RoleMappings(Resource):
    read_level = write_level = Level.ADMIN

    def get(self, request: Request) -> Response:
        return Response([_mapping(row) for row in queries.role_mappings()])

    def post(self, request: Request) -> Response:
        new = request_json.parse_role_mapping(request)
        commands.create_role_mapping(self.writer, new.principal_id, new.role, new.principal_name)
        return Response(status=204)


class RoleMappingDetail(Resource):
    read_level = write_level = Level.ADMIN

    def get(self, request: Request, principal_id: str) -> Response:
        return Response(_mapping(queries.role_mapping(principal_id)))

    def put(self, request: Request, principal_id: str) -> Response:
        commands.update_role_mapping(self.writer, principal_id, request_json.parse_role(request))
        return Response(status=204)

    def delete(self, request: Request, principal_id: str) -> Response:
        commands.delete_role_mapping(self.writer, principal_id)
        return Response(status=204)


class ConfigProperties(Resource):
    read_level = write_level = Level.ADMIN

    def get(self, request: Request) -> Response:
        return Response([_property(row) for row in queries.config_properties()])


class ConfigPropertyDetail(Resource):
    read_level = write_level = Level.ADMIN

    def get(self, request: Request, name: str) -> Response:
        return Response(_property(queries.config_property(name)))

    def put(self, request: Request, name: str) -> Response:
        commands.set_config_property(self.writer, name, request_json.parse_property_value(request))
        return Response(status=204)

    def delete(self, request: Request, name: str) -> Response:
        """Reset the property to its default."""
        commands.reset_config_property(self.writer, name)
        return Response(status=204)


class Loggers(Resource):
    read_level = write_level = Level.ADMIN

    def get(self, request: Request) -> Response:
        return Response([_logger(row) for row in queries.loggers()])


class LoggerDetail(Resource):
    read_level = write_level = Level.ADMIN

    def get(self, request: Request, name: str) -> Response:
        """Respond with the effective level, set for this logger or inherited."""
        return Response(_logger(queries.logger(name)))

    def put(self, request: Request, name: str) -> Response:
        return Response(
            _logger(commands.set_logger(self.writer, name, request_json.parse_log_level(request)))
        )

    def delete(self, request: Request, name: str) -> Response:
        """Reset the logger to its parent's level, and respond with this level."""
        return Response(_logger(commands.reset_logger(self.writer, name)))


def _mapping(mapping: RoleMapping) -> dict[str, Any]:
    document = {"principalId": mapping.principal_id, "role": mapping.role}
    if mapping.principal_name is not None:
        document["principalName"] = mapping.principal_name
    return document


def _property(config_property: ConfigProperty) -> dict[str, Any]:
    return {
        "name": config_property.name,
        "label": config_property.label,
        "description": config_property.description,
        "type": config_property.type,
        "value": config_property.value,
    }


def _logger(logger: Logger) -> dict[str, Any]:
    return {"name": logger.name, "level": logger.level}
