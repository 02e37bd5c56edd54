// SPDX-License-Identifier: Apache-2.0

public import RPC
import ServiceRuntime

extension RPCServer {
  /// A server of the test service, of health and of reflection, not yet listening.
  public static func interoperability(configuration: Configuration = Configuration()) -> RPCServer {
    var router = RPCRouter()
    router.register(TestHandler(serverID: "\(UInt64.random(in: 1...UInt64.max))"))
    let services = router.services
    router.register(HealthService(services: services))
    router.register(ReflectionService(services: services + ["grpc.health.v1.Health"], files: BenchRegistry.files))
    var configuration = configuration
    configuration.interceptors.append(MetadataEcho())
    // With room for the rest of the message around the payload.
    configuration.maximumSendSize = TestHandler.largestPayload + 1024
    return RPCServer(router: router, configuration: configuration)
  }
}
