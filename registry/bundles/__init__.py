"""Bundles: several contents that are uploaded at once, some of which refer to others."""
