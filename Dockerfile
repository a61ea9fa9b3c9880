# The page in a container; docs/deploying.md says how to run it. The wheel is made in one stage, so that the other has no sources.
FROM python:3.12-slim AS wheel
WORKDIR /source
# What is built, as there is no git here: --build-arg VERSION=0.2.0
ARG VERSION=0.2.0.dev0
ENV SETUPTOOLS_SCM_PRETEND_VERSION=${VERSION}
RUN pip install --no-cache-dir "hatch-vcs>=0.5" "hatchling>=1.27" "setuptools-scm>=10"
COPY pyproject.toml README.md LICENSE ./
COPY swarmviz swarmviz
COPY components components
COPY assets assets
RUN python -m hatchling build --target wheel --directory /wheel

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 \
    NUMBA_CACHE_DIR=/var/cache/swarmviz \
    ADDRESS=0.0.0.0 \
    PORT=5006
RUN useradd --system --uid 10001 --create-home swarmviz \
    && install --directory --owner=swarmviz /var/cache/swarmviz
COPY --from=wheel /wheel /wheel
RUN pip install --no-cache-dir "$(echo /wheel/*.whl)[app]" \
    && rm -r /wheel
USER swarmviz
WORKDIR /srv
# Compiled here, so that no visitor waits for it. Another kind of processor than the builder's compiles its own.
RUN python -m swarmviz.warm
EXPOSE 5006
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=300s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/' + (os.environ.get('PREFIX', '').strip('/') + '/health').lstrip('/'), timeout=4)"]
ENTRYPOINT ["swarmviz", "serve"]
