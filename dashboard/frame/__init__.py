"""Shared parts of all pages: header, errors, permissions, toasts, paging, charts."""
