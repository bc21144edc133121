"""Errors of the embedded broker."""


class BrokerUnavailable(Exception):
    """The embedded broker can't run; the message has the reason and a setting as the remedy."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason}\nTo use an existing Kafka cluster instead of the embedded broker, "
            "set KAFKA_BOOTSTRAP_SERVERS=host:port."
        )
