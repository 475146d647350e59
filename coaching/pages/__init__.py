"""Pages composed of several areas, and the shell around every page."""
