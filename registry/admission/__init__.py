"""Whether a content may become a version: rules, limits, references, by the tables."""
