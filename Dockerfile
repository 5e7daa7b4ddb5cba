# The static binary of a release and the certificates of authorities, and nothing else: no shell, no package, no user that
# is root. There is no git in it, so that --base and `ci` do not work there; in GitHub Actions the action is the way.
#
# .ci/release/image.sh lays out the folder that this is built from. Nothing is fetched, so there is no base image to pin.
FROM scratch
ARG TARGETARCH
LABEL org.opencontainers.image.title="catalog-sync" \
      org.opencontainers.image.description="Keeps AWS Service Catalog portfolio shares and AWS Private Marketplace product lists in step with YAML in a Git repository" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
# rustls reads the authorities of the system from here.
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY linux-${TARGETARCH}/catalog-sync /usr/local/bin/catalog-sync
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/catalog-sync"]
