// SPDX-License-Identifier: Apache-2.0

import Tracing

/// Reads what tracing systems say from the metadata of a call.
struct MetadataExtractor: Extractor {
  /// All values of the name, which HTTP has one take for one value in pieces (RFC 9110, section 5.3).
  func extract(key: String, from metadata: Metadata) -> String? {
    let values = metadata.all(key)
    return values.count > 1 ? values.joined(separator: ",") : values.first
  }
}

/// Writes it there, over what the metadata had under the name.
struct MetadataInjector: Injector {
  func inject(_ value: String, forKey key: String, into metadata: inout Metadata) {
    metadata.removeAll(key)
    metadata.add(value, for: key)
  }
}
