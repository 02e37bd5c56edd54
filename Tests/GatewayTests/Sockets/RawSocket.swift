// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix

@testable import Gateway

/// A client of bytes: it says exactly what a test wants said.
enum RawSocket {
  /// One answer as it came.
  struct Answer: Sendable, CustomStringConvertible {
    let status: Int
    let headers: [String: String]
    let body: String
    var description: String { "\(status) \(headers) \(body.prefix(200))" }
  }

  /// Sends the text and gives back all that came until the gateway closed the connection.
  ///
  /// The last request should ask for that, or be one behind which the gateway closes.
  static func send(_ text: String, to port: Int) async throws -> String {
    try await GatewayServerTests.send([text.replacingLineEnds], to: port)
  }

  /// The answers to requests on one connection, the interim ones too.
  ///
  /// - Parameter heads: which of the answers have no body, being to HEAD, counted without the interim ones.
  static func answers(to text: String, from port: Int, heads: Set<Int> = []) async throws -> [Answer] {
    parse(try await send(text, to: port), heads: heads)
  }

  /// Reads answers one after another, as RFC 9112 frames them; what is left over is an answer of status 0.
  static func parse(_ text: String, heads: Set<Int> = []) -> [Answer] {
    var rest = Array(text.utf8)[...]
    var answers: [Answer] = []
    var final = 0
    while !rest.isEmpty {
      guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { break }
      let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
      rest = rest[end.upperBound...]
      let words = lines[0].split(separator: " ")
      guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { break }
      var headers: [String: String] = [:]
      for line in lines.dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
      }
      var body: [UInt8] = []
      let isBodiless = status < 200 || status == 204 || status == 304 || heads.contains(final)
      if status >= 200 { final += 1 }
      if !isBodiless {
        if headers["transfer-encoding"] == "chunked" {
          while let line = rest.firstRange(of: Array("\r\n".utf8)) {
            let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16) ?? 0
            body += rest[line.upperBound...].prefix(size)
            rest = rest[line.upperBound...].dropFirst(size + 2)
            if size == 0 { break }
          }
        } else if let length = headers["content-length"].flatMap(Int.init) {
          body = Array(rest.prefix(length))
          rest = rest.dropFirst(length)
        } else {
          body = Array(rest)
          rest = []
        }
      }
      answers.append(Answer(status: status, headers: headers, body: String(decoding: body, as: UTF8.self)))
    }
    if !rest.isEmpty { answers.append(Answer(status: 0, headers: [:], body: String(decoding: rest, as: UTF8.self))) }
    return answers
  }
}

extension String {
  /// With the line ends of HTTP instead of those of Swift's sources.
  fileprivate var replacingLineEnds: String {
    replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(of: "\n", with: "\r\n")
  }
}

/// Runs a program of somebody else to its end.
enum ForeignProgram {
  struct Finished: Sendable, CustomStringConvertible {
    let status: Int32
    let output: String
    var description: String { "status \(status): \(output)" }
  }

  /// The folder of the scripts.
  static let scripts = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Foreign")

  static func run(_ program: String, _ arguments: [String], input: [UInt8] = []) async throws -> Finished {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let (output, standardInput) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = output
    process.standardInput = input.isEmpty ? FileHandle.nullDevice : standardInput
    return try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        do {
          try process.run()
          if !input.isEmpty {
            try standardInput.fileHandleForWriting.write(contentsOf: input)
            try standardInput.fileHandleForWriting.close()
          }
          let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
          process.waitUntilExit()
          continuation.resume(returning: Finished(status: process.terminationStatus, output: text))
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }

  static func curl(_ arguments: String...) async throws -> Finished {
    try await run("/usr/bin/curl", ["-sS", "--max-time", "20"] + arguments)
  }
}
