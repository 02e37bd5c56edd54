// SPDX-License-Identifier: Apache-2.0

import Contracts
import Hummingbird
import RPC

/// The pages for people, as routes.
struct WebPages: Sendable {
  typealias Context = GatewayContext

  let backends: Backends
  let gathering: ProjectPageGathering
  let templates: Templates
  let settings: GatewaySettings

  /// Adds all pages to the router.
  func add(to router: Router<Context>) {
    let pages = router.group().add(middleware: SameOriginMiddleware(outside: settings.outside))
    pages.get("/", use: projectList)
    pages.get("/projects/new", use: newProject)
    pages.post("/projects", use: createProject)
    pages.get("/projects/:id", use: project)
    pages.get("/projects/:id/measures/new", use: newMeasure)
    pages.post("/projects/:id/measures", use: createMeasure)
    pages.get("/organisations/new", use: newOrganisation)
    pages.post("/organisations", use: createOrganisation)
    pages.get("/measures/:id", use: measure)
    pages.get("/measures/:id/import", use: importForm)
    pages.post("/measures/:id/import", use: importFile)
    pages.get("/api", use: interfaces)
    pages.get("/assets/:file", use: asset)
  }

  /// What a call for a page may take.
  var deadline: SharedDeadline { SharedDeadline(settings.pageTimeout) }

  func render(_ view: some PageView, status: HTTPResponse.Status = .ok) -> Response {
    .page(templates.render(view), status: status)
  }

  /// The id in the path of the page, as it stands there.
  ///
  /// Ids need no percent-encoding; what has some is no id.
  func id(_ context: Context) -> String {
    context.parameters.get("id") ?? ""
  }
}

// MARK: - Small pages

extension WebPages {
  @Sendable func asset(_ request: Request, _ context: Context) async throws -> Response {
    guard let asset = Asset.all.first(where: { $0.path == request.uri.path }) else { throw WebFailure.noSuchPage }
    var headers: HTTPFields = [
      .contentType: asset.contentType, .eTag: asset.entityTag, .cacheControl: "public, max-age=31536000, immutable",
    ]
    let known = (request.headers[.ifNoneMatch] ?? "").split(separator: ",").map { $0.drop { $0 == " " } }
    if known.contains(where: { $0 == asset.entityTag || $0 == "W/\(asset.entityTag)" || $0 == "*" }) {
      headers[.contentType] = nil
      return Response(status: .notModified, headers: headers)
    }
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: asset.content))
  }

  /// `/measures/{id}`: where the measure is shown.
  @Sendable func measure(_ request: Request, _ context: Context) async throws -> Response {
    let answer = try await backends.measures.getMeasure(.init(id: id(context)), options: deadline.options)
    let measure = answer.measure ?? .init()
    return .seeOther(Paths.measure(measure.id, of: measure.projectID))
  }

  @Sendable func interfaces(_ request: Request, _ context: Context) async throws -> Response {
    let methods = ContractRegistry.methods.values.map(\.descriptor).filter { $0.service.hasPrefix("waymark.") }
    let services = Dictionary(grouping: methods, by: \.service).sorted { $0.key < $1.key }
    let base = settings.outside.address(of: request.head, peer: context.peer).base
    return render(
      InterfacesView(
        services: services.map { service, methods in
          InterfacesView.Service(
            serviceName: service, serviceID: "service-" + service,
            methods: methods.sorted { $0.path < $1.path }.map {
              InterfacesView.Method(path: $0.path, isStreaming: $0.kind != .unary)
            })
        },
        example: """
          curl -H 'content-type: application/json' -d '{"query": "waits"}' \\
            \(base)/waymark.projects.v1.ProjectService/ListProjects
          """))
  }
}
