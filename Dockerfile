# One image for web, worker, beat and migrate; docker-compose.yml says which one it is and as which role it reads.
FROM node:24-bookworm-slim AS front-end
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.13-slim-bookworm
# WeasyPrint's libraries, for PDF.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=navigator.settings.base
WORKDIR /app
COPY requirements/base.txt requirements/
RUN pip install --no-cache-dir --require-hashes --requirement requirements/base.txt
COPY --from=front-end /app/node_modules node_modules
COPY . .
RUN pybabel compile --directory=locale --domain=django
# Static files, compressed, need settings but no secret and no server: these values live for this one line.
RUN key="$(python -c 'import base64; print(base64.b64encode(bytes(32)).decode())')" \
    && DATABASE_URL=postgres:///none REDIS_URL=redis://none NAVIGATOR_SECRET_KEY="$key$key" NAVIGATOR_ALLOWED_HOSTS=none \
    NAVIGATOR_MASTER_KEYS="none:$key" NAVIGATOR_INDEX_KEY="$key" NAVIGATOR_PUBLIC_URL=https://none \
    python manage.py collectstatic --no-input --verbosity=0
RUN useradd --system --uid 10001 --no-create-home navigator
USER navigator
EXPOSE 8000
CMD ["gunicorn", "navigator.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--threads=8", "--worker-tmp-dir=/dev/shm", "--no-control-socket"]
