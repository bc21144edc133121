"""What administrators set: rules for all artifacts, roles, settings, loggers; and the nodes."""

import platform
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.pages import page, render_page
from dashboard.rule_cards import asked_of, cards
from journal import commands
from journal.doctor.peers import peers
from journal.queries import node_state
from journal.ruling import foreseen_of_all
from journal.speaker import current_dialect
from journal.upgrades import upgrade_state
from registry import queries
from registry.errors import NotFound, RegistryError
from registry.models import RuleType
from registry.queries import ConfigProperty
from registry.roles import RoleType

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR")
_LONGEST_NAME = 255


@require_http_methods(["GET", "HEAD", "POST"])
@page("Error setting a rule.")
def rules(request: HttpRequest) -> HttpResponse:
    """`rule` and `level` in the address ask what that would break; the same in a form sets it."""
    if request.method == "POST":
        _set_rule(request)
        return redirect("admin-rules")
    asked = asked_of(request.GET.dict())
    kept = queries.global_rules()
    in_force = {
        rule: (
            queries.global_rule(rule).configuration or "NONE",
            "global" if rule in kept else "node",
        )
        for rule in queries.global_rules_in_force()
    }
    context = {
        "cards": cards(in_force, dict.fromkeys(kept), asked),
        "asked": asked,
        "foreseen": foreseen_of_all(asked.rule, asked.level) if asked else None,
    }
    return render_page(request, "admin_rules", context)


def _set_rule(request: HttpRequest) -> None:
    asked = asked_of(request.POST.dict())
    kept = queries.global_rules()
    if asked is None:
        rule = request.POST.get("rule", "")
        if rule in kept:
            commands.delete_global_rule(RuleType(rule))
    elif asked.rule in kept:
        commands.update_global_rule(RuleType(asked.rule), asked.level)
    else:
        commands.create_global_rule(RuleType(asked.rule), asked.level)


@require_http_methods(["GET", "HEAD", "POST"])
@page("Error setting a role.")
def roles(request: HttpRequest) -> HttpResponse:
    """A POST of `principal` and `role` grants it; with `revoke` it is taken back."""
    if request.method != "POST":
        return _roles_page(request)
    principal = request.POST.get("principal", "").strip()
    role = request.POST.get("role", "")
    wrong = _wrong_principal(principal)
    if wrong:
        return _roles_page(request, wrong=wrong, principal=principal, status=400)
    if "revoke" in request.POST:
        commands.delete_role_mapping(principal)
    elif role in RoleType.values:
        _grant(principal, role, request.POST.get("name", "").strip() or None)
    return redirect("admin-roles")


def _wrong_principal(principal: str) -> str:
    """Why no role can be given to that; empty if one can."""
    if not principal:
        return "Say to whom: the name with which they sign in."
    if not principal.isprintable():
        return "A name has no control characters."
    too_long = len(principal) > _LONGEST_NAME
    return f"A name has at most {_LONGEST_NAME} characters." if too_long else ""


def _grant(principal: str, role: str, name: str | None) -> None:
    try:
        queries.role_mapping(principal)
    except NotFound:
        commands.create_role_mapping(principal, role, name)
    else:
        commands.update_role_mapping(principal, role)


def _roles_page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    shown = {
        "mappings": queries.role_mappings(),
        "roles": RoleType.values,
        "is_on": settings.ANNALS_ACCESS.is_on,
    }
    return render_page(request, "admin_roles", {**shown, **context}, status)


@require_http_methods(["GET", "HEAD", "POST"])
@page("Error changing a setting.")
def properties(request: HttpRequest) -> HttpResponse:
    """A POST of `name` and `value` sets it; with `reset` it is its default again."""
    if request.method != "POST":
        return _properties_page(request)
    name = request.POST.get("name", "")
    try:
        if "reset" in request.POST:
            commands.reset_config_property(name)
        else:
            commands.set_config_property(name, request.POST.get("value", "").strip())
    except NotFound:
        raise
    except RegistryError as error:
        return _properties_page(request, wrong=str(error), at=name, status=400)
    return redirect("admin-settings")


def _properties_page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    shown = {"properties": [(each, _is_switch(each)) for each in queries.config_properties()]}
    return render_page(request, "admin_settings", {**shown, **context}, status)


def _is_switch(known: ConfigProperty) -> bool:
    return known.type == "java.lang.Boolean"


@require_http_methods(["GET", "HEAD", "POST"])
@page("Error setting a logger.")
def loggers(request: HttpRequest) -> HttpResponse:
    """A POST of `logger` and `level` sets it; with `reset` it follows the one above it again."""
    if request.method != "POST":
        return _loggers_page(request)
    name, level = request.POST.get("logger", "").strip(), request.POST.get("level", "")
    if not name or not name.isprintable() or len(name) > _LONGEST_NAME:
        wrong = "Say which logger, such as journal.worker."
        return _loggers_page(request, wrong=wrong, status=400)
    if "reset" in request.POST:
        commands.reset_logger(name)
    elif level in LEVELS:
        commands.set_logger(name, level)
    return redirect("admin-loggers")


def _loggers_page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    shown = {"loggers": queries.loggers(), "levels": LEVELS}
    return render_page(request, "admin_loggers", {**shown, **context}, status)


@require_safe
@page("Error loading nodes.")
def nodes(request: HttpRequest) -> HttpResponse:
    state = node_state()
    about = [
        ("Address", request.build_absolute_uri(settings.ANNALS_PREFIX or "/")),
        ("Topic", settings.JOURNAL_TOPIC),
        ("Writes dialect", current_dialect().value),
        ("Content view", state.content_view.label if state.content_view else "not chosen yet"),
        ("Tables", settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]),
        ("Home", str(settings.ANNALS_HOME.path)),
        ("Python", platform.python_version()),
        ("Access", "on" if settings.ANNALS_ACCESS.is_on else "off: everybody may do everything"),
    ]
    context = {"about": about, "peers": peers(), "upgrade": upgrade_state()}
    return render_page(request, "admin_nodes", context)
