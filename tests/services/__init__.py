"""Tests that need PostgreSQL, Redis or a real Celery worker, and what starts those for them."""
