// SPDX-License-Identifier: Apache-2.0

/// A service that can put its methods into a router.
///
/// Generated service protocols do this for their methods.
public protocol RegistrableService: Sendable {
  /// Registers each method of the service.
  func registerMethods(with router: inout RPCRouter)
}
