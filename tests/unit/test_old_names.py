"""Old names of commands do the same as the new ones, and name them on standard error."""

from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from node.management.commands import demo, rebuild_topic, repair, simulate


def call(monkeypatch: pytest.MonkeyPatch, command: type[Any], *arguments: str) -> tuple[Any, str]:
    """Return the options that `command` is run with, and standard error."""
    options: dict[str, Any] = {}
    monkeypatch.setattr(command, "handle", lambda self, **given: options.update(given))
    errors = StringIO()
    call_command(*arguments, stderr=errors)
    return options, errors.getvalue()


@pytest.mark.parametrize(
    ("old", "new", "command", "arguments"),
    [
        ("foresee", "simulate", simulate.Command, ("compaction", "--next-run")),
        ("reenact", "demo", demo.Command, ("--keys", "nonce")),
        ("new_journal", "rebuild_topic", rebuild_topic.Command, ("--topic", "next")),
    ],
)
def test_an_old_name_runs_the_new_command_and_names_it(
    monkeypatch: pytest.MonkeyPatch,
    old: str,
    new: str,
    command: type[Any],
    arguments: tuple[str, ...],
) -> None:
    of_old, errors = call(monkeypatch, command, old, *arguments)
    of_new, silence = call(monkeypatch, command, new, *arguments)
    assert {**of_old, "stderr": None} == {**of_new, "stderr": None}
    assert f"manage.py {old} is called manage.py {new} now" in errors
    assert errors.count("\n") == 1
    assert silence == ""


@pytest.mark.parametrize(
    ("arguments", "old", "new"),
    [
        (("mend", "reset"), "mend reset", "repair sequences"),
        (("mend", "move", "global", "7"), "mend move", "repair advance"),
        (("mend", "settings"), "mend settings", "repair topic-config"),
        (("mend", "content"), "mend content", "repair content"),
        (("repair", "reset"), "repair reset", "repair sequences"),
        (("repair", "sequences"), "", "repair sequences"),
        (("repair", "topic-config"), "", "repair topic-config"),
    ],
)
def test_kinds_of_repair_have_old_names(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], old: str, new: str
) -> None:
    monkeypatch.setitem(settings.KAFKA_PROPERTIES, "bootstrap.servers", "127.0.0.1:1")
    kinds: list[str] = []
    monkeypatch.setattr(
        repair.Command, "_repair", lambda self, journal, kind, *_: kinds.append(kind)
    )
    errors = StringIO()
    call_command(*arguments, stderr=errors)
    assert kinds == [new.removeprefix("repair ")]
    expected = f"manage.py {old} is called manage.py {new} now" if old else ""
    assert errors.getvalue().startswith(expected)
    assert errors.getvalue().count("\n") == (1 if old else 0)


def test_an_old_name_reports_errors_as_the_new_one_does() -> None:
    for name in ("new_journal", "rebuild_topic"):
        with pytest.raises(CommandError, match="own journal"):
            call_command(name, "--topic", settings.JOURNAL_TOPIC, stderr=StringIO())
