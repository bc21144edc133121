"""Admin commands as tests call them: in this process, or as a user does in a shell."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from io import StringIO
from pathlib import Path
from typing import IO
from uuid import uuid4

import pytest
from confluent_kafka.admin import AdminClient
from django.conf import settings
from django.core.management import call_command

from journal.kafka.topics import TopicAdmin
from tests.waiting import DEADLINE, until

ROOT = Path(__file__).parent.parent


@pytest.fixture
def broker(kafka: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Commands speak to the test's broker; gives its address."""
    monkeypatch.setattr(settings, "KAFKA_PROPERTIES", {"bootstrap.servers": kafka})
    return kafka


def new_name() -> str:
    """Of a topic that does not exist."""
    return f"tools-{uuid4().hex}"


def delete_topic(broker: str, topic: str) -> None:
    """Delete a topic and wait until it is gone."""
    admin = AdminClient({"bootstrap.servers": broker})
    admin.delete_topics([topic])[topic].result(DEADLINE)
    until(lambda: not TopicAdmin({"bootstrap.servers": broker}, topic).exists())


def call(*arguments: object) -> str:
    """What a command prints on standard output."""
    out = StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


def load(file: Path, *more: str) -> str:
    """The name of a new topic that holds this dump."""
    name = new_name()
    call("load_dump", file, "--topic", name, *more)
    return name


def started(*arguments: str, **environment: str) -> AbstractContextManager[subprocess.Popen[str]]:
    """`manage.py` in a process of its own."""
    return python("manage.py", *arguments, **environment)


def signaled(
    sent: str, *arguments: str, **environment: str
) -> AbstractContextManager[subprocess.Popen[str]]:
    """The same, which sends itself this signal, see tests/integration/signaled.py."""
    command = ("-m", "tests.integration.signaled", sent, *arguments)
    return python(*command, DJANGO_SETTINGS_MODULE="node.settings", **environment)


@contextmanager
def python(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Python with these arguments in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def interrupted(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Ctrl-C: the exit code and what it wrote on standard error."""
    process.send_signal(signal.SIGINT)
    code = process.wait(DEADLINE)
    assert process.stderr is not None
    return code, process.stderr.read()


def line_of(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline()
