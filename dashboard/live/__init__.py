"""The sockets of the pages."""
