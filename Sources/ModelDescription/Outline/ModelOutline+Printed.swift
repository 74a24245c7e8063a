import ModelGraph
public import PeftBasics

extension ModelOutline {
  /// Reads the text of PyTorch's `print(model)`.
  ///
  /// Layers that are printed with their sizes have parameters; what else a module holds is not in the
  /// text, which `warnings` say.
  /// - Parameters:
  ///   - path: What messages call the text, and what the model is called.
  /// - Throws: `DescriptionError` with the line that is not understood.
  public init(printed text: String, path: String) throws(DescriptionError) {
    try self.init(SourceFile(path: path, text: text))
  }

  /// Reads a file with such a text.
  /// - Throws: Also `FileReadError`.
  package init(printedAt path: String) throws {
    let bytes = try OpenFile(path).bytes(limit: DocumentLimits.standard.fileBytes)
    try self.init(SourceFile(decoding: bytes, path: path))
  }

  private init(_ file: SourceFile) throws(DescriptionError) {
    let root = try PrintedModelReader.read(file)
    var builder = PrintedOutline(name: file.path)
    try builder.add(root, at: "")
    self.init(try builder.finished(rootClass: root.className, path: file.path))
  }
}

/// Writes printed modules out, repeated ones each time.
private struct PrintedOutline {
  private var outline: OutlineBuilder
  /// Classes whose parameters are not in the text, if they have any.
  private var unread: [String] = []
  /// Classes that are read as a layer of PyTorch, though their names say something else.
  private var derived: [String] = []

  init(name: String) { outline = OutlineBuilder(name: name) }

  mutating func add(_ module: PrintedModule, at path: String) throws(DescriptionError) {
    do throws(OutlineProblem) {
      try addOwn(module, at: path)
    } catch {
      throw DescriptionError(error, at: module.range)
    }
    for child in module.children {
      for name in child.label?.names ?? [] {
        try add(child, at: path.isEmpty ? name : "\(path).\(name)")
      }
    }
  }

  private mutating func addOwn(
    _ module: PrintedModule, at path: String
  ) throws(OutlineProblem) {
    let name = module.className
    let layer =
      try module.arguments.map { text throws(OutlineProblem) in
        try PrintedLayer(name, PrintedArguments(text))
      } ?? nil
    let isKnown =
      layer != nil || PrintedLayer.hasNone(name)
      || module.arguments == nil && !module.hasText && name != "MultiheadAttention"
    if !isKnown, !unread.contains(name) { unread.append(name) }
    if let layer, layer.kind == .linear, !name.hasSuffix("Linear"), !derived.contains(name) {
      derived.append(name)
    }
    try outline.addModule(path, kind: layer?.kind ?? Module.Kind(name))
    for (own, shape) in (layer?.parameters ?? []) + module.parameters {
      try outline.addParameter(own, shape, in: path)
    }
  }

  /// - Parameter rootClass: Whether transformers has made the model: PEFT knows the output embedding of
  ///   those alone.
  mutating func finished(
    rootClass: String, path: String
  ) throws(DescriptionError) -> OutlineBuilder {
    guard !outline.graph.parameters.isEmpty else {
      throw DescriptionError(OutlineProblem.noParameters, path: path)
    }
    let classes = unread.isEmpty ? "" : ", nor those of \(unread.map(\.shown).listed(upTo: 8))"
    outline.warnings.append(
      "a text shows the parameters of layers alone: others, such as cls_token, are not counted\(classes)"
    )
    if !derived.isEmpty {
      outline.warnings.append("\(derived.map(\.shown).listed(upTo: 8)) is taken for Linear")
    }
    if let tables = outline.tables {
      if tables.alike.count > 1 {
        outline.warnings.append(
          "\(tables.alike.map(\.shown).listed(upTo: 4)) have one shape, and may be one weight, which the text does "
            + "not show: each is counted")
      }
      let isOfTransformers =
        rootClass.contains(/For[A-Z]/) || rootClass.hasSuffix("HeadModel")
      if isOfTransformers, let head = tables.head { outline.setOutputEmbedding(head) }
    }
    return outline
  }
}
