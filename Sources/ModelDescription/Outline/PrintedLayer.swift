import ModelGraph

/// A layer that PyTorch prints with its sizes, as its kind and parameters.
struct PrintedLayer {
  let kind: Module.Kind
  let parameters: [(name: String, shape: [Int])]

  /// - Parameters:
  ///   - className: The class, or one of a library's own that is derived from it.
  ///   - arguments: What stands between its parentheses.
  /// - Returns: Nil where nothing says which parameters it has.
  init?(_ className: String, _ arguments: PrintedArguments) throws(OutlineProblem) {
    kind = Self.kind(className, arguments)
    if className.hasPrefix("Lazy"),
      arguments.named["in_features"] == "0" || arguments.values.first == "0"
    {
      throw .lazy(className)
    }
    let reader = Reader(className: className, arguments: arguments)
    guard let parameters = try reader.parameters() else { return nil }
    self.parameters = parameters
  }

  /// The class by which tuners know it; derived classes have their base's.
  private static func kind(_ className: String, _ arguments: PrintedArguments) -> Module.Kind {
    if arguments.named["in_features"] != nil { return .linear }
    if arguments.values.count == 2, className.hasSuffix("Embedding") { return .embedding }
    guard let kernel = arguments.named["kernel_size"], arguments.values.count >= 2,
      !className.contains("Transpose")
    else { return Module.Kind(className) }
    let axes = kernel.split(separator: ",").count { $0.contains(where: \.isNumber) }
    guard let groups = arguments.named["groups"], groups != "1" else {
      return Module.Kind("Conv\(axes)d")
    }
    // A tuner's update of it has other sizes: it is counted, and no target.
    return Module.Kind("Conv\(axes)d(groups=\(groups.prefix(20)))")
  }

  /// Classes that have no parameters, by the end of their names.
  private static let withoutParameters = [
    "Activation", "CELU", "DropPath", "ELU", "Fold", "GELU", "GELU1d", "GELUTanh", "GLU",
    "Hardshrink",
    "Hardsigmoid", "Hardswish", "Hardtanh", "Identity", "LocalResponseNorm", "Loss", "Mish",
    "ModuleDict",
    "ModuleList", "Pad1d", "Pad2d", "Pad3d", "PadLayer", "ParameterDict", "ParameterList",
    "PixelShuffle", "PixelUnshuffle", "Pool1d", "Pool2d", "Pool3d", "ReLU", "ReLU6",
    "RotaryEmbedding", "Sequential", "SiLU", "Sigmoid", "Softmax", "Softmax2d", "Softmin",
    "Softplus", "Softshrink", "Softsign", "StochasticDepth", "Tanh", "Tanhshrink", "Threshold",
    "Unflatten", "Flatten", "Unfold", "Upsample", "WeightNorm", "_Orthogonal",
  ]
  /// What ends like one of them, and has parameters.
  private static let exceptions: Set<String> = ["PReLU", "XIELUActivation"]

  /// Whether a class is known to have no parameters of its own.
  static func hasNone(_ className: String) -> Bool {
    !exceptions.contains(className)
      && (className.contains("Dropout") || withoutParameters.contains(where: className.hasSuffix))
  }
}

/// Reads one kind of layer each; nil where it is none of that kind.
private struct Reader {
  typealias Parameters = [(name: String, shape: [Int])]

  let className: String
  let arguments: PrintedArguments

  func parameters() throws(OutlineProblem) -> Parameters? {
    if let found = try linear() { return found }
    if let found = try conv1D() { return found }
    if let found = try convolution() { return found }
    if let found = try table() { return found }
    if let found = try norm() { return found }
    return try perChannel()
  }

  private func linear() throws(OutlineProblem) -> Parameters? {
    let named = arguments.named
    guard let outputs = named["out_features"] else { return nil }
    if let inputs = named["in_features"] {
      let sizes = [try size(outputs), try size(inputs)]
      return withBias([("weight", sizes)], sizes[0], otherwise: false)
    }
    guard let first = named["in1_features"], let second = named["in2_features"] else { return nil }
    let sizes = [try size(outputs), try size(first), try size(second)]
    return withBias([("weight", sizes)], sizes[0], otherwise: false)
  }

