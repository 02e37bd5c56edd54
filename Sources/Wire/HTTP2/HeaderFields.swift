// SPDX-License-Identifier: Apache-2.0

import CNGHTTP2

/// A header or trailer section to send.
package struct HeaderFields: Sendable {
  private struct Field {
    let nameLength: Int
    let valueLength: Int
    let isSecret: Bool
  }

  /// The bytes of names and values, one behind the other.
  private var bytes: [UInt8] = []
  private var fields: [Field] = []

  /// No fields.
  package init() {}

  /// Room for this many bytes of names and values.
  package init(byteCapacity: Int, fieldCapacity: Int) {
    bytes.reserveCapacity(byteCapacity)
    fields.reserveCapacity(fieldCapacity)
  }

  package var isEmpty: Bool { fields.isEmpty }

  /// The most bytes that the section can take on the wire, as nghttp2 reckons before it compresses.
  package var blockBound: Int { 12 + bytes.count + 12 * fields.count }

  /// The largest ``blockBound`` of a section that is sent; nghttp2 refuses a larger one.
  package static let largestBlock = 64 << 10

  /// Adds a field.
  /// - Parameters:
  ///   - name: in lower case.
  ///   - isSecret: keeps the value out of the compression table: for credentials, and for values that never repeat.
  package mutating func add(_ name: String, _ value: String, isSecret: Bool = false) {
    let start = bytes.count
    bytes.append(contentsOf: name.utf8)
    let middle = bytes.count
    bytes.append(contentsOf: value.utf8)
    fields.append(Field(nameLength: middle - start, valueLength: bytes.count - middle, isSecret: isSecret))
  }

  /// Adds all fields of the other section behind these.
  package mutating func add(contentsOf other: HeaderFields) {
    bytes.append(contentsOf: other.bytes)
    fields.append(contentsOf: other.fields)
  }

  /// Calls the closure with the fields as nghttp2 wants them; it copies them when it gets them.
  func withFields<R>(_ body: (UnsafePointer<nghttp2_nv>?, Int) -> R) -> R {
    bytes.withUnsafeBufferPointer { bytes in
      withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: max(1, fields.count)) { list in
        // nghttp2 reads through these pointers only, though C does not say so.
        var next = UnsafeMutablePointer(mutating: bytes.baseAddress)
        for (index, field) in fields.enumerated() {
          let value = next.map { $0 + field.nameLength }
          let flags = field.isSecret ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE
          list.initializeElement(
            at: index,
            to: nghttp2_nv(
              name: next, value: value, namelen: field.nameLength, valuelen: field.valueLength,
              flags: UInt8(flags.rawValue)))
          next = value.map { $0 + field.valueLength }
        }
        return body(UnsafePointer(list.baseAddress), fields.count)
      }
    }
  }
}

/// A section that is sent again and again and lives as long as the process: nghttp2 need not copy it.
package struct StaticHeaderFields: @unchecked Sendable {  // Never written after `init`, never freed.
  let fields: UnsafePointer<nghttp2_nv>
  let count: Int

  /// Keeps the fields for the life of the process, so it is for constants only.
  package init(_ list: [(name: StaticString, value: StaticString)]) {
    let fields = UnsafeMutablePointer<nghttp2_nv>.allocate(capacity: list.count)
    for (index, field) in list.enumerated() {
      (fields + index).initialize(
        to: nghttp2_nv(
          name: UnsafeMutablePointer(mutating: field.name.utf8Start),
          value: UnsafeMutablePointer(mutating: field.value.utf8Start),
          namelen: field.name.utf8CodeUnitCount, valuelen: field.value.utf8CodeUnitCount,
          flags: UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)))
    }
    self.fields = UnsafePointer(fields)
    count = list.count
  }
}

/// What a section to send is made of.
package enum OutgoingFields: Sendable {
  case constant(StaticHeaderFields)
  case built(HeaderFields)

  func withFields<R>(_ body: (UnsafePointer<nghttp2_nv>?, Int) -> R) -> R {
    switch self {
    case .constant(let constant): body(constant.fields, constant.count)
    case .built(let fields): fields.withFields(body)
    }
  }
}
