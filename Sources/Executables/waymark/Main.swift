// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ServiceRuntime

/// The command line of Waymark.
@main
struct WaymarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "waymark",
    abstract: "Runs and looks after Waymark, the platform for quality improvement.",
    discussion: """
      To look at Waymark with demonstration data: waymark up --demo
      To make a chart of a file: waymark chart FILE.csv
      """,
    version: ProgramVersion.number,
    subcommands: [
      UpCommand.self, ChartCommand.self, ExplainCommand.self, RulesCommand.self, ConformanceCommand.self,
      DemoCommand.self, BackupCommand.self, RestoreCommand.self, MigrateCommand.self, MigrateStoreCommand.self,
      AuditCommand.self, HealthCommand.self, CertsCommand.self,
    ])
}
