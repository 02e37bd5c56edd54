// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import ServiceRuntime

/// A word of a search, with the organisations and teams that have it in their names.
struct SearchWord: Sendable, Hashable {
  var text: String
  /// Their ids, as stored.
  var organisations: [String] = []
  var teams: [String] = []
}

extension PeopleDirectory {
  /// The most words whose names are looked up, and the most names for each.
  static let mostWords = 10
  static let mostNames: Int32 = 1000
  /// How long a search waits for names; then it goes on without them.
  static let patience = Duration.milliseconds(800)

  /// The words of a search, each with the names that have it.
  ///
  /// - Returns: `isComplete` is false when there are more such names than are looked at, or `people` could not be asked:
  ///   titles and aims are searched all the same.
  func searchWords(_ query: String, context: ServerContext) async -> (words: [SearchWord], isComplete: Bool) {
    let texts = query.searchWords
    var words = texts.map { SearchWord(text: $0) }
    var isComplete = texts.count <= Self.mostWords
    await withTaskGroup(of: (Int, SearchWord, Bool).self) { group in
      for (index, text) in texts.prefix(Self.mostWords).enumerated() {
        group.addTask { await lookUp(text, index, context) }
      }
      for await (index, word, isWhole) in group {
        words[index] = word
        if !isWhole { isComplete = false }
      }
    }
    return (words, isComplete)
  }

  private func lookUp(_ text: String, _ index: Int, _ context: ServerContext) async -> (Int, SearchWord, Bool) {
    var word = SearchWord(text: text)
    do {
      async let organisations = organisations.listOrganisations(
        .init(pageSize: Self.mostNames, query: text), options: .within(context, limit: Self.patience))
      async let teams = teams.listTeams(
        .init(pageSize: Self.mostNames, query: text), options: .within(context, limit: Self.patience))
      let (owners, doers) = try await (organisations, teams)
      word.organisations = owners.organisations.map(\.id)
      word.teams = doers.teams.map(\.id)
      return (index, word, owners.nextPageToken.isEmpty && doers.nextPageToken.isEmpty)
    } catch {
      return (index, word, false)
    }
  }
}
