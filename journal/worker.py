"""The journal's worker: fetch a batch, decode, apply, ledger and position, in one transaction.

Then tell the news: waiters wake, pages change. Nothing on the topic can stop it; what it does
not foresee ends it loudly.
"""

import logging
import os
import threading
import time
from typing import Any

from journal import ledger
from journal.brokers.base import BrokerError
from journal.brokers.kafka import JournalReader
from journal.claim import claim
from journal.news import Teller, TellHere
from journal.positions import TablesOfAnotherRelease, TablesOfAnotherTopic
from journal.run import AheadOfJournal, Run, Source, TopicReplaced
from journal.writer import Writer

__all__ = ["AheadOfJournal", "TopicReplaced", "Worker"]

log = logging.getLogger(__name__)

_WORD_EVERY = 1.0
#: Seconds before it looks again whether the broker is back, or the operator has decided.
_PAUSE = 2.0
#: What ends by itself or by an operator's decision: reads go on meanwhile, writes are refused.
_PASSING = (
    BrokerError,
    AheadOfJournal,
    TopicReplaced,
    TablesOfAnotherTopic,
    TablesOfAnotherRelease,
)


class Worker:
    """Applies one topic to one database; `run` belongs to the thread that calls it."""

    def __init__(
        self,
        source: Source,
        database: dict[str, Any],
        teller: Teller | None = None,
    ) -> None:
        self._source = source
        self._database = database
        self._teller = teller or TellHere()
        self._stop = threading.Event()
        self._trouble = ""
        #: Set once the end offsets found at the start are reached.
        self.caught_up = threading.Event()

    def stop(self) -> None:
        """The transaction in hand is finished."""
        self._stop.set()

    def run(self) -> None:
        """Returns after `stop`; raises whatever it does not foresee."""
        writer = Writer(self._database)
        try:
            with claim(writer, self._database, self._stop) as is_mine:
                while is_mine and not self._stop.is_set():
                    self._run_until_trouble(writer)
        finally:
            writer.close()

    def _run_until_trouble(self, writer: Writer) -> None:
        try:
            self._run_once(writer)
        except _PASSING as error:
            if str(error) != self._trouble:
                log.error("The journal is not applied: %s", error)
            self._trouble = str(error)
            self._wait(writer, is_broker_reachable=not isinstance(error, BrokerError))
        except BrokenPipeError:
            # Whoever listened has gone, and another worker may have said its word by now.
            raise
        except Exception as error:
            self._say_last_word(writer, str(error) or repr(error))
            raise

    def _run_once(self, writer: Writer) -> None:
        reader = JournalReader(self._source.properties, self._source.topic)
        try:
            run = Run(self._source, writer, reader, self._teller)
            run.run(self._stop, self._caught_up)
        finally:
            reader.close()

    def _caught_up(self) -> None:
        self._trouble = ""
        self.caught_up.set()

    def _wait(self, writer: Writer, is_broker_reachable: bool) -> None:
        """Keeps its word fresh: the worker is alive, though it can't apply anything."""
        until = time.monotonic() + _PAUSE
        while True:
            word = ledger.Word(os.getpid(), False, is_broker_reachable, {}, None, self._trouble)
            ledger.say_word(writer, word)
            self._teller.word()
            if time.monotonic() > until or self._stop.wait(_WORD_EVERY):
                return

    def _say_last_word(self, writer: Writer, trouble: str) -> None:
        try:
            ledger.say_word(writer, ledger.Word(os.getpid(), False, False, {}, None, trouble))
        except Exception:
            log.exception("The worker could not even say why it stops")
