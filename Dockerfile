# One image for every role: CROSSFADE_ROLE=backend or gateway. Build: docker build -t crossfade .
# Run it with a read-only root: docker run --read-only --tmpfs /tmp -p 127.0.0.1:3000:3000 crossfade
ARG NODE_IMAGE=node:22.22.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts

FROM ${NODE_IMAGE} AS run
ENV NODE_ENV=production \
    PORT=3000
WORKDIR /app
# Owned by root, run by node: the process cannot change what it runs.
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
USER node
EXPOSE 3000
# SIGTERM drains; see CROSSFADE_GATEWAY_DRAIN_MS. Exec form, so that Node itself gets the signal.
STOPSIGNAL SIGTERM
# The process lives; what is ill beside it is no reason to kill it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "dist/service/health-check.js"]
CMD ["node", "dist/main.js"]
