// SPDX-License-Identifier: Apache-2.0

import Storage
import Testing

@Suite("Queries")
struct QueryTests {
  @Test("a query numbers the values of its conditions, and pages after a key")
  func query() throws {
    var query = Query("SELECT id FROM teams")
    #expect(query.sql.text == "SELECT id FROM teams")
    query.require("organisation_id = ?", .text("o"))
    query.requireAny("status", of: [.integer(1), .integer(2)])
    query.requireAny("kind", of: [])
    query.page(limit: 11, after: [.text("name"), .text("id")], by: ["name_key", "id"])
    #expect(
      query.sql.text == "SELECT id FROM teams WHERE (organisation_id = $1) AND (status IN ($2, $3)) "
        + "AND ((name_key, id) > ($4, $5)) ORDER BY name_key, id LIMIT 11")
    #expect(query.values == [.text("o"), .integer(1), .integer(2), .text("name"), .text("id")])
  }
}
