"""The old name of `repair`."""

from node.management.commands import repair


class Command(repair.Command):
    help = "The old name of repair."
    name = "mend"
