"""How the embedded broker fails."""


class BrokerUnavailable(Exception):
    """The embedded broker can't run; the message has the reason and what to set instead."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason}\nTo use an existing Kafka cluster instead of the embedded broker, "
            "set KAFKA_BOOTSTRAP_SERVERS=host:port."
        )
