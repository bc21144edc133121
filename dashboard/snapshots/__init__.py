"""The pages of snapshots."""
