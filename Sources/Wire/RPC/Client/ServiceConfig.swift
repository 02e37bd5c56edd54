// SPDX-License-Identifier: Apache-2.0

/// How a client treats the services of its server, method by method: gRPC's service config.
///
/// ```swift
/// var configuration = RPCClient.Configuration()
/// configuration.serviceConfig = ServiceConfig(
///   methods: [.init(names: [.init(service: "waymark.projects.v1.ProjectService")], retry: RetryPolicy())],
///   loadBalancing: .roundRobin)
/// ```
public struct ServiceConfig: Sendable, Hashable {
  /// How the addresses of the server are used.
  public enum LoadBalancing: String, Sendable, Hashable {
    /// One connection, to the first address that can be reached.
    case pickFirst = "pick_first"
    /// A connection to each address, and calls over them in turn.
    case roundRobin = "round_robin"
  }

  /// What a rule is for.
  public struct Name: Sendable, Hashable {
    /// The full name of the service; empty for all of them.
    public var service: String
    /// The method; empty for all of the service.
    public var method: String

    public init(service: String = "", method: String = "") {
      self.service = service
      self.method = method
    }
  }

  /// How calls of some methods are made.
  public struct Method: Sendable, Hashable {
    public var names: [Name]
    /// How long a call may take; the call's own time-out counts if it is shorter.
    public var timeout: Duration?
    /// Whether calls wait while the server cannot be reached, unless they say so themselves.
    public var waitForReady: Bool?
    /// When calls are made again.
    public var retry: RetryPolicy?

    public init(names: [Name], timeout: Duration? = nil, waitForReady: Bool? = nil, retry: RetryPolicy? = nil) {
      self.names = names
      self.timeout = timeout
      self.waitForReady = waitForReady
      self.retry = retry
    }
  }

  /// When repetitions stop because too much fails: each failure takes a token, each success gives back a part of one,
  /// and there are repetitions while more than half of the tokens are left.
  public struct RetryThrottling: Sendable, Hashable {
    /// More than 0, at most 1000.
    public var maxTokens: Double
    /// More than 0.
    public var tokenRatio: Double

    public init(maxTokens: Double = 100, tokenRatio: Double = 0.1) {
      precondition(maxTokens > 0 && maxTokens <= 1000 && tokenRatio > 0, "tokens are more than 0 and at most 1000")
      self.maxTokens = maxTokens
      self.tokenRatio = tokenRatio
    }
  }

  public var methods: [Method]
  public var loadBalancing: LoadBalancing
  public var retryThrottling: RetryThrottling?

  public init(
    methods: [Method] = [], loadBalancing: LoadBalancing = .pickFirst, retryThrottling: RetryThrottling? = nil
  ) {
    self.methods = methods
    self.loadBalancing = loadBalancing
    self.retryThrottling = retryThrottling
  }

  /// The rule for a method: the one that names it, else that of its service, else that of all.
  func rule(for method: MethodDescriptor) -> Method? {
    if methods.isEmpty { return nil }
    for name in [
      Name(service: method.service, method: method.method), Name(service: method.service), Name(),
    ] {
      if let rule = methods.first(where: { $0.names.contains(name) }) { return rule }
    }
    return nil
  }
}
