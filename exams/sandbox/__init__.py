"""Running somebody else's program so that it can hurt nothing. Standard library only: no Django, no tables.

`protocol` says what goes in and comes out; `languages` what is compiled and started how; `probe` whether this machine
has a sandbox that holds. `process.judged` starts the helper process (`__main__`) that does one job and ends.
"""
