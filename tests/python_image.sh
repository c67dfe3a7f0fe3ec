#!/usr/bin/env bash
# Makes a stand-in for the image python:3.11-slim from the packages of Debian 12, for an engine that reaches no registry.
# As root on Debian 12, with mmdebstrap: tests/python_image.sh docker|podman
set -euo pipefail
engine=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

root=$folder/root
authorities=/etc/ssl/certs/ca-certificates.crt
packages=python3,python3-venv,python3-pip,ca-certificates
mmdebstrap --quiet --variant=minbase --include="$packages" bookworm "$root" /etc/apt/sources.list.d/debian.sources
ln -s python3 "$root/usr/bin/python"
rm "$root"/usr/lib/python3*/EXTERNALLY-MANAGED
cp "$authorities" "$root$authorities" # pip in a container trusts whom this machine trusts, and asks the same index
index=$(pip config get global.index-url 2>/dev/null || true)
printf '[global]\ncert = %s\n%s\n' "$authorities" "${index:+index-url = $index}" >"$root/etc/pip.conf"
tar -C "$root" -c . | "$engine" import - python:3.11-slim
