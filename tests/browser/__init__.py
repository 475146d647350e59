"""Walks in a real Chromium against the real server, with pictures in `screenshots/`. Start reading at conftest.py."""
