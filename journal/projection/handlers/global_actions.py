"""Global action records: all user data of a tenant is deleted, except sequences."""

from journal.projection.effects import APPLIED, Effect
from journal.projection.rows import get_tenant
from journal.projection.tables import Tables
from journal.wire.messages import Action, GlobalActionKey, GlobalActionValue
from registry.errors import ImpossibleRecord

_OF_VERSION = "version_id IN (SELECT id FROM registry_version WHERE tenant_id = %s)"
_OF_TENANT = "tenant_id = %s"
#: Contents of 2.1.1 and before are the default tenant's, and another tenant's version may use one.
_UNUSED = (
    "tenant_id = %s AND NOT EXISTS "
    "(SELECT 1 FROM registry_version v WHERE v.content_id = registry_content.id)"
)
_OF_UNUSED = f"content_id IN (SELECT id FROM registry_content WHERE {_UNUSED})"
#: In an order that satisfies the foreign keys.
_DELETES = (
    ("registry_label", _OF_VERSION),
    ("registry_property", _OF_VERSION),
    ("registry_comment", _OF_TENANT),
    ("registry_version", _OF_TENANT),
    ("registry_artifactrule", _OF_TENANT),
    ("registry_artifact", _OF_TENANT),
    ("registry_group", _OF_TENANT),
    ("registry_rolemapping", _OF_TENANT),
    ("registry_reference", _OF_UNUSED),
    ("registry_content", _UNUSED),
    ("registry_configproperty", _OF_TENANT),
    ("registry_globalrule", _OF_TENANT),
)


def apply_global_action(
    tables: Tables, key: GlobalActionKey, value: GlobalActionValue, timestamp: int
) -> Effect:
    if value.action is not Action.DELETE_ALL_USER_DATA:
        raise ImpossibleRecord(f"A global action record can't be {value.action!r}")
    for table, where in _DELETES:
        tables.writer.write(f"DELETE FROM {table} WHERE {where}", get_tenant(key))
    tables.reload()
    return APPLIED
