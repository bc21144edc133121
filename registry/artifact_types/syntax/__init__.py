"""JSON, YAML and XML texts, as several artifact types read them."""
