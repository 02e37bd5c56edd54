// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Storage

@Suite("Addresses of PostgreSQL databases")
struct PostgresAddressTests {
  @Test(
    "what a URL names is shown without password and parameters",
    arguments: [
      ("postgres://ward:secret@db.example:6432/waymark", "postgres://ward@db.example:6432/waymark"),
      ("postgresql://ward:secret@db.example/waymark?sslmode=verify-full", "postgres://ward@db.example/waymark"),
      ("postgres://ward@a:1,b:2/waymark?password=secret", "postgres://ward@a:1,b:2/waymark"),
      ("postgres://a,b/waymark?port=7", "postgres://a:7,b:7/waymark"),
      ("postgres://[::1]:5/waymark", "postgres://[::1]:5/waymark"),
      ("postgres://%2Fvar%2Frun/waymark", "postgres:///var/run/waymark"),
      ("postgres:///waymark?hostaddr=127.0.0.1", "postgres://127.0.0.1/waymark"),
      ("postgres://", "postgres:///"),
      ("postgres://b%C3%A9:p%40ss%2Fsecret@h/d", "postgres://bé@h/d"),
    ])
  func shown(url: String, text: String) throws {
    let address = try PostgresAddress(url)
    #expect(address.description == text)
    var dumped = ""
    dump(address, to: &dumped)
    #expect(!"\(address) \(String(reflecting: address)) \(dumped)".contains("secret"))
  }

  @Test("all parameters of libpq are read")
  func parameters() throws {
    let address = try PostgresAddress(
      "postgres://u:p%20w@h:1/d?sslmode=verify-full&sslrootcert=/ca.pem&target_session_attrs=read-write&connect_timeout=3"
    )
    #expect(
      address.parameters == [
        "user": "u", "password": "p w", "host": "h", "port": "1", "dbname": "d", "sslmode": "verify-full",
        "sslrootcert": "/ca.pem", "target_session_attrs": "read-write", "connect_timeout": "3",
      ])
  }

  @Test(
    "a wrong URL is refused with what is wrong and never with the password",
    arguments: [
      ("postgres://u:secret@[::1/d", "IPv6"),
      ("postgres://u:secret@h:1/d?colour=secret", "parameter “colour”"),
      ("postgres://u:secret%zz@h/d", "percent"),
      ("postgres://u:secret@h/d?sslmode", "separator"),
      ("postgres://u:secret@h/d?a=b=secret", "separator"),
      ("postgres://u:secret%00@h/d", "%00"),
      ("postgres://u:secret@h/d\0", "U+0000"),
      ("http://u:secret@h/d", "not the URL of a PostgreSQL"),
      ("host=h password=secret", "not the URL of a PostgreSQL"),
    ])
  func refused(url: String, problem: String) {
    let error = refusal { _ = try PostgresAddress(url) }
    #expect(error?.kind == "location")
    #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
    #expect(error?.description.contains("secret") == false, "\(String(describing: error))")
  }
}

@Suite("The dialect of PostgreSQL")
struct PostgresDialectTests {
  @Test(
    "texts are sorted by their bytes, and blobs have another name, outside of quotes and comments",
    arguments: [
      ("CREATE TABLE a (b TEXT NOT NULL, c BLOB)", "CREATE TABLE a (b TEXT COLLATE \"C\" NOT NULL, c BYTEA)"),
      ("text TEXT NOT NULL, blob BLOB", "text TEXT COLLATE \"C\" NOT NULL, blob BYTEA"),
      ("a TEXT,b\tTEXT\n)", "a TEXT COLLATE \"C\",b\tTEXT COLLATE \"C\"\n)"),
      ("context TEXTS text_1 blobs _text é_blob", "context TEXTS text_1 blobs _text é_blob"),
      ("DEFAULT 'TEXT ''BLOB''', \"TEXT\" BLOB", "DEFAULT 'TEXT ''BLOB''', \"TEXT\" BYTEA"),
      ("a INTEGER, -- TEXT of it\n b TEXT", "a INTEGER, -- TEXT of it\n b TEXT COLLATE \"C\""),
      ("a TEXT COLLATE \"de\", b TEXT  collate x", "a TEXT COLLATE \"de\", b TEXT  collate x"),
      ("'open TEXT", "'open TEXT"),
      ("", ""),
    ])
  func translated(sql: String, expected: String) { #expect(PostgresDialect.translated(sql) == expected) }

  @Test("names are quoted with their quotes doubled")
  func quoted() {
    #expect(PostgresDialect.quoted("people") == "\"people\"")
    #expect(PostgresDialect.quoted("a\"b\"") == "\"a\"\"b\"\"\"")
  }
}
