# Images of the consumer, the jobs and the console: `--target consumer`, `--target jobs`, `--target console`. NODE_IMAGE
# is the base image of all, with the tag from versions.json; the compose file passes it.
ARG NODE_IMAGE

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY bench/package.json bench/
COPY charts-ts/package.json charts-ts/
COPY console/package.json console/
COPY consumer/package.json consumer/
COPY e2e/package.json e2e/
COPY embedded/package.json embedded/
COPY jobs/package.json jobs/
COPY runtime/package.json runtime/
COPY verify/package.json verify/
# No install scripts of packages: none is needed, because esbuild's binary is a package too.
RUN npm ci --ignore-scripts --include-workspace-root \
  --workspace runtime --workspace consumer --workspace jobs --workspace console
COPY runtime/src runtime/src
COPY consumer/src consumer/src
COPY jobs/src jobs/src
COPY console/src console/src
RUN npm run build --workspace consumer --workspace jobs --workspace console

FROM ${NODE_IMAGE} AS runtime
ENV NODE_ENV=production
WORKDIR /app
# Remove everything that could install or build: the bundles contain all they need.
RUN rm -rf /usr/local/lib/node_modules /opt/yarn* \
  /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg

FROM runtime AS consumer
# A new volume gets the owner of the folder that it is mounted on.
RUN mkdir /var/lib/cdc-events && chown node:node /var/lib/cdc-events
COPY --from=build /app/consumer/build/main.mjs consumer/build/
USER node
CMD ["node", "consumer/build/main.mjs"]

FROM runtime AS console
COPY --from=build /app/console/build console/build
USER node
CMD ["node", "console/build/main.mjs"]

FROM runtime AS jobs
# Readable for the user node, whatever the umask of the clone.
COPY --chown=node:node database database
COPY --from=build /app/jobs/build jobs/build
USER node
# The command must name one of the programs in jobs/build.
CMD ["ls", "jobs/build"]
