"""Authentication and authorization: the caller of a request, and what it may do."""
