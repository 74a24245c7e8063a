package import ModelGraph
import TunerKit

/// The tensors of a tuner, asked of the tuner itself on modules that no model has.
///
/// It says what a name in an adapter's file means where there is no base model to ask.
struct TunerTensors {
  /// A tensor for each name, of the first kind of module that has it; its sizes mean nothing.
  private(set) var byName: [String: UpdateTensor] = [:]
  private let configuration: any TunerConfiguration

  /// - Throws: What the tuner throws for every kind of module.
  init(_ configuration: any TunerConfiguration) throws {
    self.configuration = configuration
    var failure: (any Error)?
    // Large enough for every rank that a module can have.
    for site in Self.sites(of: configuration, outputs: 9 << 17, inputs: 9 << 17, kernel: [3, 3]) {
      do {
        for tensor in try Self.tensors(of: configuration, at: site) where !tensor.isDerived {
          if byName[tensor.name] == nil { byName[tensor.name] = tensor }
        }
      } catch {
        failure = failure ?? error
      }
    }
    if byName.isEmpty, let failure { throw failure }
  }

  /// The bases that all modules share and a key gives, in the alphabetical order of their names.
  var bases: [UpdateTensor] { byName.values.filter(\.isKeyed).sorted { $0.name < $1.name } }

  /// The bases where they have those shapes, as for a module whose sizes are among the shapes' own.
  /// - Returns: Nil where there is no such module.
  func bases(shaped shapes: [String: [Int]]) -> [UpdateTensor]? {
    let sizes = Set(shapes.values.joined()).filter { $0 > 0 }.sorted(by: >)
    // Bases have few axes; a hostile file may have more.
    guard sizes.count <= 24 else { return nil }
    for outputs in sizes {
      for inputs in sizes {
        for site in Self.sites(of: configuration, outputs: outputs, inputs: inputs, kernel: [1, 1])
        {
          guard let tensors = try? Self.tensors(of: configuration, at: site) else { continue }
          let bases = tensors.keyed
          let found = Dictionary(bases.map { ($0.name, $0.shape) }) { first, _ in first }
          if found == shapes { return bases }
        }
      }
    }
    return nil
  }

  /// A module of each kind that the tuner updates, with a bias and without one.
  private static func sites(
    of configuration: some TunerConfiguration, outputs: Int, inputs: Int, kernel: [Int]
  ) -> [Site] {
    func kinds<Configuration: TunerConfiguration>(of _: Configuration) -> [Module.Kind] {
      Configuration.Method.supportedKinds
    }
    return [true, false].flatMap { hasBias in
      kinds(of: configuration).map { kind in
        Site(
          path: "module", kind: kind, outputs: outputs, inputs: inputs,
          kernel: kind == .conv2D ? kernel : [], hasBias: hasBias && kind != .embedding)
      }
    }
  }

  private static func tensors<Configuration: TunerConfiguration>(
    of configuration: Configuration, at site: Site
  ) throws -> [UpdateTensor] {
    try Configuration.Method(configuration, sites: [site]).tensors(at: site)
  }
}

extension [UpdateTensor] {
  /// The bases that all modules share and a key gives, in the order of the key's words.
  var keyed: [UpdateTensor] {
    filter(\.isKeyed).sorted {
      ($0.basis?.precedingWords ?? 0, $0.name) < ($1.basis?.precedingWords ?? 0, $1.name)
    }
  }
}

extension UpdateTensor {
  /// Whether all modules share it, and it follows from a key.
  var isKeyed: Bool {
    guard site == nil, !isTrained, case .basis = initial else { return false }
    return true
  }

  /// What it is drawn from, where a key gives it.
  package var basis: RandomBasis? {
    guard isKeyed, case .basis(let basis) = initial else { return nil }
    return basis
  }
}
