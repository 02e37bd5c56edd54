// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC

/// The gateway's own gRPC service.
struct ProjectPageHandler: GatewayV1.ProjectPageServiceProtocol {
  let gathering: ProjectPageGathering

  func getProjectPage(
    _ request: GatewayV1.GetProjectPageRequest, context: ServerContext
  ) async throws -> GatewayV1.GetProjectPageResponse {
    let page = try await gathering.page(
      of: request.projectID, render: request.render, left: context.deadline?.remaining)
    return GatewayV1.GetProjectPageResponse(page: page)
  }
}
