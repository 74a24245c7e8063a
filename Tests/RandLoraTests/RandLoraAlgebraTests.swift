import PeftBasics
import PluginContract
import RandLora
import Testing
import TunerKit

@Suite("RandLora's algebra") struct RandLoraAlgebraTests {
  /// One site among others, which make the shared bases larger than it needs.
  struct Sizes: CustomTestStringConvertible {
    let outputs: Int
    let inputs: Int
    let r: Int
    var others: [(outputs: Int, inputs: Int)] = []
    var testDescription: String { "[\(outputs), \(inputs)] at r = \(r) beside \(others)" }
  }

  static let sizes = [
    Sizes(outputs: 6, inputs: 4, r: 2), Sizes(outputs: 4, inputs: 6, r: 2),
    Sizes(outputs: 4, inputs: 4, r: 2), Sizes(outputs: 5, inputs: 5, r: 3),
    Sizes(outputs: 7, inputs: 5, r: 4), Sizes(outputs: 3, inputs: 8, r: 2),
    Sizes(outputs: 3, inputs: 4, r: 100), Sizes(outputs: 1, inputs: 3, r: 2),
    Sizes(outputs: 4, inputs: 6, r: 1), Sizes(outputs: 3, inputs: 2, r: 2, others: [(9, 7)]),
    Sizes(outputs: 2, inputs: 5, r: 3, others: [(8, 3), (3, 11)]),
  ]

  private func tuner(_ sizes: Sizes) throws -> (RandLoraTuner, Site) {
    let site = Site(path: "a.b", kind: .linear, outputs: sizes.outputs, inputs: sizes.inputs)
    let others = sizes.others.enumerated().map { index, size in
      Site(path: "other.\(index)", kind: .linear, outputs: size.outputs, inputs: size.inputs)
    }
    let configuration = RandLoraConfig(r: sizes.r, randloraAlpha: 7)
    return (try RandLoraTuner(configuration, sites: [site] + others), site)
  }

