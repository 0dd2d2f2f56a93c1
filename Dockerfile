# Tandem in a container: no root, nothing writable but /data and /tmp. docs/deployment.md.
FROM python:3.11-slim AS build
WORKDIR /opt/tandem
COPY requirements.txt .
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

FROM python:3.11-slim
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin tandem \
 && install -d -o tandem -g tandem -m 0700 /data
COPY --from=build /opt/venv /opt/venv
WORKDIR /opt/tandem
COPY app app
COPY migrations migrations
COPY wsgi.py gunicorn.conf.py ./
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FLASK_APP=wsgi.py \
    HOST=0.0.0.0 \
    DATABASE_URL=sqlite:////data/tandem.db \
    TANDEM_FILES=/data/files \
    TANDEM_SAMPLE=0
RUN python -m compileall -q app migrations
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["python", "-c", \
 "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT', '8000')}/readyz\", timeout=2)"]
CMD ["gunicorn", "wsgi:app"]
