// SPDX-License-Identifier: Apache-2.0

/// What is known of a metric beside its label: its unit, its buckets and what it means.
struct MetricDefinition: Sendable, Hashable {
  var unit: String?
  var help: String
  /// Bounds of the buckets of what is a histogram.
  var buckets: [Double] = seconds

  /// gRPC's bounds for durations (gRFC A66), in seconds.
  static let seconds: [Double] = [
    0.00001, 0.00005, 0.0001, 0.0003, 0.0006, 0.0008, 0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.008, 0.01, 0.013,
    0.016, 0.02, 0.025, 0.03, 0.04, 0.05, 0.065, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 2, 5,
    10, 20, 50, 100,
  ]

  /// gRPC's bounds for sizes of messages (gRFC A66), in bytes.
  static let bytes: [Double] = [
    0, 1024, 2048, 4096, 16384, 65536, 262144, 1_048_576, 4_194_304, 16_777_216, 67_108_864, 268_435_456,
    1_073_741_824, 4_294_967_296,
  ]

  /// The metrics of calls, by the labels that `CallMetrics` gives them, and those of the gateway's pages.
  static let known: [String: MetricDefinition] = [
    "grpc.server.call.started": MetricDefinition(help: "Calls that began."),
    "grpc.server.call.duration": MetricDefinition(
      unit: "seconds", help: "From the header of a call's request to its status."),
    "grpc.server.call.rcvd_total_compressed_message_size": MetricDefinition(
      unit: "bytes", help: "Requests of a call together, compressed or not.", buckets: bytes),
    "grpc.server.call.sent_total_compressed_message_size": MetricDefinition(
      unit: "bytes", help: "Responses of a call together, compressed or not.", buckets: bytes),
    "grpc.client.call.duration": MetricDefinition(
      unit: "seconds", help: "From the start of a call to its status, with all attempts and the pauses between them."),
    "grpc.client.attempt.started": MetricDefinition(
      help: "Attempts that began on a connection; a call may take several, or none."),
    "grpc.client.attempt.duration": MetricDefinition(
      unit: "seconds", help: "From the start of one attempt to its status."),
    "grpc.client.attempt.rcvd_total_compressed_message_size": MetricDefinition(
      unit: "bytes", help: "Responses of an attempt together, compressed or not.", buckets: bytes),
    "grpc.client.attempt.sent_total_compressed_message_size": MetricDefinition(
      unit: "bytes", help: "Requests of an attempt together, compressed or not.", buckets: bytes),
    "http.server.request.duration": MetricDefinition(
      unit: "seconds", help: "From the head of a page's request to the page being there to be sent."),
  ]
}
