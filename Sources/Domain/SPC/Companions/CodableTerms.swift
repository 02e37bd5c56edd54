// SPDX-License-Identifier: Apache-2.0

// The terms that results are told in, by their raw values.
extension Direction: Codable {}
extension Meaning: Codable {}
extension Side: Codable {}
