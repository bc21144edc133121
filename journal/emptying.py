"""Forgets all that was derived from a journal, so that the next worker derives it anew."""

from journal.writer import Writer

#: In an order that no foreign key minds.
_TABLES = (
    "registry_reference",
    "registry_label",
    "registry_property",
    "registry_comment",
    "registry_version",
    "registry_artifactrule",
    "registry_artifact",
    "registry_content",
    "registry_group",
    "registry_globalrule",
    "registry_rolemapping",
    "registry_logconfig",
    "registry_configproperty",
    "registry_download",
    "registry_sequence",
    "journal_ledgerrow",
    "journal_position",
    "journal_tally",
    "journal_diagnosis",
    "journal_missed",
    "journal_upgraderstate",
    "journal_upgradecommit",
    # What is kept to search by is believed no longer, and overwritten as it is made anew.
    "journal_searchposition",
)


def empty_tables(writer: Writer) -> None:
    """All of them or none; call it with the claim on the database."""
    with writer.transaction():
        for table in _TABLES:
            writer.write(f"DELETE FROM {table}")
