"""The health page, and what is done from there."""
