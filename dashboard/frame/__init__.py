"""What all pages share: header, errors, permissions, toasts, paging, charts."""
