// SPDX-License-Identifier: Apache-2.0

/// A hospital trust of the demonstration.
///
/// It is real, and so are its figures; its team is made up.
struct DemoHospital: Sendable {
  /// The trust's code of the Organisation Data Service.
  let code: String
  let name: String
  /// A name that nobody could take for that of a real team.
  let team: String

  /// Trusts that published figures for their major A&E departments for each of the 36 months.
  static let all: [DemoHospital] = [
    .init(code: "R1H", name: "Barts Health NHS Trust", team: "Team Kingfisher"),
    .init(code: "RAL", name: "Royal Free London NHS Foundation Trust", team: "Team Wagtail"),
    .init(code: "RCB", name: "York Teaching Hospital NHS Foundation Trust", team: "Team Lapwing"),
    .init(
      code: "RF4", name: "Barking, Havering and Redbridge University Hospitals NHS Trust", team: "Team Goldcrest"),
    .init(code: "RGT", name: "Cambridge University Hospitals NHS Foundation Trust", team: "Team Avocet"),
    .init(code: "RHM", name: "University Hospital Southampton NHS Foundation Trust", team: "Team Sandpiper"),
    .init(code: "RJ1", name: "Guy's and St Thomas' NHS Foundation Trust", team: "Team Swift"),
    .init(code: "RJE", name: "University Hospitals of North Midlands NHS Trust", team: "Team Nuthatch"),
    .init(code: "RJZ", name: "King's College Hospital NHS Foundation Trust", team: "Team Heron"),
    .init(code: "RKB", name: "University Hospitals Coventry and Warwickshire NHS Trust", team: "Team Linnet"),
    .init(code: "RL4", name: "The Royal Wolverhampton NHS Trust", team: "Team Redstart"),
    .init(code: "RM1", name: "Norfolk and Norwich University Hospitals NHS Foundation Trust", team: "Team Bittern"),
    .init(code: "RNA", name: "The Dudley Group NHS Foundation Trust", team: "Team Siskin"),
    .init(code: "RR8", name: "Leeds Teaching Hospitals NHS Trust", team: "Team Dipper"),
    .init(code: "RRK", name: "University Hospitals Birmingham NHS Foundation Trust", team: "Team Woodlark"),
    .init(code: "RTD", name: "The Newcastle upon Tyne Hospitals NHS Foundation Trust", team: "Team Kittiwake"),
    .init(code: "RTH", name: "Oxford University Hospitals NHS Foundation Trust", team: "Team Skylark"),
    .init(code: "RVJ", name: "North Bristol NHS Trust", team: "Team Stonechat"),
    .init(code: "RWA", name: "Hull University Teaching Hospitals NHS Trust", team: "Team Turnstone"),
    .init(code: "RWE", name: "University Hospitals of Leicester NHS Trust", team: "Team Fieldfare"),
    .init(code: "RX1", name: "Nottingham University Hospitals NHS Trust", team: "Team Treecreeper"),
    .init(code: "RXN", name: "Lancashire Teaching Hospitals NHS Foundation Trust", team: "Team Curlew"),
    .init(code: "RXR", name: "East Lancashire Hospitals NHS Trust", team: "Team Wheatear"),
    .init(code: "RXW", name: "The Shrewsbury and Telford Hospital NHS Trust", team: "Team Whinchat"),
    .init(code: "RYJ", name: "Imperial College Healthcare NHS Trust", team: "Team Greenfinch"),
  ]
}
