// SPDX-License-Identifier: Apache-2.0

import Contracts
import HTTP2
import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import RPC
import ServiceLifecycle
public import ServiceRuntime
import Synchronization

/// The door for everyone outside: web pages, Connect JSON and gRPC, on one port.
public struct GatewayServer: Sendable {
  private let backends: Backends
  private let settings: GatewaySettings
  private let logger: Logger
  private let health: HealthService
  private let events: EventForwarding
  private let pages: WebPages
  private let door: ConnectDoor
  private let rpcRouter: RPCRouter
  private let observers: GatewayObservers
  private let readiness: BackendReadiness
  private let draining: Draining

  /// - Parameters:
  ///   - observers: who is told of what is served.
  ///   - draining: says when the gateway is about to stop.
  /// - Throws: When a template cannot be read, which the tests rule out.
  public init(
    backends: Backends, settings: GatewaySettings = GatewaySettings(), logger: Logger = Logger(label: "gateway"),
    observers: GatewayObservers = GatewayObservers(), draining: Draining = Draining(time: .zero)
  ) throws {
    var settings = settings
    settings.outside.isSecure = settings.tls != nil
    self.draining = draining
    var backends = backends
    backends.logger = logger
    self.backends = backends
    self.settings = settings
    self.logger = logger
    self.observers = observers
    let gathering = ProjectPageGathering(backends: backends, limit: settings.pageTimeout)
    let handler = ProjectPageHandler(gathering: gathering)
    var dispatch = MethodDispatch(backends: backends)
    dispatch.serve(GatewayV1.ProjectPageServiceMethods.getProjectPage, handler.getProjectPage)
    self.events = EventForwarding(backends: backends)
    dispatch.serve(EventsV1.EventServiceMethods.listEvents, events.listEvents)
    dispatch.serve(EventsV1.EventServiceMethods.getAuditHead, events.getAuditHead)
    self.pages = WebPages(backends: backends, gathering: gathering, templates: try Templates(), settings: settings)
    self.door = ConnectDoor(
      dispatch: dispatch, defaultTimeout: settings.callTimeout, reporters: observers.reporters)
    let services = Set(ContractRegistry.methods.values.map(\.descriptor.service)).filter(dispatch.serves).sorted()
    self.health = HealthService(services: services)
    self.readiness = BackendReadiness(backends: backends, health: health, services: services)
    self.rpcRouter = Self.makeRPCRouter(handler, events, health, dispatch, services)
  }

  /// Serves until the surrounding service group shuts down.
  /// - Parameter onReady: Called once with the address that is listened on.
  public func run(
    host: String, port: Int, onReady: @escaping @Sendable (_ host: String, _ port: Int) async -> Void
  ) async throws {
    let responder = router().buildResponder()
    let bridge = HTTP2Bridge(responder: responder, logger: logger)
    var configuration = RPCServer.Configuration(logger: logger, plainHandler: { await bridge.respond(to: $0) })
    settings.connections.apply(to: &configuration)
    configuration.gracePeriod = settings.gracePeriod
    let outside = settings.outside
    if outside.trustedProxies != nil { configuration.caller = { outside.client(of: $0, peer: $1) } }
    // As over HTTP/1.1: cookies and tickets of a hospital's sign-on are larger than what a service needs.
    configuration.limits.headerListSize = HTTP1RequestDecoder.headerLimit
    configuration.reporters = observers.reporters
    configuration.interceptors = observers.interceptors
    let rpc = RPCServer(router: rpcRouter, configuration: configuration)
    if let introspection = observers.introspection {
      introspection.add(rpc)
      introspection.add(health)
      for client in backends.clients { introspection.add(client) }
    }
    let idleTimeout = TimeAmount(settings.idleTimeout)
    let open = OpenChannels()
    let arrivals = ListenerClosing.Arrivals()
    let tls = try settings.tls.map { try TLSPort($0, logger: logger) }
    let listener = Listener()
    let application = Application(
      responder: responder,
      server: HTTPServerBuilder { responder in
        GatewayChannel(
          tls: tls, http1: HTTP1Port(responder: responder, idleTimeout: idleTimeout, isSecure: tls != nil), rpc: rpc,
          detectionTimeout: idleTimeout, open: open, arrivals: arrivals)
      },
      configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
      onServerRunning: { channel in
        listener.channel.withLock { $0 = channel }
        // Fails only for a listener that is closed already.
        try? await channel.eventLoop.submit {
          try channel.pipeline.syncOperations.addHandler(ListenerClosing(arrivals: arrivals), position: .first)
        }.get()
        await onReady(host, channel.localAddress?.port ?? port)
      },
      logger: logger)
    draining.onBegin { [health] in health.beginDraining() }
    let following = Task { await readiness.run() }
    defer { following.cancel() }
    let last = Mutex<Task<Void, Never>?>(nil)
    defer { last.withLock { $0?.cancel() } }
    do {
      let serving = Serving(application, logger: logger)
      try await withGracefulShutdownHandler {
        try await serving.run()
      } onGracefulShutdown: {
        draining.begin()
        // First nobody is let in any more, then those who are here are told; Hummingbird's server ends when all have gone.
        // Its own way, which is the other way round, closes the connections that are accepted when nobody else is left,
        // with the requests on them.
        serving.expectEnd()
        Task {
          await listener.close()
          open.quiesce()
        }
        health.shutDown()
        events.shutDown()
        Task { await rpc.shutdownGracefully() }
        // Who neither sends the rest of a request nor takes an answer does not keep the gateway.
        let limit = settings.gracePeriod + .seconds(1)
        last.withLock { $0 = Task { if (try? await Task.sleep(for: limit)) != nil { open.close() } } }
      }
    } catch let error as IOError {
      throw ListenError(error, host: host, port: port)
    }
    // Its calls would keep the connections.
    following.cancel()
    await following.value
    await backends.close()
  }
}

