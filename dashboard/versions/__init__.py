"""The pages of one version."""
