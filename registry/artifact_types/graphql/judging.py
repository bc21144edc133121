"""What is judged about GraphQL schemas; nothing compares two of them, as in Apicurio 2."""

from registry.artifact_types.graphql.validity import syntax_violations, violations
from registry.artifact_types.judgements import Judging

JUDGING = Judging(syntax_violations, violations)
