"""Bundles: several contents uploaded at once, with references among them."""
