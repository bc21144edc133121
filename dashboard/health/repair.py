"""The pages for repairing the journal: the plan, its confirmation, and the result."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.frame.pages import render_page, with_error_page
from journal.journal import get_journal, get_publisher
from journal.kafka.errors import BrokerError
from journal.kafka.topics import TopicAdmin
from journal.repair.content_sources import (
    discard_recovered,
    load_recovered,
    recover_from_dump,
    recover_from_file,
    recover_from_node,
    store_recovered,
)
from journal.repair.execution import execute, load_result
from journal.repair.missing_contents import (
    candidate_ids,
    get_missing_content,
    missing_contents,
    plan_content_restore,
)
from journal.repair.plan import ConfirmationFailed, RepairImpossible, RepairPlan
from journal.repair.sequences import MAX_ALLOCATIONS, plan_advance, plan_reset, tenants_to_reset
from journal.repair.topic_config import (
    ConfigOutdated,
    apply_changes,
    planned_changes,
    select_changes,
    to_kafka_topic_resource,
)
from registry.models import DEFAULT_TENANT, SequenceName
from registry.queries import sequence_state, tenants
from registry.whole_numbers import MAX_LONG, parse_whole_number

_MAX_SHOWN = 100
_ERROR_HEADLINE = "The journal was not mended."
_PLAN_CHANGED = (
    "The journal has changed since this page was shown, and so have the records that would be "
    "said. Look at them again."
)


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page(_ERROR_HEADLINE)
def reset(request: HttpRequest) -> HttpResponse:
    """Reset the sequences of each `tenant` in the address; by default of every tenant behind."""
    chosen = request.GET.getlist("tenant") or tenants_to_reset()

    def plan(seed: str) -> RepairPlan:
        return plan_reset(chosen, get_publisher(request).current_dialect(), seed)

    return _plan_or_execute(request, "repair_reset", plan, {"tenants": tenants()})


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page(_ERROR_HEADLINE)
def advance(request: HttpRequest) -> HttpResponse:
    """Advance `sequence` of `tenant` to `to`; without it, show a form."""
    name = request.GET.get("sequence", SequenceName.CONTENT_ID.value)
    if name not in SequenceName.values:
        raise Http404("There is no such sequence.")
    sequence = sequence_state(request.GET.get("tenant", DEFAULT_TENANT), SequenceName(name))
    to = request.GET.get("to", "")
    context = {
        "sequence": sequence,
        "names": SequenceName.values,
        "to": to,
        "max_allocations": MAX_ALLOCATIONS,
    }
    if not to:
        return render_page(request, "repair_advance", context)
    target = parse_whole_number(to)
    if target is None:
        wrong = f"Give a number up to {MAX_LONG}."
        return render_page(request, "repair_advance", {**context, "wrong": wrong}, 400)

    def plan(seed: str) -> RepairPlan:
        return plan_advance(sequence, target, get_publisher(request).current_dialect(), seed)

    return _plan_or_execute(request, "repair_advance", plan, context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page(_ERROR_HEADLINE)
def topic_config(request: HttpRequest) -> HttpResponse:
    """Show the required changes of the topic, or apply those in `shown`, confirmed by `topic`."""
    topic = get_journal(request).topic
    context: dict[str, Any] = {"topic": topic.name}
    try:
        before = TopicAdmin(*topic).describe()
        changes = planned_changes(before)
        resource = to_kafka_topic_resource(topic, changes, before)
        context |= {"changes": changes, "description": before, "yaml": resource}
        if request.method != "POST":
            return render_page(request, "repair_topic_config", context)
        chosen = select_changes(before, request.POST.getlist("shown"))
        after = apply_changes(topic, chosen, request.POST.get("topic", "").strip())
    except (ConfigOutdated, ConfirmationFailed) as error:
        key = "wrong" if isinstance(error, ConfigOutdated) else "unconfirmed"
        return render_page(request, "repair_topic_config", {**context, key: str(error)}, 409)
    except BrokerError as error:
        context["wrong"] = f"The broker did not do it: {error}"
        return render_page(request, "repair_topic_config", context, 503)
    remaining = planned_changes(after)
    context |= {
        "done": [(change, after.value(change.name)) for change in chosen],
        "changes": remaining,
        "yaml": to_kafka_topic_resource(topic, remaining, after),
    }
    return render_page(request, "repair_topic_config", context)


@require_http_methods(["GET", "HEAD"])
@with_error_page(_ERROR_HEADLINE)
def contents(request: HttpRequest) -> HttpResponse:
    """List the contents known to be missing."""
    return render_page(request, "repair_contents", {"missing": missing_contents()})


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page(_ERROR_HEADLINE)
def content(request: HttpRequest, content_hash: str) -> HttpResponse:
    """Restore a content under `content_id`, after recovering its bytes with `find`."""
    missing = get_missing_content(content_hash)
    candidates = candidate_ids(missing)
    content_id = request.GET.get("content_id", "") or str(candidates[0] if candidates else "")
    context = {"missing": missing, "candidates": candidates, "content_id": content_id}
    if request.method == "POST" and "find" in request.POST:
        try:
            _recover_content(request, content_hash)
        except RepairImpossible as error:
            return render_page(request, "repair_content", {**context, "wrong": str(error)}, 400)
        return redirect(request.get_full_path())
    recovered = load_recovered(content_hash)
    if recovered is None:
        return render_page(request, "repair_content", context)
    context["recovered"] = recovered
    chosen_id = parse_whole_number(content_id)
    if chosen_id is None:
        return render_page(request, "repair_content", context)

    def plan(seed: str) -> RepairPlan:
        return plan_content_restore(
            get_journal(request).topic,
            missing,
            chosen_id,
            recovered,
            get_publisher(request).current_dialect(),
            seed,
        )

    response = _plan_or_execute(request, "repair_content", plan, context)
    if response.status_code == HTTPStatus.FOUND:
        discard_recovered(content_hash)
    return response


def _recover_content(request: HttpRequest, content_hash: str) -> None:
    """Find the bytes in an uploaded file or on another node; raises RepairImpossible."""
    dump, file = request.FILES.get("dump"), request.FILES.get("file")
    if dump is not None:
        recovered = recover_from_dump(dump, content_hash)
    elif file is not None:
        references = request.POST.get("references", "")
        recovered = recover_from_file(file.read(), content_hash, references)
    elif node := request.POST.get("node", ""):
        recovered = recover_from_node(node, content_hash)
    else:
        raise RepairImpossible("Choose a file or a dump, or name a node.")
    store_recovered(recovered)


@require_safe
@with_error_page("Nothing was mended here.")
def result(request: HttpRequest, repair_id: UUID) -> HttpResponse:
    """Show the records published by a repair, and its success or failure."""
    stored = load_result(str(repair_id))
    if stored is None:
        raise Http404("No mending of this id was carried out on this node.")
    context = {
        "result": stored,
        "records": stored.records[:_MAX_SHOWN],
        "last": stored.records[-1],
    }
    return render_page(request, "repair_result", context)


def _plan_or_execute(
    request: HttpRequest, template: str, plan: Callable[[str], RepairPlan], context: dict[str, Any]
) -> HttpResponse:
    """Show the plan, or execute it if it still equals the plan in the form.

    Nonces derive from the seed, so the published records equal the shown ones byte for byte.
    """
    is_confirmed = request.method == "POST"
    seed = request.POST.get("seed", "") if is_confirmed else str(uuid4())
    try:
        planned = plan(seed)
    except RepairImpossible as error:
        return render_page(request, template, {**context, "wrong": str(error)}, 409)
    notices = {}
    if is_confirmed and request.POST.get("fingerprint") != planned.fingerprint:
        notices["changed"] = _PLAN_CHANGED
    elif is_confirmed:
        try:
            repaired = execute(get_journal(request), planned, request.POST.get("topic", "").strip())
            return redirect("repair-result", repaired.id)
        except ConfirmationFailed as error:
            notices["unconfirmed"] = str(error)
    context = {
        **context,
        **notices,
        "plan": planned,
        "seed": seed,
        "records": planned.records[:_MAX_SHOWN],
        "more_records": max(0, len(planned.records) - _MAX_SHOWN),
        "topic": get_journal(request).topic.name,
    }
    return render_page(request, template, context, 409 if notices else 200)
