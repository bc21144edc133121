"""Who is asking, and what that one may do."""
