"""Authentication and authorization: callers of requests and their permissions."""
