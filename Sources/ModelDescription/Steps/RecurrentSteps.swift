import ModelGraph

/// A recurrent layer of PyTorch's, of one or more layers in one or both directions.
protocol RecurrentStep: Step {
  /// What PyTorch calls the module.
  static var kind: Module.Kind { get }
  static func cell(_ call: StepCall) throws -> Recurrence.Cell
}

/// The attributes that all of them have.
private enum RecurrentAttributes {
  static let out = Attribute<Int>.required(
    "out", .whole(minimum: 1), "Width of the state in each direction.")
  static let layers = Attribute<Int>(
    "layers", .whole(minimum: 1), default: 1, "Layers, each of which reads the one before.")
  static let bidirectional = Attribute<Bool>(
    "bidirectional", .flag, default: false,
    "Whether a second one begins at the end; the result has both states side by side.")
  static let bias = Attribute<Bool>("bias", .flag, default: true, "Whether it adds biases.")
  static let dropout = Attribute<Double>(
    "dropout", .number, default: 0, "Dropout rate between layers, in training.")
  static let mask = Attribute<[String]>(
    "mask", .names,
    "An attention mask: positions that are not in it leave the state as it is, and give zeros.")

  static let all: [any AttributeDeclaration] = [
    out, layers, bidirectional, bias, dropout, mask,
  ]
}

extension RecurrentStep {
  static var needsName: Bool { true }
  static var attributes: [any AttributeDeclaration] { RecurrentAttributes.all }

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let input = try call.input()
    let size = try call.value(RecurrentAttributes.out)
    let cell = try cell(call)
    let rate = try call.rate(RecurrentAttributes.dropout)
    let mask = try call.namedValue(RecurrentAttributes.mask)
    let hasBias = try call.value(RecurrentAttributes.bias)
    let directions = try call.value(RecurrentAttributes.bidirectional) ? [false, true] : [false]
    try call.declareModule(kind)
    var value = input
    for layer in 0..<(try call.value(RecurrentAttributes.layers)) {
      if layer > 0, rate > 0 { value = try call.apply(Dropout(rate: rate), to: [value])[0] }
      let read = value
      let inputs = try call.width(of: read)
      let states = try directions.map { isReversed in
        let end = "l\(layer)" + (isReversed ? "_reverse" : "")
        let width = cell.gates * size
        var given = [read, try call.parameter("weight_ih_\(end)", [width, inputs])]
        var kept = [try call.parameter("weight_hh_\(end)", [width, size])]
        if hasBias {
          given.append(try call.parameter("bias_ih_\(end)", [width]))
          kept.append(try call.parameter("bias_hh_\(end)", [width]))
        }
        let recurrence = Recurrence(
          cell, isReversed: isReversed, hasBias: hasBias, hasMask: mask != nil)
        let gates = try call.apply(Linear(), to: given)
        return try call.apply(recurrence, to: gates + kept + [mask].compactMap { $0 })[0]
      }
      value =
        states.count == 1 ? states[0] : try call.apply(Concatenate(axis: 2), to: states)[0]
    }
    return [value]
  }
}

/// Long short-term memory.
enum LSTMStep: RecurrentStep {
  static let name = "lstm"
  static let summary = "Long short-term memory over a sequence, as PyTorch's LSTM."
  static let kind: Module.Kind = "LSTM"

  static func cell(_ call: StepCall) -> Recurrence.Cell { .lstm }
}

/// Gated recurrent units.
enum GRUStep: RecurrentStep {
  static let name = "gru"
  static let summary = "Gated recurrent units over a sequence, as PyTorch's GRU."
  static let kind: Module.Kind = "GRU"

  static func cell(_ call: StepCall) -> Recurrence.Cell { .gru }
}

/// A plain recurrent layer.
enum RNNStep: RecurrentStep {
  static let name = "rnn"
  static let summary = "A recurrent layer over a sequence, as PyTorch's RNN."
  static let kind: Module.Kind = "RNN"

  static let function = Attribute<String>(
    "function", .word(["tanh", "relu"]), default: "tanh", "What bounds the state.")
  static let attributes: [any AttributeDeclaration] = RecurrentAttributes.all + [function]

  static func cell(_ call: StepCall) throws -> Recurrence.Cell {
    try call.value(function) == "relu" ? .relu : .tanh
  }
}
