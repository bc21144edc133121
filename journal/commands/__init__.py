"""What a caller may ask to be said: check, say it, wait for one's own outcome.

A command never touches a table; what it returns was read after its records were applied.
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
from journal.commands.artifacts import (
    IfExists,
    check_artifact,
    check_update,
    create_artifact,
    delete_artifact,
    evaluate_rules,
    update_artifact,
    update_owner,
)
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
from journal.commands.dry_run import VersionPreview, preview_version
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
from journal.commands.store_version import NewVersion
from journal.commands.versions import (
    clear_meta_data,
    delete_version,
    update_meta_data,
    update_state,
)

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
    "evaluate_rules",
    "import_archive",
    "offer_export",
    "plan_bundle",
    "preview_import",
    "preview_version",
    "reset_config_property",
    "reset_logger",
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