  /// GPT-2's layer, whose weight is stored `[in, out]`.
  private func conv1D() throws(OutlineProblem) -> Parameters? {
    guard className == "Conv1D" else { return nil }
    guard let outputs = arguments.named["nf"], let inputs = arguments.named["nx"] else {
      throw .noShape(className)
    }
    let (out, into) = (try size(outputs), try size(inputs))
    return [("weight", [into, out]), ("bias", [out])]
  }

  private func convolution() throws(OutlineProblem) -> Parameters? {
    guard let kernel = arguments.named["kernel_size"], arguments.values.count >= 2 else {
      return nil
    }
    let groups = try size(arguments.named["groups"] ?? "1")
    let into = try size(arguments.values[0])
    let out = try size(arguments.values[1])
    let isTransposed = className.contains("Transpose")
    guard groups > 0, (isTransposed ? out : into).isMultiple(of: groups) else {
      throw .badSize("groups=\(arguments.named["groups"] ?? "1")", of: className)
    }
    let channels = isTransposed ? [into, out / groups] : [out, into / groups]
    return withBias([("weight", channels + (try tuple(kernel)))], out, otherwise: true)
  }

  private func table() throws(OutlineProblem) -> Parameters? {
    guard className.hasSuffix("Embedding") || className.hasSuffix("EmbeddingBag"),
      arguments.values.count == 2
    else { return nil }
    return [("weight", [try size(arguments.values[0]), try size(arguments.values[1])])]
  }

  /// `LayerNorm((768,), …)`, `LlamaRMSNorm((4096,), eps=1e-05)`.
  private func norm() throws(OutlineProblem) -> Parameters? {
    guard className.contains("Norm"), let first = arguments.values.first,
      ["(", "[", "torch.Size("].contains(where: first.hasPrefix)
    else { return nil }
    guard arguments.flag("elementwise_affine", otherwise: true) else { return [] }
    let shape = try tuple(first.hasPrefix("torch.Size(") ? first.dropFirst(10) : first)
    let hasBias = className.contains("LayerNorm") && !className.contains("RMS")
    return [("weight", shape)]
      + (hasBias && arguments.flag("bias", otherwise: true) ? [("bias", shape)] : [])
  }

  /// Norms of channels, and PReLU.
  private func perChannel() throws(OutlineProblem) -> Parameters? {
    if let count = arguments.named["num_parameters"], className == "PReLU" {
      return [("weight", [try size(count)])]
    }
    let isGrouped = className.hasSuffix("GroupNorm")
    guard isGrouped || ["BatchNorm", "InstanceNorm"].contains(where: className.contains),
      let channels = arguments.values.dropFirst(isGrouped ? 1 : 0).first
    else { return nil }
    guard arguments.flag("affine", otherwise: false) else { return [] }
    let count = try size(channels)
    return withBias([("weight", [count])], count, otherwise: true)
  }

  private func withBias(_ weight: Parameters, _ count: Int, otherwise usual: Bool) -> Parameters {
    weight + (arguments.flag("bias", otherwise: usual) ? [("bias", [count])] : [])
  }

  private func size(_ text: Substring) throws(OutlineProblem) -> Int {
    guard let size = Int(text), size >= 0, text.first?.isNumber == true else {
      throw .badSize(String(text), of: className)
    }
    return size
  }

  /// `(7, 7)`, `(768,)`, `([768])`.
  private func tuple(_ text: Substring) throws(OutlineProblem) -> [Int] {
    var sizes: [Int] = []
    let inner = text.trimmingPrefix { "([".contains($0) }.prefix { !")]".contains($0) }
    for part in inner.split(separator: ",").map(\.trimmed) where !part.isEmpty {
      guard sizes.count < 8 else { throw .badSize(String(text), of: className) }
      sizes.append(try size(part))
    }
    guard !sizes.isEmpty else { throw .badSize(String(text), of: className) }
    return sizes
  }
}
