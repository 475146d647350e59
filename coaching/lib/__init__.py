"""What every app may use and which uses none of them: errors, middleware, sealing keys, clock, text, triggers.

No module here has a model or imports an app. Start reading at `errors.py`.
"""
