// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Gateway
import ServiceRuntime

/// The door of Waymark for everyone outside.
@main
struct Main: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway", abstract: "Waymark's web pages, JSON and gRPC, on one port.",
    version: ProgramVersion.number)

  @OptionGroup var options: ServiceOptions
  @OptionGroup var people: PeopleAddressOption
  @OptionGroup var projects: ProjectsAddressOption
  @OptionGroup var measurement: MeasurementAddressOption

  @Option(
    help: ArgumentHelp(
      "How long the parts of a page may take together, in milliseconds. [WAYMARK_GATEWAY_PAGE_TIMEOUT; default: 2000]",
      discussion: "What is later is shown as missing.", valueName: "ms"))
  var pageTimeout: String?

  @Option(
    help: ArgumentHelp(
      "The largest upload, in MiB. [WAYMARK_GATEWAY_LARGEST_UPLOAD; default: 64]", valueName: "MiB"))
  var largestUpload: String?

  @Option(
    help: ArgumentHelp(
      "PEM file with the certificate for the gateway's own port, and those between it and the root. [WAYMARK_PUBLIC_TLS_CERT; default: none]",
      discussion: "With it the port speaks HTTPS, and gRPC over TLS, instead of plaintext.", valueName: "file"))
  var publicTlsCert: String?

  @Option(
    help: ArgumentHelp(
      "PEM file with the key of that certificate. [WAYMARK_PUBLIC_TLS_KEY; default: none]", valueName: "file"))
  var publicTlsKey: String?

  @Option(
    help: ArgumentHelp(
      "The address at which people find the gateway, such as https://qi.example.org. [WAYMARK_GATEWAY_PUBLIC_URL; default: that of each request]",
      discussion: "For pages that name it, and for telling the gateway's own forms from those of other sites.",
      valueName: "url"))
  var publicUrl: String?

  @Option(
    help: ArgumentHelp(
      "Addresses and networks of proxies whose Forwarded and X-Forwarded-… are believed, behind commas, such as 127.0.0.1,10.0.0.0/8. [WAYMARK_GATEWAY_TRUSTED_PROXIES; default: none]",
      valueName: "networks"))
  var trustedProxies: String?

  func run() async throws {
    let (people, projects, measurement) = (people.address, projects.address, measurement.address)
    let (pageTimeout, largestUpload) = (pageTimeout, largestUpload)
    let (certificate, key) = (publicTlsCert, publicTlsKey)
    let (publicURL, trustedProxies) = (publicUrl, trustedProxies)
    await ServiceMain.run(GatewayService.name, options: options, defaultPort: 8080) { environment in
      let settings = environment.settings
      let backends = Backends(
        people: try settings.address(of: "people", flag: people),
        projects: try settings.address(of: "projects", flag: projects),
        measurement: try settings.address(of: "measurement", flag: measurement),
        configuration: Backends.configuration(
          environment.clientConfiguration, largestAnswer: environment.connections.largestAnswer))
      var gateway = GatewaySettings()
      gateway.pageTimeout = .milliseconds(
        try settings.integer("pageTimeout", flag: pageTimeout, range: 10...600_000, default: 2000))
      gateway.largestUpload =
        try settings.integer("largestUpload", flag: largestUpload, range: 1...4096, default: 64) * 1024 * 1024
      gateway.tls = try ServiceTLS.publicPort(settings, certificate: certificate, key: key)
      gateway.outside = OutsideView(
        publicURL: try settings.value("publicUrl", flag: publicURL, accepted: PublicURL.accepted) { PublicURL($0) },
        trustedProxies: try settings.value(
          "trustedProxies", flag: trustedProxies,
          accepted: "a list of addresses and networks such as 127.0.0.1, 10.0.0.0/8 or fd00::/8, behind commas"
        ) { TrustedProxies($0) })
      return try GatewayService(backends: backends, settings: gateway, environment: environment)
    }
  }
}
