# One image for `serve` and `worker`. Every stage stands on the same Debian, so that what is compiled runs.

FROM rust:1.95-slim-bookworm AS rust

# npm packages with the build tools, the addon, and the TypeScript as JavaScript.
FROM node:24-bookworm AS build
WORKDIR /app
COPY --from=rust /usr/local/cargo /usr/local/cargo
COPY --from=rust /usr/local/rustup /usr/local/rustup
ENV CARGO_HOME=/usr/local/cargo RUSTUP_HOME=/usr/local/rustup PATH=/usr/local/cargo/bin:$PATH
COPY package.json package-lock.json ./
RUN npm install --no-save --no-audit --no-fund
COPY native native
RUN npm run --silent build:addon && rm -rf native/target
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY queue queue
RUN npm run --silent build

# npm packages for running only.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm install --omit=dev --no-save --no-audit --no-fund

FROM node:24-bookworm-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git python3 python3-venv \
  && rm -rf /var/lib/apt/lists/* \
  && mkdir /data && chown node:node /data
WORKDIR /app
# Semgrep, and a Redis-compatible server for a container that is run alone.
COPY requirements.txt ./
RUN python3 -m venv .venv \
  && .venv/bin/pip install --no-cache-dir --quiet --disable-pip-version-check -r requirements.txt
COPY --from=packages /app/node_modules node_modules
# app.yml is what the registration page asks GitHub for; what GitHub answers is kept in /data.
COPY package.json LICENSE app.yml ./
RUN ln -s /data/.env .env
COPY migrations migrations
COPY rules/recommended rules/recommended
COPY --from=build /app/native/addon native/addon
COPY --from=build /app/dist dist

ENV NODE_ENV=production DATA_DIR=/data PORT=3000
VOLUME /data
EXPOSE 3000
USER node
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/src/cli/main.js"]
CMD ["serve"]
