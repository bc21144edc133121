"""What stands around Django in the web process."""
