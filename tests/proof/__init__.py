"""The heavy runs of `make proof`: the real site, big files, kills, full disks. Figures go to docs/measurements.md."""
