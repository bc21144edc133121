"""JSON objects that requests carry; every reader raises BadRequest, which names the field."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from msgspec import Struct
from rest_framework.request import Request

from api.http import read_body
from api.problems import BadRequest, MissingRequiredParameter
from api.v2.ids import holds_control
from journal.wire.messages import MetaData
from registry.column_limits import describe_overlong
from registry.models import RuleType, State
from registry.roles import RoleType
from registry.rules import UnknownLevel, parse_levels

#: As utils of java.util.logging and of Quarkus name them.
LOG_LEVELS = (
    *("DEBUG", "TRACE", "WARN", "ERROR", "SEVERE", "WARNING", "INFO"),
    *("CONFIG", "FINE", "FINER", "FINEST"),
)

_Told = TypeVar("_Told", bound=Struct)


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
class NewMapping:
    principal_id: str
    principal_name: str | None
    role: RoleType


@dataclass(frozen=True, slots=True)
class NewGroup:
    id: str
    description: str | None
    properties: dict[str, str | None] | None


def state(request: Request) -> str:
    """Of {"state": …}."""
    return _one_of(State.values, _read(request, _State).state, "state")


def meta_data(request: Request) -> MetaData:
    """Of an EditableMetaData; what it does not say is None, but for labels, as on a Java node."""
    told = _read(request, _MetaData)
    return MetaData(
        name=told.name,
        description=told.description,
        labels=tuple(told.labels or ()),
        properties=told.properties,
    )


def comment(request: Request) -> str:
    return _required(_read(request, _Comment).value, "value")


def owner(request: Request) -> str:
    """Which may be empty: then nobody owns it."""
    told = _read(request, _Owner).owner
    if told is None:
        raise MissingRequiredParameter("owner")
    _check_length(owner=told)
    return told


def new_rule(request: Request) -> tuple[RuleType, str]:
    told = _read(request, _Rule)
    rule_type = RuleType(_one_of(RuleType.values, told.type, "type"))
    return rule_type, _level(rule_type, told.config)


def rule_level(request: Request, rule_type: RuleType) -> str:
    """Of a rule whose type the address names; the body may name it again, but no other."""
    told = _read(request, _Rule)
    if told.type not in {None, rule_type}:
        raise BadRequest(
            f"'type' is {rule_type}, as in the address, or missing: not '{told.type}'."
        )
    return _level(rule_type, told.config)


def new_role_mapping(request: Request) -> NewMapping:
    told = _read(request, _RoleMapping)
    principal_id = _required(told.principal_id, "principalId")
    if holds_control(principal_id):
        # No address could name it: nobody could take the role away again.
        raise BadRequest("'principalId' holds a control character.")
    _check_length(principal_id=principal_id, principal_name=told.principal_name)
    return NewMapping(principal_id, told.principal_name, _role(told.role))


def role(request: Request) -> RoleType:
    return _role(_read(request, _RoleMapping).role)


def property_value(request: Request) -> str:
    told = _required(_read(request, _Value).value, "value")
    _check_length(property_value=told)
    return told


def log_level(request: Request) -> str:
    return _one_of(LOG_LEVELS, _read(request, _Level).level, "level")


def new_group(request: Request) -> NewGroup:
    told = _read(request, _Group)
    return NewGroup(_required(told.id, "id"), told.description, told.properties)


def _read(request: Request, kind: type[_Told]) -> _Told:
    """What else the object holds is ignored, as a Java node does."""
    try:
        return msgspec.json.decode(read_body(request), type=kind)
    except msgspec.ValidationError as error:
        raise BadRequest(f"The body does not fit: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"The body is not JSON: {error}.") from error


def _required(value: str | None, name: str) -> str:
    if not value:
        raise MissingRequiredParameter(name)
    return value


def _one_of(known: Iterable[str], value: str | None, name: str) -> str:
    told = _required(value, name)
    if told not in known:
        raise BadRequest(f"'{name}' is one of {', '.join(known)}, not '{told}'.")
    return told


def _check_length(**texts: str | None) -> None:
    if wrong := describe_overlong(**texts):
        raise BadRequest(f"{wrong}.")


def _role(value: str | None) -> RoleType:
    return RoleType(_one_of(RoleType.values, value, "role"))


def _level(rule_type: RuleType, value: str | None) -> str:
    told = _required(value, "config")
    try:
        parse_levels(rule_type, told)
    except UnknownLevel as error:
        raise BadRequest(f"'config': {error}") from error
    return told
