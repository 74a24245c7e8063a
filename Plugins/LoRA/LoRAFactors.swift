import TunerKit

/// The two factors of one site's update, as matrices, and their initial values.
struct LoRAFactors {
  /// `[r, in]`
  let matrixA: WeightUpdate
  /// `[out, r]`
  let matrixB: WeightUpdate
  let scale: Double
  /// Their initial values, where those are subtracted from the weight.
  let start: (left: WeightUpdate, right: WeightUpdate)?

  init(_ site: Site, rank r: Int, scale: Double, start: LoraInitialization, hasBias: Bool) throws {
    self.scale = scale
    if site.kind == .embedding {
      (matrixA, matrixB) = Self.ofEmbedding(site, r, start)
      self.start = nil
      return
    }
    let starts = try Starts(site, r, scale, start)
    let isConvolution = site.kind == .conv2D
    let (names, startNames) = (LoRATuner.factorNames(of: site), LoRATuner.startNames)
    let shapeA = isConvolution ? [r] + site.inputShape : [r, site.inputs]
    let shapeB = isConvolution ? [site.outputs, r, 1, 1] : [site.outputs, r]
    // PEFT makes A and B as layers, which initialise themselves, and then initialises them again.
    let constructorDraws: [RandomDraw] =
      [.uniform([r, site.inputs]), .uniform([site.outputs, r])]
      + (hasBias ? [.uniform([site.outputs])] : [])
    let a = site.trained(
      names.a, shapeA, initially: starts.a,
      discarding: start == .random ? [] : constructorDraws)
    let b = site.trained(names.b, shapeB, initially: starts.b, role: .outputFactor)
    matrixA = isConvolution ? a.reshaped([r, site.inputs]) : a
    matrixB = isConvolution ? b.reshaped([site.outputs, r]) : b
    self.start = starts.derivations.map { derivation in
      (
        left: site.derived(startNames.b, [site.outputs, r], derivation(.left)),
        right: site.derived(startNames.a, [r, site.inputs], derivation(.right))
      )
    }
  }

  /// An embedding's factors, which are initialised the same way whatever `init_lora_weights` says.
  private static func ofEmbedding(
    _ site: Site, _ r: Int, _ start: LoraInitialization
  ) -> (a: WeightUpdate, b: WeightUpdate) {
    let isRandom = start == .random
    let names = LoRATuner.factorNames(of: site)
    let (shapeA, shapeB) = ([r, site.inputs], [site.outputs, r])
    let a = site.trained(
      names.a, shapeA, initially: isRandom ? .normal(deviation: 1) : .zeros)
    let b = site.trained(
      names.b, shapeB, initially: .normal(deviation: 1),
      discarding: isRandom ? [] : [.normal(shapeA), .normal(shapeB)])
    return (a.holding(column: site.padding), b)
  }
}

/// The initial values of `A` and `B`.
private struct Starts {
  let a: InitialValue
  let b: InitialValue
  /// The decomposition of the weight that they are initialised from; nil where there is none.
  let derivations: ((WeightDerivation.Side) -> WeightDerivation)?

  init(_ site: Site, _ r: Int, _ scale: Double, _ start: LoraInitialization) throws(LoRAError) {
    // Kaiming-uniform with a = √5, which comes to ±1/√in.
    let uniform = InitialValue.uniform(bound: 1 / Double(site.inputs).squareRoot())
    switch start {
    case .kaimingUniform:
      (a, b, derivations) = (uniform, .zeros, nil)
    case .gaussian:
      (a, b, derivations) = (.normal(deviation: 1 / Double(r)), .zeros, nil)
    case .random:
      (a, b, derivations) = (uniform, .uniform(bound: 1 / Double(r).squareRoot()), nil)
    case .orthogonal:
      guard r % 2 == 0 else { throw .oddRank(r, site: site.path) }
      guard site.kind != .conv2D else { throw .initializationOfConvolution(start, site: site.path) }
      a = .orthogonal(OrthogonalFactor(.right, rank: r))
      b = .orthogonal(OrthogonalFactor(.left, rank: r))
      derivations = nil
    case .pissa, .olora:
      guard site.kind != .conv2D else { throw .initializationOfConvolution(start, site: site.path) }
      let derivation: (WeightDerivation.Side) -> WeightDerivation = { side in
        start == .olora
          ? .orthonormal(side, rank: r) : .singular(side, rank: r, scale: scale)
      }
      (a, b, derivations) = (.derived(derivation(.right)), .derived(derivation(.left)), derivation)
    case .data:
      (a, b, derivations) = (.loaded, .loaded, nil)
    }
  }
}
