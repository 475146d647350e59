# The images of the services in docker-compose.yml: `site` of all but the judge, which is `judge`, the same with compilers.
# Not built on the machine the project is made on: no engine there.
FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements/base.txt requirements/base.txt
RUN /venv/bin/pip install --require-hashes -r requirements/base.txt
COPY . .
# Hashed and compressed once, here. The secrets serve this one command and are thrown away with its environment.
RUN SECRET_KEY=only-for-collectstatic CLASSCREW_MASTER_KEYS=k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    DATA_DIR=/build-data STATIC_ROOT=/app/staticfiles /venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.13-slim-bookworm AS site
RUN groupadd --system --gid 10001 classcrew \
 && useradd --system --uid 10001 --gid classcrew --home-dir /data --shell /usr/sbin/nologin classcrew \
 && install -d -m 0700 -o classcrew -g classcrew /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data STATIC_ROOT=/app/staticfiles LOG_FORMAT=json MALLOC_ARENA_MAX=2
USER classcrew
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm"]

FROM site AS judge
USER root
# A JDK's packages want the directory of manuals, which slim images lack.
RUN mkdir -p /usr/share/man/man1 && apt-get update \
 && apt-get install --yes --no-install-recommends bubblewrap gcc g++ libc6-dev default-jdk-headless nodejs \
 && rm -rf /var/lib/apt/lists/*
USER classcrew
CMD ["python", "manage.py", "worker", "--queues", "judge"]

# What `docker build .` makes when no target is named.
FROM site
