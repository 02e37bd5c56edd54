#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# DocC archives of the library modules, with the toolchain's own docc: no plugin, so nothing for users to fetch.
# The result is .build/docs/MODULE.doccarchive; each can be served by any web server, or read with `docc preview`.
set -euo pipefail
cd "$(dirname "$0")/.."

modules=(ProtobufC HTTP2 RPC Contracts SPC Charting Storage Identity ServiceRuntime)
graphs=.build/docs/symbol-graphs
docc=$(dirname "$(readlink -f "$(command -v swift)")")/docc
[ -x "$docc" ] || docc=$(command -v docc)

# A scratch path of its own: the symbol graph flags would rebuild the debug build, and be rebuilt by it.
for module in "${modules[@]}"; do
  rm -rf "${graphs:?}/$module"
  mkdir -p "$graphs/$module"
  Tools/step.sh "Symbols of $module" swift build --quiet --scratch-path .build/docs/scratch --target "$module" \
    -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc "$PWD/$graphs"
done

for module in "${modules[@]}"; do
  find "$graphs" -maxdepth 1 \( -name "$module.symbols.json" -o -name "$module@*.symbols.json" \) \
    -exec cp {} "$graphs/$module/" \;
  catalogue=$(find Sources -type d -name "$module.docc" -print -quit)
  # shellcheck disable=SC2086 # no catalogue means no argument
  "$docc" convert $catalogue --fallback-display-name "$module" --fallback-bundle-identifier "org.waymark.$module" \
    --additional-symbol-graph-dir "$graphs/$module" --output-path ".build/docs/$module.doccarchive"
  echo "==> .build/docs/$module.doccarchive"
done
