public import ModelGraph
import PeftBasics

/// One module whose weight a tuner updates.
///
/// A tuner sees every weight as a matrix `[outputs, inputs]`, however it is stored: Conv1D and
/// embedding tables are transposed, a convolution's input channels and kernel are one axis.
public struct Site: Hashable, Sendable {
  /// The module's dotted path, such as `model.layers.3.self_attn.q_proj`.
  public let path: String
  public let kind: Graph.Module.Kind
  /// Rows of the weight as a matrix; an embedding's vector size.
  public let outputs: Int
  /// Columns of the weight as a matrix; an embedding's number of vectors.
  public let inputs: Int
  /// Height and width of a convolution's kernel; empty for other kinds.
  public let kernel: [Int]
  /// The column of an embedding's padding token, which is not trained.
  public let padding: Int?
  /// Whether the module has a bias `[outputs]`.
  public let hasBias: Bool

  public init(
    path: String, kind: Graph.Module.Kind, outputs: Int, inputs: Int, kernel: [Int] = [],
    padding: Int? = nil, hasBias: Bool = false
  ) {
    self.path = path
    self.kind = kind
    self.outputs = outputs
    self.inputs = inputs
    self.kernel = kernel
    self.padding = padding
    self.hasBias = hasBias
  }

  /// The site of a module with a weight, as stored in a graph.
  /// - Returns: Nil where the module has no weight of a shape that its kind should have, or an empty
  ///   one.
  public init?(_ module: Graph.Module, in graph: Graph) {
    let parameters = graph.modules.ownParameters(of: module.path)
    guard let id = parameters["weight"] else { return nil }
    let shape = graph[id].shape
    guard shape.allSatisfy({ $0 > 0 }) else { return nil }
    func hasBias(_ outputs: Int) -> Bool { parameters["bias"].map { graph[$0].shape } == [outputs] }
    switch (module.kind, shape.count) {
    case (.linear, 2):
      self.init(
        path: module.path, kind: module.kind, outputs: shape[0], inputs: shape[1],
        hasBias: hasBias(shape[0]))
    case (.conv1D, 2):
      self.init(
        path: module.path, kind: module.kind, outputs: shape[1], inputs: shape[0],
        hasBias: hasBias(shape[1]))
    case (.embedding, 2):
      self.init(
        path: module.path, kind: module.kind, outputs: shape[1], inputs: shape[0],
        padding: graph.padding(ofEmbedding: module.path))
    case (.conv2D, 4):
      guard let inputs = try? shape.dropFirst().checkedProduct() else { return nil }
      self.init(
        path: module.path, kind: module.kind, outputs: shape[0], inputs: inputs,
        kernel: Array(shape.suffix(2)), hasBias: hasBias(shape[0]))
    default: return nil
    }
  }

  /// The sizes of the weight's axes after the first, with a convolution's kernel unfolded.
  public var inputShape: [Int] {
    guard let area = try? kernel.checkedProduct(), area > 0, !kernel.isEmpty else {
      return [inputs]
    }
    return [inputs / area] + kernel
  }

  /// The largest size of a weight's axis that a tuner sees, and the largest whole number in its
  /// configuration. The product of any three does not overflow, so that a tuner may multiply them as
  /// they are.
  public static let largestSize = (1 << 21) - 1

  /// Whether the weight is stored `[inputs, outputs]`.
  public var isStoredTransposed: Bool { kind == .conv1D || kind == .embedding }
}

extension Site {
  /// A tensor of this site's own that training changes.
  /// - Parameters:
  ///   - name: Its name in an adapter file, after the module's path: `factor.weight`.
  ///   - shape: Its sizes.
  ///   - initially: How a fresh adapter fills it.
  ///   - discarding: What it draws before that and discards. It matters only for the same random
  ///     numbers as another implementation from the same seed.
  ///   - role: What it is to the update: a recipe may give output factors another learning rate.
  ///   - otherNames: What files of other releases call it.
  public func trained(
    _ name: String, _ shape: [Int], initially initial: InitialValue,
    discarding draws: [RandomDraw] = [], role: UpdateTensor.Role = .ordinary,
    otherNames: [String] = []
  ) -> WeightUpdate {
    .tensor(
      UpdateTensor(
        name: name, otherNames: otherNames, site: path, shape: shape, initial: initial,
        discarding: draws, isTrained: true, role: role))
  }

  /// A tensor of this site's own that follows from its weight, and that training never changes.
  ///
  /// No file holds it: it is computed again from the base model.
  public func derived(
    _ name: String, _ shape: [Int], _ derivation: WeightDerivation
  ) -> WeightUpdate {
    .tensor(
      UpdateTensor(
        name: name, site: path, shape: shape, initial: .derived(derivation), isTrained: false))
  }

  /// The weight of the base model, `[outputs, inputs]`.
  public var weight: WeightUpdate { .weight(self) }

  /// The module's bias `[outputs]`; nil where it has none.
  ///
  /// It is the base model's, or the adapter's own copy where the adapter trains that bias as well. An
  /// update that scales the module's output changes both: `s ⊙ W − W` is added to the weight, and
  /// `s ⊙ b − b` to the bias.
  public var bias: WeightUpdate? { hasBias ? .bias(self) : nil }
}

extension Graph {
  fileprivate func padding(ofEmbedding path: String) -> Int? {
    nodes.lazy.filter { $0.module == path }.compactMap { ($0.operation as? Embedding)?.padding }
      .first
  }
}
