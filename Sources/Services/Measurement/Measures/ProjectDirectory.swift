// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import ServiceRuntime

/// Asks the projects service about the project that a measure is to belong to.
struct ProjectDirectory: Sendable {
  private let client: ProjectsV1.ProjectServiceClient

  init(_ client: ProjectsV1.ProjectServiceClient) {
    self.client = client
  }

  /// The project with this id; nil when there is none.
  /// - Throws: ``RPCError`` `UNAVAILABLE` when the projects service cannot be asked or does not answer in time.
  func project(_ id: String, for context: ServerContext) async throws -> ProjectsV1.Project? {
    do {
      return try await client.getProject(ProjectsV1.GetProjectRequest(id: id), options: .within(context)).project
    } catch let error as RPCError {
      switch error.code {
      case .notFound, .invalidArgument:
        return nil
      case .cancelled:
        throw error
      default:
        throw RPCError.failure(
          .unavailable, reason: "PROJECTS_UNAVAILABLE",
          message: "The project could not be checked with the projects service (\(error.message)); try again later.")
      }
    }
  }
}
