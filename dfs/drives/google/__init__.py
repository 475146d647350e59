"""A person's Google Drive as a Drive: objects in the hidden folder of our app, drive.appdata its only scope.

`drive.py` is the Drive; `connection.py` speaks to Google for one account; `session.py` is the resumable upload;
`errors.py` says what each answer means; `budgets.py` how much may be asked. Importing any of them but this costs about
0.7 s (the client library), so nothing does before the first Google Drive is opened.
"""