  @Test("ΔW is PEFT's sum over rank and base, written as loops", arguments: sizes)
  func formula(sizes: Sizes) throws {
    let (tuner, site) = try tuner(sizes)
    let update = try tuner.update(of: site)
    let tensors = Dictionary(uniqueKeysWithValues: update.tensors.map { ($0.name, $0) })
    func numbers(_ name: String) throws -> Numbers {
      WeightUpdateEvaluator.trained.values(try #require(tensors[name]))
    }
    let (a, b) = (try numbers("randlora_A"), try numbers("randlora_B"))
    let (lambda, gamma) = (try numbers("randlora_lambda"), try numbers("randlora_gamma"))
    let d = min(sizes.outputs, sizes.inputs)
    let (r, n) = (sizes.r, (d + sizes.r - 1) / sizes.r)
    try #require(lambda.shape == [r, n] && gamma.shape == [n, d])

    let expected = Numbers(shape: [sizes.outputs, sizes.inputs]) { index in
      // Along the longer side, then along the shorter one.
      let long = sizes.outputs < sizes.inputs ? index[1] : index[0]
      let short = sizes.outputs < sizes.inputs ? index[0] : index[1]
      var sum = 0.0
      for m in 0..<(n * r) {
        // B's columns run base-slow, the scaled A's rows rank-slow: they do not pair up.
        sum +=
          b[long, m / r, m % r] * lambda[m / n, m % n] * a[m / n, 0, short] * gamma[m % n, short]
      }
      return sum * 7 / Double(r)
    }
    let ours = try WeightUpdateEvaluator.trained.value(of: update)
    #expect(ours.distance(to: expected) < 1e-12)
  }

  @Test("Bases are sized by the largest out and the largest in of all sites, each by itself")
  func basesOfAllSites() throws {
    let sites = [
      Site(path: "a", kind: .linear, outputs: 40, inputs: 16),
      Site(path: "b", kind: .conv1D, outputs: 16, inputs: 40),
    ]
    let tuner = try RandLoraTuner(RandLoraConfig(r: 6), sites: sites)
    let shapes = try sites.flatMap { try tuner.update(of: $0).tensors }
      .filter { $0.site == nil }.map(\.shape)
    #expect(shapes == [[40, 7, 6], [6, 1, 40], [40, 7, 6], [6, 1, 40]])
  }

  @Test("Bases are drawn one after the other from the key's stream")
  func streams() throws {
    func bases(_ configuration: RandLoraConfig) throws -> [String: RandomBasis] {
      let site = Site(path: "a", kind: .linear, outputs: 9, inputs: 4)
      let tensors = try RandLoraTuner(configuration, sites: [site]).update(of: site).tensors
      return Dictionary(
        uniqueKeysWithValues: tensors.compactMap { tensor in
          if case .basis(let basis) = tensor.initial { (tensor.name, basis) } else { nil }
        })
    }
    let dense = try bases(RandLoraConfig(r: 3, projectionPrngKey: 5))
    #expect(
      dense["randlora_A"]
        == RandomBasis(
          key: 5, precedingWords: 0, distribution: .kaimingUniform(fan: 4, blocks: 1)))
    #expect(
      dense["randlora_B"]
        == RandomBasis(
          key: 5, precedingWords: 12, distribution: .kaimingUniform(fan: 3, blocks: 2)))
    let sparse = try bases(RandLoraConfig(r: 3, sparse: true))
    #expect(sparse["randlora_A"]?.distribution == .ternary(sparsity: 3))
    // Where both are set, very sparse counts.
    let verySparse = try bases(RandLoraConfig(r: 3, sparse: true, verySparse: true))
    #expect(verySparse["randlora_B"]?.distribution == .ternary(sparsity: 2))
  }

  @Test("λ starts at zero and γ at 1/d, or λ at random and γ at 1/D", arguments: [true, false])
  func initialValues(initWeights: Bool) throws {
    for sizes in Self.sizes {
      let site = Site(path: "a", kind: .linear, outputs: sizes.outputs, inputs: sizes.inputs)
      let configuration = RandLoraConfig(r: sizes.r, initWeights: initWeights)
      let tensors = try RandLoraTuner(configuration, sites: [site]).update(of: site).tensors
      let (d, larger) = (min(site.outputs, site.inputs), max(site.outputs, site.inputs))
      let gamma = InitialValue.constant(1 / Double(initWeights ? d : larger))
      let lambda: InitialValue = initWeights ? .zeros : .normal(deviation: 1)
      #expect(tensors.first { $0.name == "randlora_gamma" }?.initial == gamma)
      #expect(tensors.first { $0.name == "randlora_lambda" }?.initial == lambda)
    }
  }

  @Test("Lower ranks train more, and the update can have full rank")
  func fullRank() throws {
    let site = Site(path: "a", kind: .linear, outputs: 64, inputs: 48)
    var previous = Int.max
    for r in [1, 2, 4, 8, 16] {
      let update = try RandLoraTuner(RandLoraConfig(r: r), sites: [site]).update(of: site)
      let count = try update.tensors.filter(\.isTrained).map { try $0.count() }.reduce(0, +)
      #expect(try update.rankBound() == 48)
      #expect(count == 48 / r * (r + 48))
      #expect(count < previous)
      previous = count
    }
  }

  @Test("Notes are given where a setting is unusual")
  func warnings() throws {
    func warnings(_ configuration: RandLoraConfig) throws -> [String] {
      let site = Site(path: "a", kind: .linear, outputs: 64, inputs: 64)
      return try RandLoraTuner(configuration, sites: [site]).warnings
    }
    #expect(try warnings(RandLoraConfig()) == [])
    #expect(try warnings(RandLoraConfig(r: 8, randloraAlpha: 160)) == [])
    for usual in [8.0, 16, 40, 160, 320] {
      #expect(try warnings(RandLoraConfig(r: 8, randloraAlpha: usual)) == [])
    }
    #expect(
      try warnings(RandLoraConfig(r: 8)) == [
        "randlora_alpha is 640, and usual are 8 to 160: r to 20 · r"
      ])
    #expect(
      try warnings(RandLoraConfig(r: 8, randloraAlpha: 2)) == [
        "randlora_alpha is 2, and usual are 8 to 160: r to 20 · r"
      ])
    let unsaved = try warnings(RandLoraConfig(saveProjection: false))
    #expect(
      unsaved == [
        "save_projection is false: the bases are drawn again from key 0, from which torch up to 2.11 "
          + "draws others than torch from 2.12 on"
      ])
  }

  @Test("A rank that is no field of a file is checked, too", arguments: [0, -1, .min])
  func badRank(r: Int) {
    let error = #expect(throws: ConfigurationErrors.self) { try RandLoraConfig(r: r).check() }
    #expect(
      error?.description == """
        r must be at least 1, not \(r)
          fix: choose a value for r that is at least 1
        """)
  }

  @Test("Bases beyond what can be counted are refused")
  func hugeBases() {
    let site = Site(path: "a", kind: .linear, outputs: 1 << 40, inputs: 1 << 40)
    #expect(throws: SizeOverflow.self) {
      try RandLoraTuner(RandLoraConfig(r: 1 << 20), sites: [site])
    }
  }
}
