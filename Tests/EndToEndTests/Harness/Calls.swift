// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import RPC

extension RunningWaymark {
  /// Calls a public method as Connect JSON through the gateway.
  func call(_ method: String, _ request: String = "{}") async throws -> Answer {
    try await curl("-X", "POST", "-H", "content-type: application/json", "-d", request, "\(base)/\(method)")
  }

  /// The id of a demonstration project whose title or aim has these words.
  func projectID(_ words: String) async throws -> String {
    let answer = try await call("waymark.projects.v1.ProjectService/ListProjects", "{\"query\": \"\(words)\"}")
    let projects = try answer.json()["projects"] as? [[String: Any]]
    return projects?.first?["id"] as? String ?? ""
  }

  /// The page of a project as JSON.
  func page(of project: String) async throws -> Answer {
    try await call("waymark.gateway.v1.ProjectPageService/GetProjectPage", "{\"projectId\": \"\(project)\"}")
  }

  /// The services that a page as JSON says are missing from it.
  func missingServices(in answer: Answer) throws -> Set<String> {
    let page = try answer.json()["page"] as? [String: Any]
    let missing = page?["missing"] as? [[String: Any]] ?? []
    return Set(missing.compactMap { $0["service"] as? String })
  }

  /// Runs `body` with a client of the service, and closes it.
  func withClient<R>(of service: String, _ body: (RPCClient) async throws -> R) async throws -> R {
    let client = RPCClient(target: try child(service).address)
    do {
      let result = try await body(client)
      await client.close()
      return result
    } catch {
      await client.close()
      throw error
    }
  }
}
