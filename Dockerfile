# syntax=docker/dockerfile:1

# A tag with its patch; docs/decisions/0008-pinned-images.md says how to pin the digest.
ARG PYTHON_IMAGE=python:3.11.14-slim-trixie

FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
# Without pip inside: what runs the bot cannot install anything.
RUN python -m venv --without-pip /opt/venv
WORKDIR /src
# Before the code, so that a change of code does not fetch the dependencies again.
COPY requirements.lock ./
RUN pip --python /opt/venv/bin/python install --quiet --no-deps --only-binary :all: \
        --require-hashes --requirement requirements.lock
# What builds the package is not part of it, so it is installed here and not in the venv.
COPY requirements-build.lock ./
RUN pip install --quiet --no-deps --only-binary :all: --require-hashes \
        --requirement requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY migrations ./migrations
COPY simulator ./simulator
# The bytecode is trusted unchecked: layers may change file times, nothing changes the files.
RUN pip wheel --quiet --no-deps --no-index --no-build-isolation --wheel-dir /tmp/wheels . \
    && pip --python /opt/venv/bin/python install --quiet --no-deps --no-index /tmp/wheels/*.whl \
    && python -m compileall -q -f -j 0 --invalidation-mode unchecked-hash /opt/venv/lib

FROM ${PYTHON_IMAGE}
# The font is for Chinese, Japanese and Korean in PDFs.
# pg_dump, pg_restore and psql, for `tallyman db backup` and `restore`; compose.yaml's server is 17.
RUN apt-get update \
    && apt-get install --yes --quiet --no-install-recommends \
        fonts-droid-fallback postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 tallyman \
    && useradd --uid 10001 --gid tallyman --no-create-home --home-dir /data \
        --shell /usr/sbin/nologin tallyman \
    && install --directory --owner tallyman --group tallyman --mode 0700 /data
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
# The default DATABASE_URL is a file in the working directory: the books live in the volume.
WORKDIR /data
VOLUME ["/data"]
USER tallyman
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["tallyman", "health"]
ENTRYPOINT ["tallyman"]
CMD ["run"]
