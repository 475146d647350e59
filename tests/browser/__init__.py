"""Walks in a real Chromium against the real server. Start reading at conftest.py.

Each looks at its pages and leaves pictures in `screenshots/`, unless PICTURES=0.
"""
