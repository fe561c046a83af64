# One image for web server, follower and migrations. It holds no key, no node and no compiler.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /market
COPY requirements.txt ./
RUN sed -n '/^web3==/p;/^# frontend/,/^# tests/p' requirements.txt > serving.txt \
 && python -m venv /opt/market \
 && /opt/market/bin/pip install --no-cache-dir -r serving.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin market \
 && install -d -o market -g market /var/lib/dokkaebi
COPY --from=packages /opt/market /opt/market
WORKDIR /market
COPY frontend frontend
COPY deployments deployments
ENV PATH=/opt/market/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 WEB_BIND=0.0.0.0:8000
USER market
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["python", "-m", "frontend.operations", "serve"]
