@echo off
rem Starts a Celery worker and the scheduler on Windows, each in a window of its own. Not tested: the project is made on Linux.
rem Needs Python 3.11 or newer, and a Redis or Valkey server in REDIS_URL, because none is embedded for Windows.
rem SECRET_KEY, CLASSCREW_MASTER_KEYS, DATABASE_URL and REDIS_URL must be the same as the site's.
cd /d "%~dp0"
if "%REDIS_URL%"=="" (
    echo Set REDIS_URL first, for example: set REDIS_URL=redis://192.168.1.10:6379/0
    exit /b 2
)
if not exist .venv\Scripts\python.exe (
    py -3 -m venv .venv || exit /b 2
    .venv\Scripts\python.exe -m pip install --require-hashes -r requirements\base.txt || exit /b 2
)
start "ClassCrew scheduler" .venv\Scripts\python.exe -m celery --app coaching.celery beat --scheduler coaching.schedule:LeasedScheduler
rem Windows has no fork: the command takes a pool of threads there.
.venv\Scripts\python.exe manage.py worker %*
