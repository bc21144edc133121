"""One module for each group of findings; each check is a pure function of observations."""
