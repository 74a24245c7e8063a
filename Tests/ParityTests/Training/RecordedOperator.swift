import Peft
import PeftBasics
import PeftTestSupport
import Testing

/// One operator on numbers, what came out, and what torch's autograd made of gradients of the results;
/// see `Tests/Fixtures/generate/gradients.py` and `convolutions.py`.
struct RecordedOperator: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let `operator`: String
  let attributes: [String: RecordedValue]
  private let operands: [String]
  private let results: [String]
  private let upstream: [String]
  private let gradients: [String?]

  static func all() throws -> [RecordedOperator] {
    try Fixture.rows("gradients/operators.json", at: "rows", exactly: 236)
      + Fixture.rows("gradients/scores.json", at: "rows", exactly: 12)
      + Fixture.rows("gradients/recurrent.json", at: "rows", exactly: 32)
      + Fixture.rows("gradients/convolutions.json", at: "rows", exactly: 73)
  }

  static func files() throws -> [SafetensorsFile] {
    try ["operators", "scores", "recurrent", "convolutions"].map {
      try SafetensorsFile(path: Fixture.path("gradients/\($0).safetensors"))
    }
  }

  var testDescription: String { name }

  /// The numbers of a row.
  struct Tensors {
    let operands: [Tensor]
    let results: [Tensor]
    /// The gradients of the results.
    let upstream: [Tensor]
    /// The gradients of the operands; nil where none was asked for.
    let gradients: [Tensor?]
  }

  func tensors(in files: [SafetensorsFile]) throws -> Tensors {
    func read(_ name: String) throws -> Tensor {
      try #require(files.lazy.compactMap { $0.tensor(name) }.first, "\(name)")
    }
    func read(_ names: [String]) throws -> [Tensor] { try names.map { try read($0) } }
    return Tensors(
      operands: try read(operands), results: try read(results), upstream: try read(upstream),
      gradients: try gradients.map { name in
        try name.map { try read($0) }
      })
  }
}

