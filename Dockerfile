# Contains the static binary of a release and CA certificates, and nothing else: no shell, no packages, no root user.
# There is no git in it, so --base and `ci` do not work; in GitHub Actions use the action.
#
# .ci/release/image.sh prepares the build context. Nothing is downloaded, so there is no base image to pin.
FROM scratch
ARG TARGETARCH
LABEL org.opencontainers.image.title="catalog-sync" \
      org.opencontainers.image.description="Keeps AWS Service Catalog portfolio shares and AWS Private Marketplace product lists in step with YAML in a Git repository" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
# rustls reads the system's CA certificates from here.
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY linux-${TARGETARCH}/catalog-sync /usr/local/bin/catalog-sync
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/catalog-sync"]
