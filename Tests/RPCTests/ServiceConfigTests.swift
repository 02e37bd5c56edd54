// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RPC

/// The JSON form of a service config.
@Suite("A service config")
struct ServiceConfigTests {
  @Test("is read whole, and unknown fields are passed over")
  func whole() throws {
    let config = try ServiceConfig(
      json: """
        {"loadBalancingConfig": [{"weighted_target": {"a": 1}}, {"round_robin": {}}], "healthCheckConfig": {},
         "methodConfig": [
          {"name": [{"service": "a.B", "method": "C"}], "timeout": "1.5s", "waitForReady": true,
           "retryPolicy": {"maxAttempts": 9, "initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 2.5,
                           "retryableStatusCodes": ["UNAVAILABLE", 10, "aborted"]}},
          {"name": [{"service": "a.B"}, {}], "timeout": "0.000000001s"}],
         "retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1234}}
        """)
    #expect(config.loadBalancing == .roundRobin)
    #expect(config.retryThrottling == .init(maxTokens: 10, tokenRatio: 0.123))
    let exact = config.rule(for: MethodDescriptor(service: "a.B", method: "C", kind: .unary))
    #expect(exact?.timeout == .milliseconds(1500))
    #expect(exact?.waitForReady == true)
    #expect(
      exact?.retry
        == RetryPolicy(
          maxAttempts: 5, initialBackoff: .milliseconds(100), maxBackoff: .seconds(1), backoffMultiplier: 2.5,
          retryableStatusCodes: [.unavailable, .aborted]))
    for (service, method) in [("a.B", "D"), ("x.Y", "Z")] {
      let rule = config.rule(for: MethodDescriptor(service: service, method: method, kind: .unary))
      #expect(rule?.timeout == .nanoseconds(1))
      #expect(rule?.retry == nil)
    }
    #expect(try ServiceConfig(json: "{}") == ServiceConfig())
    #expect(try ServiceConfig(json: #"{"loadBalancingPolicy": "ROUND_ROBIN"}"#).loadBalancing == .roundRobin)
  }

  @Test(
    "names the field that is wrong",
    arguments: [
      ("", ""), ("[]", ""), ("{", ""), (#"{"methodConfig": 1}"#, "methodConfig"),
      (#"{"methodConfig": [{"name": [{"service": 7}]}]}"#, "methodConfig[0].name[0].service"),
      (#"{"methodConfig": [{"name": [{"method": "C"}]}]}"#, "methodConfig[0].name[0]"),
      (#"{"methodConfig": [{"name": [{}]}, {"name": [{"service": "a"}, {}]}]}"#, "methodConfig[1].name[1]"),
      (#"{"methodConfig": [{"timeout": "1"}]}"#, "methodConfig[0].timeout"),
      (#"{"methodConfig": [{"timeout": "-1s"}]}"#, "methodConfig[0].timeout"),
      (#"{"methodConfig": [{"timeout": "1.0000000001s"}]}"#, "methodConfig[0].timeout"),
      (#"{"methodConfig": [{"timeout": "99999999999999999999s"}]}"#, "methodConfig[0].timeout"),
      (#"{"methodConfig": [{"timeout": ".s"}]}"#, "methodConfig[0].timeout"),
      (#"{"methodConfig": [{"retryPolicy": {}}]}"#, "methodConfig[0].retryPolicy.maxAttempts"),
      (#"{"methodConfig": [{"retryPolicy": {"maxAttempts": 1}}]}"#, "methodConfig[0].retryPolicy.maxAttempts"),
      (
        #"{"methodConfig": [{"retryPolicy": {"maxAttempts": 2, "backoffMultiplier": 0}}]}"#,
        "methodConfig[0].retryPolicy.backoffMultiplier"
      ),
      (
        #"{"methodConfig": [{"retryPolicy": {"maxAttempts": 2, "backoffMultiplier": 1, "retryableStatusCodes": []}}]}"#,
        "methodConfig[0].retryPolicy.retryableStatusCodes"
      ),
      (
        #"{"methodConfig": [{"retryPolicy": {"maxAttempts": 2, "backoffMultiplier": 1, "retryableStatusCodes": ["OK"]}}]}"#,
        "methodConfig[0].retryPolicy.retryableStatusCodes[0]"
      ),
      (
        #"{"methodConfig": [{"retryPolicy": {"maxAttempts": 2, "backoffMultiplier": 1, "retryableStatusCodes": [14], "initialBackoff": "0s"}}]}"#,
        "methodConfig[0].retryPolicy.initialBackoff"
      ),
      (#"{"retryThrottling": {"maxTokens": 0, "tokenRatio": 1}}"#, "retryThrottling.maxTokens"),
      (#"{"retryThrottling": {"maxTokens": 1, "tokenRatio": 0.0001}}"#, "retryThrottling.tokenRatio"),
      (#"{"loadBalancingConfig": [{"xds": {}}]}"#, "loadBalancingConfig"),
      (#"{"loadBalancingPolicy": "xds"}"#, "loadBalancingPolicy"),
    ])
  func wrong(json: String, field: String) {
    let error = #expect(throws: ServiceConfigError.self) { try ServiceConfig(json: json) }
    #expect(error?.field == field)
  }
}
