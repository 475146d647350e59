"""Pages composed of several areas, and the shell around every page.

Areas offer plain functions in `<app>/offers.py`, which answer with the shapes of `coaching.lib.offers`; a page names
the functions it asks in one tuple: `dashboards.PANELS` and `OFFICE`, `todo.AREAS`, `data_export.AREAS` and
`erasures.HOLDS`.

Start reading at `dashboards.py`.
"""