// MARK: - What is served

extension GatewayServer {
  /// Pages and the JSON door.
  ///
  /// HTTP/1.1 and HTTP/2 both end here.
  private func router() -> Router<GatewayContext> {
    let router = Router(context: GatewayContext.self, options: .autoGenerateHeadEndpoints)
    if observers.isTracing { router.add(middleware: TracingMiddleware()) }
    router.add(middleware: DrainingAnswers(draining: draining))
    router.add(middleware: SecurityHeaders())
    router.add(middleware: Expectations())
    router.add(middleware: ConnectMiddleware(door: door, outside: settings.outside))
    if let metrics = observers.metrics { router.add(middleware: PageMetrics(factory: metrics)) }
    let allowed = AllowedMethods()
    router.add(middleware: FailurePages(templates: pages.templates))
    router.add(middleware: allowed)
    router.get("/healthz") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: "ok\n")))
    }
    router.get("/readyz") { [health] _, _ in
      let text = health.isServing ? "ok\n" : "not serving\(health.problem.map { ": \($0)" } ?? "")\n"
      return Response(
        status: health.isServing ? .ok : .serviceUnavailable,
        headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
    pages.add(to: router)
    allowed.learn(router.routes.map { ($0.path.description, $0.method) })
    return router
  }

  /// gRPC: the gateway's own services, and everything else passed on to the service that owns it.
  private static func makeRPCRouter(
    _ pages: ProjectPageHandler, _ events: EventForwarding, _ health: HealthService, _ dispatch: MethodDispatch,
    _ services: [String]
  ) -> RPCRouter {
    var router = RPCRouter()
    let backends = dispatch.backends
    router.register(pages)
    router.register(events)
    router.register(health)
    // Those public methods that stream, besides events. Messages are passed on one by one, at the pace of the slower side.
    router.register(clientStreaming: MeasurementV1.ObservationServiceMethods.importObservations) {
      (requests: RequestStream<MeasurementV1.ImportObservationsRequest>, context) in
      try await backends.shielded(backends.measurement) {
        try await backends.observations.importObservations(
          metadata: ConnectHeaders.metadata(from: context.metadata), options: CallOptions(deadline: context.deadline)
        ) { writer in
          for try await request in requests { try await writer.write(request) }
        }
      }
    }
    router.register(bidirectional: MeasurementV1.ObservationServiceMethods.loadObservations) {
      (
        requests: RequestStream<MeasurementV1.LoadObservationsRequest>,
        responses: RPC.ResponseWriter<MeasurementV1.LoadObservationsResponse>, context
      ) in
      try await backends.shielded(backends.measurement) {
        try await backends.observations.loadObservations(
          metadata: ConnectHeaders.metadata(from: context.metadata), options: CallOptions(deadline: context.deadline)
        ) { writer, answers in
          try await StreamForwarding.forward(requests, to: writer, answers, to: responses)
        }
      }
    }
    router.register(serverStreaming: MeasurementV1.ObservationServiceMethods.exportObservations) {
      (
        request: MeasurementV1.ExportObservationsRequest,
        responses: RPC.ResponseWriter<MeasurementV1.ExportObservationsResponse>, context
      ) in
      try await backends.shielded(backends.measurement) {
        try await backends.observations.exportObservations(
          request, metadata: ConnectHeaders.metadata(from: context.metadata),
          options: CallOptions(deadline: context.deadline)
        ) { answers in
          for try await answer in answers { try await responses.write(answer) }
        }
      }
    }
    router.registerFallback { path, request, context in
      let answer = try await dispatch.call(
        path, request, metadata: ConnectHeaders.metadata(from: context.metadata), deadline: context.deadline,
        peer: context.peer)
      context.addInitialMetadata(answer.initialMetadata)
      context.addTrailingMetadata(answer.trailingMetadata)
      return answer.message
    }
    router.register(ReflectionService(services: services + ["grpc.health.v1.Health"]))
    return router
  }
}

/// Leads calls of methods to the JSON door, before any page is looked for.
struct ConnectMiddleware: RouterMiddleware {
  let door: ConnectDoor
  let outside: OutsideView

  func handle(
    _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
  ) async throws -> Response {
    guard ConnectDoor.isMethod(request.uri.path) else { return try await next(request, context) }
    return await door.respond(
      to: request, peer: outside.address(of: request.head, peer: context.peer).client, isHTTP1: !context.isHTTP2)
  }
}
