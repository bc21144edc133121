"""Runs the node: broker if needed, migrations, worker, web; stops them in the reverse order."""

import logging
import signal
import socket
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import DatabaseError, connections

from access.authentication import Authenticator
from access.users_file import UsersFileError
from journal.database.errors import TablesUnusable
from journal.database.worker_lock import check_file
from journal.journal import Journal
from journal.kafka.embedded import BrokerUnavailable
from journal.kafka.errors import BrokerError
from journal.kafka.topics import KafkaTopic
from node.config.home import HomeLocked
from node.processes.cluster import KafkaCluster, cluster
from node.processes.worker import worker_process
from node.web.connections import BoundedServerState, raise_open_files
from node.web.http_protocol import BoundedHttpProtocol, ObservedWebSocketProtocol
from node.web.loopback import LOOPBACK_ONLY, is_loopback

log = logging.getLogger(__name__)

_SHUTDOWN_SECONDS = 5
#: Pages send none that count.
_MAX_WEBSOCKET_MESSAGE_BYTES = 65_536


class Command(BaseCommand):
    help = "Run the node: broker if none is configured, migrations, journal worker, web."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.ANNALS_HTTP_HOST)
        parser.add_argument("--port", type=int, default=settings.ANNALS_HTTP_PORT)

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        if not (is_loopback(host) or settings.ANNALS_ACCESS.is_on or settings.ANNALS_IS_OPEN):
            raise CommandError(f"{host} is not the loopback. {LOOPBACK_ONLY}")
        address = f"http://{host}:{port}/"
        # Until the web part takes them over, a signal ends what was started so far.
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            access = settings.ANNALS_ACCESS
            authenticator = Authenticator(access) if access.is_on else None
            with settings.ANNALS_HOME.lock(address), _listen(host, port) as listener:
                _prepare_tables()
                with cluster() as kafka:
                    self._serve(listener, address, kafka, authenticator)
        except (HomeLocked, BrokerUnavailable, BrokerError, UsersFileError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            log.info("Stopped")

    def _serve(
        self,
        listener: socket.socket,
        address: str,
        kafka: KafkaCluster,
        authenticator: Authenticator | None,
    ) -> None:
        journal = Journal(KafkaTopic(kafka.properties, settings.JOURNAL_TOPIC))
        config = uvicorn.Config(
            partial(_make_application, journal, authenticator),
            factory=True,
            loop="uvloop",
            http=BoundedHttpProtocol,
            ws=ObservedWebSocketProtocol,
            ws_max_size=_MAX_WEBSOCKET_MESSAGE_BYTES,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
            forwarded_allow_ips=settings.ANNALS_PROXIES,
        )
        journal.publisher.warm_up()
        journal.outcomes.follower.switch_to_pipe()
        server = _Server(config, lambda: self.stdout.write(f"Annals is at {address}"))
        with worker_process(kafka, journal.outcomes):
            server.run(sockets=[listener])
            journal.close()


def _prepare_tables() -> None:
    """Check the tables and migrate them; raises CommandError if they can't be used."""
    database = connections.settings["journal"]
    try:
        check_file(database)
        call_command("migrate", database="journal", verbosity=0)
    except (TablesUnusable, DatabaseError) as error:
        reason = str(error).strip()
        raise CommandError(f"The tables in {database['NAME']} can't be used: {reason}") from error


def _make_application(journal: Journal, authenticator: Authenticator | None) -> Any:
    # Imported while the worker starts.
    from node.web.application import make_application

    return make_application(journal, authenticator)


class _Server(uvicorn.Server):
    """Bounds its connections, and calls back once it accepts them."""

    def __init__(self, config: uvicorn.Config, on_started: Any) -> None:
        super().__init__(config)
        self.server_state = BoundedServerState(raise_open_files(settings.ANNALS_MAX_CONNECTIONS))
        self._on_started = on_started

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_started()


@contextmanager
def _listen(host: str, port: int) -> Iterator[socket.socket]:
    """Listen on the web part's address before anything else is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise CommandError(f"{host}:{port} can't be served: {error.strerror}") from error
    with listener:
        yield listener


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
