"""One command per figure. Each prints a ratio against a baseline taken in the same run, and JSON with `--json`.

The machine may be busy: ratios and CPU time count, absolute times do not.
"""
