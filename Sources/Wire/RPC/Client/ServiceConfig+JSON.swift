// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A service config that cannot be used.
public struct ServiceConfigError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where it is wrong, such as `methodConfig[0].retryPolicy.maxAttempts`.
  public let field: String
  /// What is wrong, and what would be accepted.
  public let reason: String

  public var description: String { field.isEmpty ? "service config: \(reason)" : "service config: \(field) \(reason)" }
}

extension ServiceConfig {
  /// Reads gRPC's JSON form of a service config (`grpc/service_config`, gRFC A6).
  ///
  /// ```json
  /// {"loadBalancingConfig": [{"round_robin": {}}],
  ///  "methodConfig": [{
  ///    "name": [{"service": "waymark.projects.v1.ProjectService"}], "timeout": "2s", "waitForReady": true,
  ///    "retryPolicy": {"maxAttempts": 4, "initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 2,
  ///                    "retryableStatusCodes": ["UNAVAILABLE"]}}],
  ///  "retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1}}
  /// ```
  ///
  /// Fields that are not known are passed over, as gRPC asks. Of several load-balancing policies the first that is
  /// known counts.
  /// - Throws: ``ServiceConfigError`` naming the first field that is wrong.
  public init(json: String) throws(ServiceConfigError) {
    let document: Document
    do {
      document = try JSONDecoder().decode(Document.self, from: Data(json.utf8))
    } catch let error as DecodingError {
      throw ServiceConfigError(error)
    } catch {
      throw ServiceConfigError(field: "", reason: "is no JSON: \(error)")
    }
    self.init()
    loadBalancing = try document.balancing()
    var taken: Set<Name> = []
    for (index, method) in (document.methodConfig ?? []).enumerated() {
      let rule = try method.rule(at: "methodConfig[\(index)]")
      for (position, name) in rule.names.enumerated() where !taken.insert(name).inserted {
        throw ServiceConfigError(
          field: "methodConfig[\(index)].name[\(position)]", reason: "was given before; each name has one rule")
      }
      methods.append(rule)
    }
    retryThrottling = try document.retryThrottling?.limits()
  }
}

// MARK: The document

/// The JSON as it is written.
private struct Document: Decodable {
  struct Policy: Decodable {
    let names: [String]

    struct Key: CodingKey {
      let stringValue: String
      let intValue: Int? = nil
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      names = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue)
    }
  }

  struct MethodName: Decodable {
    let service: String?
    let method: String?
  }

  struct Method: Decodable {
    let name: [MethodName]?
    let timeout: String?
    let waitForReady: Bool?
    let retryPolicy: Retry?
  }

  struct Retry: Decodable {
    let maxAttempts: Int?
    let initialBackoff: String?
    let maxBackoff: String?
    let backoffMultiplier: Double?
    let retryableStatusCodes: [Status]?
  }

  /// A status by name or by number; both are allowed.
  struct Status: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        text = String(number)
      } else {
        text = try container.decode(String.self)
      }
    }
  }

  struct Throttling: Decodable {
    let maxTokens: Double?
    let tokenRatio: Double?
  }

  let loadBalancingConfig: [Policy]?
  let loadBalancingPolicy: String?
  let methodConfig: [Method]?
  let retryThrottling: Throttling?

  func balancing() throws(ServiceConfigError) -> ServiceConfig.LoadBalancing {
    if let policies = loadBalancingConfig {
      for policy in policies {
        if policy.names.count == 1, let known = ServiceConfig.LoadBalancing(rawValue: policy.names[0]) { return known }
      }
      throw ServiceConfigError(
        field: "loadBalancingConfig", reason: "names no policy that is known: pick_first or round_robin")
    }
    guard let name = loadBalancingPolicy else { return .pickFirst }
    guard let known = ServiceConfig.LoadBalancing(rawValue: name.lowercased()) else {
      throw ServiceConfigError(
        field: "loadBalancingPolicy", reason: "is \"\(name)\"; it has to be pick_first or round_robin")
    }
    return known
  }
}

extension Document.Method {
  func rule(at field: String) throws(ServiceConfigError) -> ServiceConfig.Method {
    var names: [ServiceConfig.Name] = []
    for (index, entry) in (name ?? []).enumerated() {
      let name = ServiceConfig.Name(service: entry.service ?? "", method: entry.method ?? "")
      guard !name.service.isEmpty || name.method.isEmpty else {
        throw ServiceConfigError(
          field: "\(field).name[\(index)]", reason: "names a method without its service")
      }
      names.append(name)
    }
    var rule = ServiceConfig.Method(names: names, waitForReady: waitForReady)
    if let timeout { rule.timeout = try duration(timeout, "\(field).timeout") }
    rule.retry = try retryPolicy?.policy(at: "\(field).retryPolicy")
    return rule
  }
}

