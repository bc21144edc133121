"""The administrators' pages: global rules, settings, loggers, nodes and the export."""

import platform
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from access.writers import get_writer
from dashboard.admin.names import name_fault
from dashboard.frame.pages import render_page, with_error_page
from dashboard.frame.toasts import add_toast
from dashboard.versions.rule_cards import parse_rule_choice, rule_cards
from journal import commands
from journal.journal import get_journal
from journal.ledger.upgrades import upgrade_state
from registry import queries
from registry.admission.impact import global_rule_impact
from registry.errors import RegistryError
from registry.models import RuleType
from registry.queries import ConfigProperty

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR")
_SWITCH_WORDS = {"true": "on", "false": "off"}


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error setting a rule.")
def rules(request: HttpRequest) -> HttpResponse:
    """Show the global rules; `rule` and `level` preview a change, a POST of them makes it."""
    stored = queries.global_rules()
    if request.method == "POST":
        choice = parse_rule_choice(request.POST.dict())
        rule, level = request.POST.get("rule", ""), request.POST.get("level", "")
        if choice is not None:
            is_stored = choice.rule in stored
            set_rule = commands.update_global_rule if is_stored else commands.create_global_rule
            set_rule(get_writer(request), RuleType(choice.rule), choice.level)
            add_toast(
                request, f"{choice.rule.capitalize()} is {choice.level} for all artifacts now."
            )
        elif rule in stored and not level:
            commands.delete_global_rule(get_writer(request), RuleType(rule))
            add_toast(request, f"{rule.capitalize()} is switched off for all artifacts.")
        else:
            words = f"Nothing was changed: {level or rule or 'that'} is no such rule."
            add_toast(request, words, bad=True)
        return redirect("admin-rules")
    choice = parse_rule_choice(request.GET.dict())
    in_force = {
        rule: (
            queries.global_rule(rule).configuration or "NONE",
            "global" if rule in stored else "node",
        )
        for rule in queries.global_rules_in_force()
    }
    context = {
        "cards": rule_cards(in_force, dict.fromkeys(stored), choice),
        "choice": choice,
        "impact": global_rule_impact(choice.rule, choice.level) if choice else None,
    }
    return render_page(request, "admin_rules", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error changing a setting.")
def properties(request: HttpRequest) -> HttpResponse:
    """List the settings matching `q`; a POST sets `name` to `value`, or unsets it (`reset`)."""
    if request.method != "POST":
        return _properties_page(request)
    name, value = request.POST.get("name", ""), request.POST.get("value", "").strip()
    setting = queries.config_property(name)
    try:
        if "reset" in request.POST:
            commands.reset_config_property(get_writer(request), name)
            add_toast(request, f"{setting.label} is its default again.")
        else:
            commands.set_config_property(get_writer(request), name, value)
            words = _SWITCH_WORDS.get(value, value) if _is_switch(setting) else value
            add_toast(request, f"{setting.label} is {words} now, on every node.")
    except RegistryError as error:
        return _properties_page(
            request, wrong=str(error), wrong_name=name, wrong_value=value, status=400
        )
    return redirect(f"{reverse('admin-settings')}{_filter_query(request)}")


def _filter_query(request: HttpRequest) -> str:
    word = request.GET.get("q", "").strip()
    return f"?{urlencode({'q': word})}" if word else ""


def _properties_page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    word = request.GET.get("q", "").strip()
    known_settings = queries.config_properties()
    matching = [
        (setting, _is_switch(setting))
        for setting in known_settings
        if any(
            word.lower() in text.lower()
            for text in (setting.name, setting.label, setting.description)
        )
    ]
    defaults = {
        "properties": matching,
        "count": len(known_settings),
        "word": word,
        "filter_query": _filter_query(request),
    }
    return render_page(request, "admin_settings", {**defaults, **context}, status)


def _is_switch(setting: ConfigProperty) -> bool:
    return setting.type == "java.lang.Boolean"


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error setting a logger.")
def loggers(request: HttpRequest) -> HttpResponse:
    """List the loggers; a POST of `logger` sets its `level`, or with `reset` unsets it."""
    if request.method != "POST":
        return _loggers_page(request)
    name, level = request.POST.get("logger", "").strip(), request.POST.get("level", "")
    fault = name_fault(name, "Say which logger, such as journal.worker.worker.")
    wrong = {"logger": fault, "level": ""}
    if "reset" not in request.POST and level not in LEVELS:
        wrong["level"] = f"A level is one of {', '.join(LEVELS)}."
    if any(wrong.values()):
        return _loggers_page(request, wrong=wrong, name=name, level=level, status=400)
    if "reset" in request.POST:
        inherited = commands.reset_logger(get_writer(request), name)
        add_toast(request, f"{name} follows the one above it again: {inherited.level}.")
    else:
        commands.set_logger(get_writer(request), name, level)
        add_toast(request, f"{name} logs from {level} on now, on every node.")
    return redirect("admin-loggers")


def _loggers_page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    defaults = {"loggers": queries.loggers(), "levels": LEVELS, "level": "DEBUG"}
    return render_page(request, "admin_loggers", {**defaults, **context}, status)


@require_safe
@with_error_page("Error loading the export.")
def export(request: HttpRequest) -> HttpResponse:
    """Show a preview of an export, with a link to it."""
    return render_page(request, "admin_export", {"counts": queries.export_counts()})


@require_safe
@with_error_page("Error loading nodes.")
def nodes(request: HttpRequest) -> HttpResponse:
    state = get_journal(request).health.state()
    about = [
        ("Address", request.build_absolute_uri(settings.ANNALS_PREFIX or "/")),
        ("Topic", settings.JOURNAL_TOPIC),
        ("Writes dialect", get_journal(request).publisher.current_dialect().value),
        ("Content view", state.content_view.label if state.content_view else "not chosen yet"),
        ("Tables", connection.display_name),
        ("Home", str(settings.ANNALS_HOME.path)),
        ("Python", platform.python_version()),
        ("Access", "on" if settings.ANNALS_ACCESS.is_on else "off: everybody may do everything"),
    ]
    context = {
        "about": about,
        "peers": get_journal(request).health.peers(),
        "upgrade": upgrade_state(),
    }
    return render_page(request, "admin_nodes", context, state=state)
