package import ModelGraph
package import PeftBasics

extension ModelOutline {
  /// A tensor of a checkpoint, as its header has it.
  package struct StoredTensor {
    let name: String
    let shape: [Int]
    /// Nil for whole numbers and flags, which are no weights.
    let element: ElementType?

    package init(name: String, shape: [Int], element: ElementType?) {
      self.name = name
      self.shape = shape
      self.element = element
    }
  }

  /// Makes modules of the names and shapes of a checkpoint's tensors, and guesses their kinds.
  /// - Parameters:
  ///   - path: What messages call the checkpoint, and what the model is called.
  ///   - notes: Warnings about the files.
  /// - Throws: `DescriptionError` where there are no weights, or too many.
  package init(
    tensors: [StoredTensor], path: String, notes: [String] = []
  ) throws(DescriptionError) {
    do throws(OutlineProblem) {
      var outline = TensorOutline(name: path)
      try outline.add(tensors)
      self.init(try outline.finished(notes: notes))
    } catch {
      throw DescriptionError(error, path: path)
    }
  }
}

/// Groups tensors by their module, and guesses what each module is.
private struct TensorOutline {
  private typealias Tensor = ModelOutline.StoredTensor

  private var outline: OutlineBuilder
  /// The modules that were taken for each kind.
  private var guesses: [Module.Kind: [String]] = [:]
  /// Tensors that are no parameters.
  private var buffers: [String] = []

  init(name: String) { outline = OutlineBuilder(name: name) }

  mutating func add(_ tensors: [ModelOutline.StoredTensor]) throws(OutlineProblem) {
    guard tensors.count <= OutlineBuilder.mostModules else { throw .tooManyModules }
    var parameters: [(path: String, name: String, tensor: Tensor)] = []
    for tensor in tensors {
      let (path, name) = Graph.split(tensor.name)
      let isWeight = name.contains("weight")
      if tensor.element == nil, isWeight { throw .quantised(tensor: tensor.name) }
      if tensor.element == nil || Self.isBuffer(name, tensor.shape) {
        buffers.append(tensor.name)
      } else {
        parameters.append((path, name, tensor))
      }
    }
    guard !parameters.isEmpty else { throw .noParameters }
    // Files have their own orders; layers are to stand in that of their numbers.
    let places = parameters.map { NumberedName($0.tensor.name) }
    let order = parameters.indices.sorted { places[$0] < places[$1] }
    let weights = Dictionary(
      parameters.lazy.filter { $0.name == "weight" }.map { ($0.path, $0.tensor.shape) },
      uniquingKeysWith: { first, _ in first })
    let biases = Dictionary(
      parameters.lazy.filter { $0.name == "bias" }.map { ($0.path, $0.tensor.shape) },
      uniquingKeysWith: { first, _ in first })
    let hasConv1D = weights.contains { path, shape in
      shape.count == 2 && shape[0] != shape[1] && biases[path] == [shape[1]]
    }
    for index in order {
      let (path, name, tensor) = parameters[index]
      if name == "weight" {
        let module = ModuleGuess(
          path: path, weight: tensor.shape, bias: biases[path], isAmongConv1D: hasConv1D)
        if let kind = module.kind {
          try outline.addModule(path, kind: kind)
          guesses[kind, default: []].append(path)
        }
      }
      try outline.addParameter(name, tensor.shape, tensor.element ?? .float32, in: path)
    }
  }

  /// What layers keep beside their parameters, and what earlier releases of transformers saved.
  private static func isBuffer(_ name: String, _ shape: [Int]) -> Bool {
    switch name {
    case "running_mean", "running_var", "num_batches_tracked", "inv_freq", "position_ids",
      "masked_bias", "cos_cached", "sin_cached", "original_inv_freq", "final_logits_bias":
      true
    // A causal mask, as GPT-2's attention once had it.
    case "bias": shape.count != 1
    default: false
    }
  }

