// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WaymarkMain

@Suite("Ready lines") struct ServiceAddressTests {
  @Test("a ready line gives the address", arguments: ["127.0.0.1:50051", "[::1]:1", "localhost:65535"])
  func reads(address: String) throws {
    let read = try #require(ServiceAddress(readyLine: "people ready: \(address)", of: .people))
    #expect(read.description == address)
  }

  @Test(
    "anything else is not a ready line",
    arguments: [
      "", "people ready:", "people ready: ", "people ready: 127.0.0.1", "people ready: 127.0.0.1:0",
      "people ready: 127.0.0.1:65536", "people ready: :80", "people ready: 127.0.0.1:x",
      "projects ready: 127.0.0.1:50052", " people ready: 127.0.0.1:50051",
    ])
  func refuses(line: String) {
    #expect(ServiceAddress(readyLine: line, of: .people) == nil)
  }

  @Test("a service starts after all that it calls")
  func order() {
    var started: Set<ServiceName> = []
    for service in ServiceName.allCases {
      #expect(started.isSuperset(of: service.peers))
      started.insert(service)
    }
  }
}
