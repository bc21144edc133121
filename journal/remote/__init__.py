"""Other machines that are asked over HTTP."""