  mutating func finished(notes: [String]) throws(OutlineProblem) -> OutlineBuilder {
    outline.warnings += notes
    outline.warnings.append(
      "a header has no kinds of modules, so they are guessed: \(guessText); print(model) has them")
    if !buffers.isEmpty {
      outline.warnings.append(
        "\(buffers.map(\.shown).listed(upTo: 4)) \(buffers.count == 1 ? "is no parameter" : "are no parameters"), "
          + "and not counted")
    }
    if let head = outline.tables?.head { outline.setOutputEmbedding(head) }
    return outline
  }

  /// `48 Linear, 2 Embedding (wte, wpe)`.
  private var guessText: String {
    let kinds = guesses.sorted {
      ($1.value.count, $0.key.description) < ($0.value.count, $1.key.description)
    }
    return kinds.map { kind, paths in
      let count = "\(paths.count.grouped) \(kind)"
      let isClear = [.linear, .conv1D, ModuleGuess.norm].contains(kind)
      return isClear ? count : "\(count) (\(paths.map(\.shown).listed(upTo: 4)))"
    }.joined(separator: ", ")
  }
}

/// What a module is, by its name and by the shapes of its weight and bias.
private struct ModuleGuess {
  /// Nil where it is no layer.
  let kind: Module.Kind?

  static let norm: Module.Kind = "Norm"

  init(path: String, weight: [Int], bias: [Int]?, isAmongConv1D: Bool) {
    switch weight.count {
    case 1: kind = Self.norm
    case 2 where bias == nil && Self.isTable(path): kind = .embedding
    // GPT-2 stores [in, out]; of its square layers only the others tell.
    case 2 where bias == [weight[1]] && (weight[0] != weight[1] || isAmongConv1D): kind = .conv1D
    case 2: kind = .linear
    // A single input channel is mostly a group of its own, whose update has other sizes.
    case 3...5 where weight[1] == 1 && weight[0] > 1:
      kind = Module.Kind("Conv\(weight.count - 2)d(groups=?)")
    case 3...5: kind = Module.Kind("Conv\(weight.count - 2)d")
    default: kind = nil
    }
  }

  /// Whether a module's name says that it looks up vectors: `wte`, `embed_tokens`, `word_embeddings`.
  static func isTable(_ path: String) -> Bool {
    let parts = path.split(separator: ".")
    guard var name = parts.last else { return false }
    // One of a list of tables; what is in a Sequential called 'time_embed' is none.
    if name.allSatisfy(\.isNumber) {
      guard parts.count > 1, let list = parts.dropLast().last,
        list.hasSuffix("embeddings") || list == "embed_tokens"
      else { return false }
      name = list
    }
    if ["shared", "relative_attention_bias"].contains(name) { return true }
    let words = Set(name.lowercased().split(separator: "_"))
    return !words.isDisjoint(with: tableWords) && words.isDisjoint(with: layerWords)
  }

  private static let tableWords: Set<Substring> = [
    "wte", "wpe", "emb", "embs", "embd", "embed", "embeds", "embedding", "embeddings",
  ]
  /// Words for layers between tables and a model: `embed_out`, `embedding_hidden_mapping_in`.
  private static let layerWords: Set<Substring> = [
    "dense", "fc", "head", "hidden", "linear", "ln", "mapping", "mlp", "norm", "layernorm", "out",
    "output", "proj", "project", "projection", "projector",
  ]
}

/// A tensor's name in the order of layers: numbers count as numbers, and a weight stands before its bias.
private struct NumberedName: Comparable {
  private let parts: [(number: Int, text: Substring)]

  init(_ name: String) {
    parts = name.split(separator: ".", omittingEmptySubsequences: false).map { part in
      (Int(part) ?? (part == "weight" ? -2 : -1), part)
    }
  }

  static func == (a: Self, b: Self) -> Bool { !(a < b) && !(b < a) }

  static func < (a: Self, b: Self) -> Bool {
    for (first, second) in zip(a.parts, b.parts) where first != second { return first < second }
    return a.parts.count < b.parts.count
  }
}
