#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes certificates for one run of the tests in the folder given: two authorities, and what they vouch for.
set -eu
cd "$1"

key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1-key.pem" 2>/dev/null; }

authority() {
  key "$1"
  openssl req -x509 -new -key "$1-key.pem" -subj "/CN=$1" -days 2 -out "$1.pem" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
}

# certificate NAME AUTHORITY NAMES FIRST-DAY LAST-DAY
certificate() {
  key "$1"
  openssl req -new -key "$1-key.pem" -subj "/CN=$1" -out "$1.csr"
  mkdir -p "db-$1"
  : >"db-$1/index"
  echo 01 >"db-$1/serial"
  cat >"db-$1/config" <<CONFIG
[ca]
default_ca = it
[it]
dir = db-$1
database = db-$1/index
serial = db-$1/serial
new_certs_dir = db-$1
default_md = sha256
policy = any
x509_extensions = more
[any]
commonName = supplied
[more]
subjectAltName = $3
extendedKeyUsage = serverAuth,clientAuth
CONFIG
  openssl ca -batch -notext -config "db-$1/config" -cert "$2.pem" -keyfile "$2-key.pem" -in "$1.csr" -out "$1.pem" \
    -startdate "$4" -enddate "$5" 2>/dev/null
}

now=$(date -u -d yesterday +%Y%m%d%H%M%SZ)
later=$(date -u -d tomorrow +%Y%m%d%H%M%SZ)
here=DNS:localhost,IP:127.0.0.1
authority ca
authority stranger
certificate server ca "$here,DNS:echo" "$now" "$later"
certificate named ca DNS:echo "$now" "$later"
certificate renewed ca DNS:renewed "$now" "$later"
certificate client ca DNS:ward,URI:spiffe://waymark/ward "$now" "$later"
certificate foreign stranger "$here,URI:spiffe://waymark/ward" "$now" "$later"
certificate elsewhere ca DNS:elsewhere.example "$now" "$later"
certificate expired ca "$here" 20240101000000Z 20240102000000Z
