// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SPC

@Suite("histograms and scatter plots")
struct DistributionTests {
  @Test("bins hold every value once, and have round edges")
  func bins() throws {
    var random = Seeded(state: 3)
    for count in [1, 2, 10, 500] {
      let values = (0..<count).map { _ -> Double? in Double.random(in: -50...150, using: &random) }
      for binning in [Histogram.Binning.freedmanDiaconis, .atMost(7), .width(12.5)] {
        let histogram = try Histogram(values + [nil], options: .init(binning: binning))
        #expect(histogram.bins.reduce(0) { $0 + $1.count } == count && histogram.count == count)
        #expect(histogram.missing == 1)
        #expect(zip(histogram.bins, histogram.bins.dropFirst()).allSatisfy { $0.upper == $1.lower })
        if case .atMost(let most) = binning { #expect(histogram.bins.count <= most) }
        let known = values.compactMap(\.self)
        #expect(histogram.minimum == known.min() && histogram.maximum == known.max())
      }
    }
    let plain = try Histogram([2, 4, 4, 4, 5, 5, 7, 9])
    #expect(plain.mean == 5 && plain.median == 4.5)
    #expect(plain.standardDeviation.map { abs($0 - (32.0 / 7).squareRoot()) < 1e-12 } == true)
    #expect(try Histogram([]).bins.isEmpty)
    #expect(throws: CompanionError.self) { try Histogram([1, .nan]) }
    #expect(throws: CompanionError.self) { try Histogram([1, 2], options: .init(binning: .width(0))) }
    #expect(throws: CompanionError.self) { try Histogram([1, 2], options: .init(binning: .atMost(0))) }
  }

  @Test("Spearman's rho of seven pairs has the p value that all 5,040 orders give")
  func spearman() throws {
    let pairs = zip([1, 2, 3, 4, 5, 6, 7], [2, 1, 4, 3, 7, 5, 6]).map { Scatter.Point(x: $0, y: $1) }
    let rho = try #require(try Scatter(pairs).spearman)
    #expect(abs(rho.coefficient - 0.8214285714285714) < 1e-12)
    #expect(abs(rho.pValue - 172.0 / 5040) < 1e-12)
  }

  @Test("rank correlation stays when values are stretched, and turns with their direction")
  func monotone() throws {
    var random = Seeded(state: 9)
    for count in [4, 9, 40] {
      let points = (0..<count).map { _ in
        Scatter.Point(
          x: Double.random(in: 0...9, using: &random), y: Double.random(in: 0...9, using: &random).rounded())
      }
      let rho = try Scatter(points).spearman?.coefficient
      let stretched = try Scatter(points.map { .init(x: $0.x.map { $0 * $0 * $0 }, y: $0.y) }).spearman?.coefficient
      let turned = try Scatter(points.map { .init(x: $0.x.map { -$0 }, y: $0.y) }).spearman?.coefficient
      LawTests.expectClose(rho, stretched)
      LawTests.expectClose(rho.map { -$0 }, turned)
    }
    #expect(try Scatter([]).spearman == nil)
    #expect(try Scatter([.init(x: 1, y: 2), .init(x: nil, y: 3)]).pairs == 1)
    #expect(throws: CompanionError.self) { try Scatter([.init(x: .infinity, y: 2)]) }
  }
}
