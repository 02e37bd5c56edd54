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

  @Test("no p value is 0: perfect orders have the share they are of all, and nothing is below what the order seen is")
  func smallProbabilities() throws {
    func line(_ count: Int, _ y: (Int) -> Double) throws -> Scatter {
      try Scatter((0..<count).map { .init(x: Double($0), y: y($0)) }, options: .init(showsPearson: true))
    }
    // 2/n! by 50 digits.
    for (count, p) in [(10, 5.5114638447971781305e-7), (50, 6.5758988332663161341e-65)] {
      for sign in [1.0, -1] {
        let rho = try #require(try line(count) { sign * Double($0 * $0) }.spearman)
        #expect(rho.coefficient == sign && abs(rho.pValue / p - 1) < 1e-12, "\(rho)")
        #expect(rho.distribution == .exactPermutations)
      }
    }
    // Groups of 5, 5 and 2 equal values on both axes: 5!·5!·2!/12! of the orders are perfect; turned they are others.
    let uneven = try Scatter((0..<12).map { .init(x: Double($0 / 5), y: Double($0 / 5)) })
    let unevenly = try #require(uneven.spearman).pValue
    #expect(abs(unevenly / 6.0125060125060125e-5 - 1) < 1e-12)
    // Groups of 6 and 6 are the same from either end: twice 6!·6!/12!.
    let even = try Scatter((0..<12).map { .init(x: Double($0 / 6), y: -Double($0 / 6)) })
    let evenly = try #require(even.spearman).pValue
    #expect(abs(evenly / 2.1645021645021645e-3 - 1) < 1e-12)
    // One exchange away from perfect: the t distribution would have it rarer than a single order can be.
    let near = try #require(try line(10) { $0 == 0 ? 1 : $0 == 1 ? 0 : Double($0) }.spearman)
    #expect(near.pValue * 3_628_800 > 1 - 1e-12 && near.pValue < 1e-5 && near.coefficient < 1)
    // Too small to be told from 0, and still not 0.
    for count in [200, 5000] {
      for y in [{ Double($0) }, { $0 == 0 ? 1.5 : Double($0) }] as [(Int) -> Double] {
        let scatter = try line(count, y)
        let p = try #require(scatter.spearman).pValue
        #expect(p >= .leastNormalMagnitude && p < 1e-200)
        let byLine = try #require(scatter.pearson).pValue
        #expect(byLine >= .leastNormalMagnitude)
      }
    }
    // Three points on a line: the last bit of r is what is known of it.
    let three = try #require(try line(3) { 0.1 * Double($0) }.pearson)
    #expect(three.pValue > 0 && three.pValue < 1e-7)
    #expect(StudentT.twoSided(.infinity, degreesOfFreedom: 3) > 0)
    let perfect = try line(50) { Double($0) }
    #expect(perfect.summary.contains("p below 0.001 exact, 50 pairs"))
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
