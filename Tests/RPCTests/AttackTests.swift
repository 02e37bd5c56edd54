// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import RPC
import Testing

/// Clients that mean harm, while another is served.
///
/// Each prints its line of the table in docs/conformance.md.
@Suite("An attack", .enabled(if: ForeignTools.isAvailable, "WAYMARK_TEST_PYTHON is not set"), .serialized)
struct AttackTests {
  @Test(
    "gets the right reply, holds up nobody and costs little memory",
    arguments: [
      "rapid_reset", "rapid_reset_of_running_calls", "made_you_reset_by_an_empty_window_update",
      "made_you_reset_by_a_window_overflow", "made_you_reset_by_data_after_the_end",
      "made_you_reset_by_a_second_header", "made_you_reset_by_a_priority_of_wrong_length",
      "made_you_reset_by_a_priority_on_itself", "made_you_reset_by_a_malformed_header", "continuation_flood",
      "empty_continuation_flood", "settings_flood", "ping_flood", "priority_flood", "empty_data_flood",
      "padding_flood", "window_update_flood", "unknown_frame_flood", "stream_flood",
      "stream_flood_before_the_settings_are_agreed", "hpack_bomb", "header_list_of_1_mb", "header_list_of_80_kib",
      "slow_preface", "no_settings", "slow_headers", "slow_header_bytes", "slow_body",
      "closed_window_for_large_responses", "closed_window_for_streams", "unread_socket", "unfinished_messages",
      "message_of_4_gib", "truncated_frames", "truncated_messages", "unknown_message_flags", "unknown_frame_flags",
      "wrong_content_types", "wrong_methods", "two_messages_or_none", "garbage_in_timeouts",
      "garbage_in_binary_metadata", "garbage_in_paths", "garbage_in_percent_encoding", "decompression_bomb",
      "damaged_compression",
    ])
  func attack(_ name: String) async throws {
    var configuration = RPCServer.Configuration(eventLoops: 1, gracePeriod: .seconds(1))
    // The same limits as by default, in less time.
    configuration.connections.handshakeTimeout = .seconds(2)
    configuration.connections.headerTimeout = .seconds(2)
    configuration.connections.requestTimeout = .seconds(2)
    configuration.connections.stallTimeout = .seconds(2)
    let large = ByteBuffer(repeating: 7, count: 1 << 20)
    let fallback: RPCRouter.Fallback = { path, _, _ in
      guard path == "/waymark.test.v1.Large/Get" else {
        throw RPCError(code: .unimplemented, message: "there is no method \(path)")
      }
      return large
    }
    try await withServer(configuration: configuration, fallback: fallback) { _, target in
      let script = ForeignTools.scripts.appending(path: "attacks.py").path
      let pid = "\(ProcessInfo.processInfo.processIdentifier)"
      let output = try await ForeignTools.run(ForeignTools.python, [script, target, pid, name])
      print(output.text, terminator: "")
      #expect(output.status == 0, "\(output.text)")
    }
  }
}