extension RecordedOperator {
  /// The operator with its attributes; nil for one that the test does not know.
  func operation() throws -> (any Operator)? {
    switch self.operator {
    case "linear": Linear(layout: try layout())
    case "matmul":
      MatrixProduct(
        transposesFirst: try flag("transposesFirst"), transposesSecond: try flag("transposesSecond")
      )
    case "embedding": Embedding(padding: attributes["padding"]?.value.wholeNumber)
    case "conv2d": Convolution2D(try geometry())
    case "conv1d": Convolution1D(try geometry())
    case "max_pool": MaxPool(try windows())
    case "avg_pool":
      AveragePool(
        try windows(),
        countsPadding: attributes["countsPadding"] == nil ? true : try flag("countsPadding"))
    case "reduce":
      Reduce(
        try #require(Reduce.Function(rawValue: try text("function"))), axes: try integers("axes"),
        keepsAxes: try flag("keepsAxes"))
    case "flatten": Flatten(start: try integer("start"), end: try integer("end"))
    case "patches": Patches()
    case "attention":
      Attention(
        heads: try integer("heads"), keyValueHeads: try integer("keyValueHeads"),
        scale: try number("scale"), isCausal: try flag("isCausal"), window: window,
        softCap: attributes["softCap"]?.value.realNumber,
        isALiBi: try attributes["isALiBi"] != nil && flag("isALiBi"),
        dropout: try number("dropout"), hasMask: try flag("hasMask"), hasBias: try flag("hasBias"))
    case "relative_position_bias":
      RelativePositionBias(
        maximumDistance: try integer("maximumDistance"),
        isBidirectional: try flag("isBidirectional"))
    case "rotary":
      Rotary(
        headSize: try integer("headSize"), rotarySize: try integer("rotarySize"),
        theta: try number("theta"), scaling: try scaling(),
        isInterleaved: try attributes["isInterleaved"] != nil && flag("isInterleaved"))
    case "layer_norm": LayerNorm(epsilon: try number("epsilon"))
    case "rms_norm":
      RMSNorm(epsilon: try number("epsilon"), weightOffset: try number("weightOffset"))
    case "batch_norm": BatchNorm(epsilon: try number("epsilon"))
    case "group_norm":
      GroupNorm(groups: try integer("groups"), epsilon: try number("epsilon"))
    case "unit_length": UnitLength()
    case "inverse_length": InverseLength()
    case "softmax": Softmax()
    case "activation":
      Activation(try #require(Activation.Function(rawValue: try text("function"))))
    case "add": Add()
    case "multiply": Multiply()
    case "scale": Scale(by: try number("factor"))
    case "reshape": Reshape(try integers("shape"))
    case "permute": Permute(try integers("order"))
    case "slice":
      Slice(axis: try integer("axis"), try integer("start")..<(try integer("end")))
    case "split": Split(sizes: try integers("sizes"), groups: try integer("groups"))
    case "concatenate": Concatenate(axis: try integer("axis"))
    case "take_token": TakeToken(try position())
    case "recurrence":
      Recurrence(
        try #require(Recurrence.Cell(rawValue: try text("cell"))),
        isReversed: try flag("isReversed"), hasBias: try flag("hasBias"),
        hasMask: try flag("hasMask"))
    case "cross_entropy": CrossEntropy(try entropySettings())
    case "head_cross_entropy":
      HeadCrossEntropy(
        layout: try layout(), settings: try entropySettings(), hasBias: operands.count == 5)
    case "binary_cross_entropy": BinaryCrossEntropy()
    case "squared_error": SquaredError()
    case "contrastive": ContrastiveLoss()
    default: nil
    }
  }

  private var window: Int? {
    if case .integer(let window)? = attributes["window"]?.value { window } else { nil }
  }

  private func geometry() throws -> ConvolutionGeometry {
    if let stride = attributes["stride"]?.value.wholeNumber {
      return ConvolutionGeometry(stride: [stride, stride])
    }
    return ConvolutionGeometry(
      stride: try integers("stride"), padding: try integers("before"),
      after: try integers("after"), dilation: try integers("dilation"),
      groups: try integer("groups"))
  }

  private func windows() throws -> PoolingWindows {
    guard attributes["size"] == nil else { return .adaptive(try integers("size")) }
    return .sliding(
      kernel: try integers("kernel"), stride: try integers("stride"),
      padding: try integers("padding"), roundsUp: try flag("ceil"))
  }

  private func layout() throws -> Linear.Layout {
    try #require(Linear.Layout(rawValue: try text("layout")))
  }

  private func entropySettings() throws -> CrossEntropy.Settings {
    CrossEntropy.Settings(shift: try integer("shift"), smoothing: try number("smoothing"))
  }

  private func position() throws -> TakeToken.Position {
    guard case .map(let map)? = attributes["position"]?.value else { return .largest }
    if let place = map["at"] { return .at(try #require(place.wholeNumber)) }
    return .first(of: try #require(map["first"]?.wholeNumber))
  }

  private func scaling() throws -> Rotary.Scaling {
    guard case .map(let map)? = attributes["scaling"]?.value else { return .none }
    if case .map(let linear)? = map["linear"] {
      return .linear(factor: try #require(linear["factor"]?.realNumber))
    }
    guard case .map(let fields)? = map["llama3"] else {
      throw UnknownAttribute(name: "scaling", value: map.description)
    }
    return .llama3(
      factor: try #require(fields["factor"]?.realNumber),
      lowFrequency: try #require(fields["lowFrequency"]?.realNumber),
      highFrequency: try #require(fields["highFrequency"]?.realNumber),
      originalLength: try #require(fields["originalLength"]?.wholeNumber))
  }

  private func integer(_ name: String) throws -> Int {
    try #require(attributes[name]?.value.wholeNumber, "\(name)")
  }

  private func number(_ name: String) throws -> Double {
    try #require(attributes[name]?.value.realNumber, "\(name)")
  }

  private func flag(_ name: String) throws -> Bool {
    guard case .bool(let flag)? = attributes[name]?.value else {
      throw UnknownAttribute(name: name, value: "\(attributes[name]?.value ?? .null)")
    }
    return flag
  }

  private func text(_ name: String) throws -> String {
    guard case .text(let text)? = attributes[name]?.value else {
      throw UnknownAttribute(name: name, value: "\(attributes[name]?.value ?? .null)")
    }
    return text
  }

  private func integers(_ name: String) throws -> [Int] {
    guard case .list(let list)? = attributes[name]?.value else {
      throw UnknownAttribute(name: name, value: "\(attributes[name]?.value ?? .null)")
    }
    return try list.map { try #require($0.wholeNumber, "\(name)") }
  }
}

private struct UnknownAttribute: Error {
  let name: String
  let value: String
}

extension ConfigurationValue {
  fileprivate var wholeNumber: Int? { if case .integer(let number) = self { number } else { nil } }

  fileprivate var realNumber: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }
}
