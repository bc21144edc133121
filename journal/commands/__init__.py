"""Writes on behalf of callers: checked, published, and awaited.

Commands never touch a table; their results are read after their records were applied.
"""

from journal.commands.administration import (
    create_role_mapping,
    delete_role_mapping,
    reset_config_property,
    reset_logger,
    set_config_property,
    set_logger,
    update_role_mapping,
)
from journal.commands.artifacts import delete_artifact, delete_version, update_owner
from journal.commands.bundles import (
    BundleItem,
    PlannedAction,
    PlannedItem,
    StoredItem,
    plan_bundle,
    store_item,
)
from journal.commands.comments import create_comment, delete_comment, update_comment
from journal.commands.downloads import EXPORT, offer_export, use_download
from journal.commands.dry_run import (
    VersionPreview,
    check_artifact,
    check_update,
    preview_version,
    rule_verdicts,
)
from journal.commands.groups import create_group, delete_artifacts, delete_group
from journal.commands.imports import PreservedIds, import_archive, preview_import
from journal.commands.rules import (
    create_artifact_rule,
    create_global_rule,
    delete_artifact_rule,
    delete_artifact_rules,
    delete_global_rule,
    delete_global_rules,
    update_artifact_rule,
    update_global_rule,
)
from journal.commands.uploads import IfExists, create_artifact, update_artifact
from journal.commands.versions import (
    clear_meta_data,
    update_meta_data,
    update_state,
)
from journal.commands.writer import Writer
from registry.admission.new_versions import NewVersion

__all__ = [
    "EXPORT",
    "BundleItem",
    "IfExists",
    "NewVersion",
    "PlannedAction",
    "PlannedItem",
    "PreservedIds",
    "StoredItem",
    "VersionPreview",
    "Writer",
    "check_artifact",
    "check_update",
    "clear_meta_data",
    "create_artifact",
    "create_artifact_rule",
    "create_comment",
    "create_global_rule",
    "create_group",
    "create_role_mapping",
    "delete_artifact",
    "delete_artifact_rule",
    "delete_artifact_rules",
    "delete_artifacts",
    "delete_comment",
    "delete_global_rule",
    "delete_global_rules",
    "delete_group",
    "delete_role_mapping",
    "delete_version",
    "import_archive",
    "offer_export",
    "plan_bundle",
    "preview_import",
    "preview_version",
    "reset_config_property",
    "reset_logger",
    "rule_verdicts",
    "set_config_property",
    "set_logger",
    "store_item",
    "update_artifact",
    "update_artifact_rule",
    "update_comment",
    "update_global_rule",
    "update_meta_data",
    "update_owner",
    "update_role_mapping",
    "update_state",
    "use_download",
]
