"""What administrators set: rules for all artifacts, settings, loggers; nodes and the export."""

import platform
from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.frame.pages import render_page, with_error_page
from dashboard.frame.toasts import add_toast
from dashboard.versions.rule_cards import asked_of, cards
from journal import commands
from journal.health.node_state import node_state
from journal.health.peers import peers
from journal.ledger.upgrades import upgrade_state
from journal.publish.dialect import current_dialect
from registry import queries
from registry.admission.impact import global_rule_impact
from registry.errors import RegistryError
from registry.models import RuleType
from registry.queries import ConfigProperty

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR")
_LONGEST_NAME = 255


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error setting a rule.")
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
        "foreseen": global_rule_impact(asked.rule, asked.level) if asked else None,
    }
    return render_page(request, "admin_rules", context)


def _set_rule(request: HttpRequest) -> None:
    asked = asked_of(request.POST.dict())
    kept = queries.global_rules()
    if asked is None:
        _take_away_rule(request, kept)
        return
    if asked.rule in kept:
        commands.update_global_rule(RuleType(asked.rule), asked.level)
    else:
        commands.create_global_rule(RuleType(asked.rule), asked.level)
    add_toast(request, f"{asked.rule.capitalize()} is {asked.level} for all artifacts now.")


def _take_away_rule(request: HttpRequest, kept: Collection[str]) -> None:
    """Where what is asked for is no level of the rule, nothing is done."""
    rule, level = request.POST.get("rule", ""), request.POST.get("level", "")
    if rule in kept and not level:
        commands.delete_global_rule(RuleType(rule))
        add_toast(request, f"{rule.capitalize()} is switched off for all artifacts.")
    else:
        add_toast(
            request, f"Nothing was changed: {level or rule or 'that'} is no such rule.", bad=True
        )


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error changing a setting.")
def properties(request: HttpRequest) -> HttpResponse:
    """A POST of `name` and `value` sets it, with `reset` it is its default again; `q` filters."""
    if request.method != "POST":
        return _properties_page(request)
    name, value = request.POST.get("name", ""), request.POST.get("value", "").strip()
    known = queries.config_property(name)
    try:
        if "reset" in request.POST:
            commands.reset_config_property(name)
            add_toast(request, f"{known.label} is its default again.")
        else:
            commands.set_config_property(name, value)
            add_toast(request, f"{known.label} is {_in_words(known, value)} now, on every node.")
    except RegistryError as error:
        return _properties_page(request, wrong=str(error), at=name, said=value, status=400)
    return redirect(f"{reverse('admin-settings')}{_kept_filter(request)}")


def _kept_filter(request: HttpRequest) -> str:
    word = request.GET.get("q", "").strip()
    return f"?{urlencode({'q': word})}" if word else ""


def _properties_page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    word = request.GET.get("q", "").strip()
    known = queries.config_properties()
    found = [each for each in known if _has_word(each, word.lower())]
    shown = {
        "properties": [(each, _is_switch(each)) for each in found],
        "count": len(known),
        "word": word,
        "kept_filter": _kept_filter(request),
    }
    return render_page(request, "admin_settings", {**shown, **context}, status)


def _has_word(known: ConfigProperty, word: str) -> bool:
    return any(word in text.lower() for text in (known.name, known.label, known.description))


def _is_switch(known: ConfigProperty) -> bool:
    return known.type == "java.lang.Boolean"


def _in_words(known: ConfigProperty, value: str) -> str:
    return {"true": "on", "false": "off"}.get(value, value) if _is_switch(known) else value


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error setting a logger.")
def loggers(request: HttpRequest) -> HttpResponse:
    """A POST of `logger` and `level` sets it; with `reset` it follows the one above it again."""
    if request.method != "POST":
        return _loggers_page(request)
    name, level = request.POST.get("logger", "").strip(), request.POST.get("level", "")
    wrong = {"logger": _wrong_logger(name), "level": ""}
    if "reset" not in request.POST and level not in LEVELS:
        wrong["level"] = f"A level is one of {', '.join(LEVELS)}."
    if any(wrong.values()):
        return _loggers_page(request, wrong=wrong, said=name, level=level, status=400)
    if "reset" in request.POST:
        found = commands.reset_logger(name)
        add_toast(request, f"{name} follows the one above it again: {found.level}.")
    else:
        commands.set_logger(name, level)
        add_toast(request, f"{name} logs from {level} on now, on every node.")
    return redirect("admin-loggers")


def _wrong_logger(name: str) -> str:
    if not name:
        return "Say which logger, such as journal.worker.worker."
    if not name.isprintable():
        return "A name has no control characters."
    too_long = len(name) > _LONGEST_NAME
    return f"A name has at most {_LONGEST_NAME} characters." if too_long else ""


def _loggers_page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    shown = {"loggers": queries.loggers(), "levels": LEVELS, "level": "DEBUG"}
    return render_page(request, "admin_loggers", {**shown, **context}, status)


@require_safe
@with_error_page("Error loading the export.")
def export(request: HttpRequest) -> HttpResponse:
    """What an export would hold, and where to get it."""
    return render_page(request, "admin_export", {"counts": queries.export_counts()})


@require_safe
@with_error_page("Error loading nodes.")
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
