"""What is judged about what Kafka Connect takes; nothing compares two of them."""

from registry.artifact_types.judgements import Judging
from registry.artifact_types.kafka_connect.validity import syntax_violations, violations

JUDGING = Judging(syntax_violations, violations)
