# SPDX-License-Identifier: Apache-2.0
#
# One image with all executables of Waymark. docker-compose.yml runs it four times.
#
#   SWIFT_IMAGE  image with the Swift toolchain that compiles
#   BASE_IMAGE   image that the result stands on
#   PREBUILT     folder in the build context with executables made by `make dist`; they are taken instead of compiling.
#                .dockerignore lets .prebuilt through: make dist DIST=.prebuilt
ARG SWIFT_IMAGE=swift:6.3-bookworm
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${SWIFT_IMAGE} AS build
ARG PREBUILT=
WORKDIR /src
COPY . .
RUN if [ -n "${PREBUILT}" ]; then \
      mkdir -p /dist && cp -a "${PREBUILT}/." /dist/; \
    else \
      apt-get update \
      && apt-get install -y --no-install-recommends \
           make pkg-config libnghttp2-dev libprotobuf-c-dev libsqlite3-dev libpq-dev zlib1g-dev \
      && make dist DIST=/dist; \
    fi

FROM ${BASE_IMAGE}
RUN libraries="libnghttp2-14 libprotobuf-c1 libsqlite3-0 libpq5 libstdc++6 zlib1g ca-certificates"; \
    dpkg -s ${libraries} > /dev/null 2>&1 \
    || { apt-get update && apt-get install -y --no-install-recommends ${libraries} \
         && rm -rf /var/lib/apt/lists/*; }
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/waymark --shell /usr/sbin/nologin waymark \
    && for folder in /var/lib/waymark /backups; do \
         mkdir -p "$folder" && chown waymark:waymark "$folder" && chmod 0700 "$folder"; \
       done
COPY --from=build /dist/bin/ /usr/local/bin/
USER 10001:10001
WORKDIR /var/lib/waymark
CMD ["waymark", "--help"]