extension Document.Retry {
  func policy(at field: String) throws(ServiceConfigError) -> RetryPolicy {
    guard let maxAttempts, maxAttempts >= 2 else {
      throw ServiceConfigError(field: "\(field).maxAttempts", reason: "has to be a whole number from 2 up")
    }
    guard let backoffMultiplier, backoffMultiplier > 0 else {
      throw ServiceConfigError(field: "\(field).backoffMultiplier", reason: "has to be more than 0")
    }
    guard let retryableStatusCodes, !retryableStatusCodes.isEmpty else {
      throw ServiceConfigError(field: "\(field).retryableStatusCodes", reason: "has to name at least one status")
    }
    var codes: Set<RPCError.Code> = []
    for (index, status) in retryableStatusCodes.enumerated() {
      let known = RPCError.Code.allCases.first {
        $0.name == status.text.uppercased() || String($0.rawValue) == status.text
      }
      guard let known else {
        throw ServiceConfigError(
          field: "\(field).retryableStatusCodes[\(index)]",
          reason: "is \"\(status.text)\"; it has to be the name or number of a status that means failure")
      }
      codes.insert(known)
    }
    return RetryPolicy(
      maxAttempts: maxAttempts, initialBackoff: try pause(initialBackoff, "\(field).initialBackoff"),
      maxBackoff: try pause(maxBackoff, "\(field).maxBackoff"), backoffMultiplier: backoffMultiplier,
      retryableStatusCodes: codes)
  }

  private func pause(_ text: String?, _ field: String) throws(ServiceConfigError) -> Duration {
    let pause = try duration(text ?? "", field)
    guard pause > .zero else { throw ServiceConfigError(field: field, reason: "has to be more than 0 s") }
    return pause
  }
}

extension Document.Throttling {
  func limits() throws(ServiceConfigError) -> ServiceConfig.RetryThrottling {
    guard let maxTokens, maxTokens > 0, maxTokens <= 1000 else {
      throw ServiceConfigError(field: "retryThrottling.maxTokens", reason: "has to be more than 0 and at most 1000")
    }
    // Three places behind the point count (gRFC A6).
    let ratio = ((tokenRatio ?? 0) * 1000).rounded(.down) / 1000
    guard ratio > 0, ratio.isFinite else {
      throw ServiceConfigError(field: "retryThrottling.tokenRatio", reason: "has to be at least 0.001")
    }
    return ServiceConfig.RetryThrottling(maxTokens: maxTokens, tokenRatio: ratio)
  }
}

/// Reads a duration in the JSON form of `google.protobuf.Duration`: seconds with up to nine places and an `s`.
private func duration(_ text: String, _ field: String) throws(ServiceConfigError) -> Duration {
  let wrong = ServiceConfigError(
    field: field, reason: "is \"\(text)\"; it has to be seconds with up to nine places and an s, such as 0.25s")
  guard text.hasSuffix("s") else { throw wrong }
  let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
  let isNumber = parts.allSatisfy {
    !$0.isEmpty && $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
  }
  // Some 10,000 years, as protobuf has it.
  guard isNumber, (1...2).contains(parts.count), let seconds = Int64(parts[0]), seconds <= 315_576_000_000 else {
    throw wrong
  }
  var duration = Duration.seconds(seconds)
  if parts.count == 2 {
    guard parts[1].count <= 9, let fraction = Int64(parts[1] + String(repeating: "0", count: 9 - parts[1].count)) else {
      throw wrong
    }
    duration += .nanoseconds(fraction)
  }
  return duration
}

extension ServiceConfigError {
  /// Names the field that JSON has a wrong type for.
  fileprivate init(_ error: DecodingError) {
    let context: DecodingError.Context
    switch error {
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found),
      .dataCorrupted(let found):
      context = found
    @unknown default:
      self.init(field: "", reason: "cannot be read: \(error)")
      return
    }
    var field = ""
    for key in context.codingPath {
      if let index = key.intValue {
        field += "[\(index)]"
      } else {
        field += field.isEmpty ? key.stringValue : "." + key.stringValue
      }
    }
    self.init(field: field, reason: field.isEmpty ? "is no JSON object" : "has the wrong type")
  }
}
