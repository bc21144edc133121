"""The default group's artifacts as the subjects of Confluent's API."""

from registry.models import DEFAULT_GROUP, DEFAULT_TENANT, State
from registry.queries.sql import bytewise, fetch_rows

#: The types that Confluent's registry has, too.
_TYPES = ("AVRO", "JSON", "PROTOBUF")
#: Apicurio's limit.
_MAX_SUBJECTS = 1000


def subjects() -> tuple[str, ...]:
    """Return artifact ids in the order of their latest versions' creation.

    An artifact whose versions are all disabled is left out.
    """
    rows = fetch_rows(
        "SELECT a.artifact_id FROM registry_artifact a "
        "JOIN registry_version v ON v.tenant_id = a.tenant_id AND v.global_id = a.latest "
        "WHERE a.tenant_id = %s AND a.group_id = %s AND a.type IN (%s, %s, %s) AND EXISTS "
        "(SELECT 1 FROM registry_version e WHERE e.artifact_id = a.id AND e.state <> %s) "
        f"ORDER BY v.created_on, {bytewise('a.artifact_id')} LIMIT %s",
        *(DEFAULT_TENANT, DEFAULT_GROUP, *_TYPES, State.DISABLED.value, _MAX_SUBJECTS),
    )
    return tuple(row[0] for row in rows)
