"""Old names of commands, available for one release."""

from django.core.management import BaseCommand


def note_new_name(command: BaseCommand, old: str, new: str) -> None:
    """Print the new name of the command on standard error, in one line."""
    command.stderr.write(
        f"manage.py {old} is called manage.py {new} now; the old name ends with the next release."
    )
