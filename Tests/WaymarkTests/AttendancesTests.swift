// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WaymarkMain

@Suite("Demonstration data") struct AttendancesTests {
  @Test("every hospital of the demonstration has 36 whole months of type 1 figures")
  func complete() throws {
    let figures = Attendances.byCode()
    #expect(DemoHospital.all.count >= 20)
    for hospital in DemoHospital.all {
      let months = try #require(figures[hospital.code], "\(hospital.name)").months
      #expect(months.count == 36, "\(hospital.name)")
      #expect(Set(months.map(\.period)).count == 36, "\(hospital.name)")
      #expect(months.first?.period == "2016-04-01" && months.last?.period == "2019-03-01", "\(hospital.name)")
      #expect(
        months.allSatisfy { $0.breaches <= $0.attendances && $0.admissions <= $0.attendances && $0.attendances > 0 },
        "\(hospital.name)")
    }
  }

  @Test("codes, names and teams are all different")
  func distinct() {
    let all = DemoHospital.all
    #expect(Set(all.map(\.code)).count == all.count)
    #expect(Set(all.map(\.name)).count == all.count)
    #expect(Set(all.map(\.team)).count == all.count)
  }

  @Test("the baseline is the share of the first twelve months, weighted by attendances")
  func baseline() throws {
    // Computed from the file with another program.
    let figures = Attendances.byCode()
    let expected = ["R1H": 19.0, "RR8": 15.0, "RTD": 8.6, "RWE": 32.2]
    for (code, value) in expected {
      let baseline = try #require(figures[code]).baseline
      #expect(abs(baseline - value) <= 0.05, "\(code)")
    }
  }

  @Test("only type 1 departments count, and months come out in order of time")
  func parses() {
    let text = """
      period,org_code,type,attendances,breaches,admissions
      2016-05-01,ABC,1,200,20,40
      2016-04-01,ABC,1,100,30,10
      2016-04-01,ABC,other,900,0,0
      """
    let figures = Attendances.parse(Array(text.utf8))
    #expect(figures["ABC"]?.months.map(\.period) == ["2016-04-01", "2016-05-01"])
    #expect(figures["ABC"]?.baseline == 100 * 50.0 / 300)
  }
}
