"""JSON objects in request bodies; every parser raises BadRequest with the name of the field."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from msgspec import Struct
from rest_framework.request import Request

from api.json_bodies import body_parser
from api.problems import BadRequest, MissingRequiredParameter
from api.v2.ids import has_control_character
from journal.wire.messages import MetaData
from registry.column_ranges import LOG_LEVELS, describe_fault
from registry.models import RuleType, State
from registry.roles import RoleType
from registry.rules import UnknownLevel, parse_levels

_Body = TypeVar("_Body", bound=Struct)


class _State(Struct):
    state: str | None = None


class _MetaData(Struct):
    name: str | None = None
    description: str | None = None
    labels: list[str] | None = None
    properties: dict[str, str | None] | None = None


class _Comment(Struct):
    value: str | None = None


class _Owner(Struct):
    owner: str | None = None


class _Rule(Struct):
    type: str | None = None
    config: str | None = None


class _RoleMapping(Struct, rename="camel"):
    principal_id: str | None = None
    principal_name: str | None = None
    role: str | None = None


class _Level(Struct):
    level: str | None = None


class _Value(Struct):
    value: str | None = None


class _Group(Struct):
    id: str | None = None
    description: str | None = None
    properties: dict[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class NewRoleMapping:
    principal_id: str
    principal_name: str | None
    role: RoleType


@dataclass(frozen=True, slots=True)
class NewGroup:
    id: str
    description: str | None
    properties: dict[str, str | None] | None


_PARSERS: dict[type[Struct], Callable[[Request], Any]] = {
    kind: body_parser(kind)
    for kind in (_State, _MetaData, _Comment, _Owner, _Rule, _RoleMapping, _Value, _Level, _Group)
}


def parse_state(request: Request) -> str:
    return _one_of(State.values, _decode(request, _State).state, "state")


def parse_meta_data(request: Request) -> MetaData:
    """Parse EditableMetaData; missing fields are None, missing labels empty as on a Java node."""
    body = _decode(request, _MetaData)
    return MetaData(
        name=body.name,
        description=body.description,
        labels=tuple(body.labels or ()),
        properties=body.properties,
    )


def parse_comment(request: Request) -> str:
    return _required(_decode(request, _Comment).value, "value")


def parse_owner(request: Request) -> str:
    """Parse an owner; an empty one removes the owner."""
    owner = _decode(request, _Owner).owner
    if owner is None:
        raise MissingRequiredParameter("owner")
    _check_ranges(owner=owner)
    return owner


def parse_rule(request: Request) -> tuple[RuleType, str]:
    body = _decode(request, _Rule)
    rule_type = RuleType(_one_of(RuleType.values, body.type, "type"))
    return rule_type, _check_level(rule_type, body.config)


def parse_rule_level(request: Request, rule_type: RuleType) -> str:
    """Parse the level of a rule.

    The body may repeat the type in the address; raises BadRequest for another type.
    """
    body = _decode(request, _Rule)
    if body.type not in {None, rule_type}:
        raise BadRequest(
            f"'type' is {rule_type}, as in the address, or missing: not '{body.type}'."
        )
    return _check_level(rule_type, body.config)


def parse_role_mapping(request: Request) -> NewRoleMapping:
    body = _decode(request, _RoleMapping)
    principal_id = _required(body.principal_id, "principalId")
    if has_control_character(principal_id):
        # No address could name it, so the role could not be taken away again.
        raise BadRequest("'principalId' holds a control character.")
    _check_ranges(principal_id=principal_id, principal_name=body.principal_name)
    return NewRoleMapping(principal_id, body.principal_name, _to_role(body.role))


def parse_role(request: Request) -> RoleType:
    return _to_role(_decode(request, _RoleMapping).role)


def parse_property_value(request: Request) -> str:
    value = _required(_decode(request, _Value).value, "value")
    _check_ranges(property_value=value)
    return value


def parse_log_level(request: Request) -> str:
    return _one_of(LOG_LEVELS, _decode(request, _Level).level, "level")


def parse_group(request: Request) -> NewGroup:
    body = _decode(request, _Group)
    _check_ranges(description=body.description)
    return NewGroup(_required(body.id, "id"), body.description, body.properties)


def _decode(request: Request, kind: type[_Body]) -> _Body:
    """Decode the body; ignores unknown fields, as a Java node does."""
    body: _Body = _PARSERS[kind](request)
    return body


def _required(value: str | None, name: str) -> str:
    if not value:
        raise MissingRequiredParameter(name)
    return value


def _one_of(choices: Iterable[str], value: str | None, name: str) -> str:
    required = _required(value, name)
    if required not in choices:
        raise BadRequest(f"'{name}' is one of {', '.join(choices)}, not '{required}'.")
    return required


def _check_ranges(**texts: str | None) -> None:
    if message := describe_fault(**texts):
        raise BadRequest(f"{message}.")


def _to_role(value: str | None) -> RoleType:
    return RoleType(_one_of(RoleType.values, value, "role"))


def _check_level(rule_type: RuleType, value: str | None) -> str:
    level = _required(value, "config")
    try:
        parse_levels(rule_type, level)
    except UnknownLevel as error:
        raise BadRequest(f"'config': {error}") from error
    return level
