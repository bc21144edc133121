"""The health page, and the pages linked from it."""
