/// One module with all inside it, as the module tree prints it.
struct ModuleSummary {
  /// One of a module's own parameters.
  struct Tensor {
    let name: String
    let parameter: Parameter
    /// Whether only the adapted graph has it.
    let isAdded: Bool
  }

  let path: String
  let name: String
  let kind: Module.Kind
  let tensors: [Tensor]
  let isAdded: Bool
  let children: [ModuleSummary]
  /// All parameters of this module and of those inside it.
  let parameters: Set<Parameter.ID>

  /// Whether an adapter brought everything that is in it.
  var belongsToAdapter: Bool {
    let own = tensors.allSatisfy { $0.parameter.role != .base }
    return own && !parameters.isEmpty && children.allSatisfy(\.belongsToAdapter)
  }
}

extension ModuleSummary {
  /// The summary of a module of a graph.
  /// - Parameter base: The graph before it was adapted; what it lacks counts as added.
  init(of module: Module, in graph: Graph, comparedWith base: Graph?) {
    path = module.path
    name = String(module.name)
    kind = module.kind
    isAdded = base.map { !$0.modules.contains(module.path) } ?? false
    let own = graph.modules.ownParameters(of: module.path)
    let known = base?.modules.ownParameters(of: module.path)
    tensors = own.map { name, id in
      Tensor(name: name, parameter: graph[id], isAdded: known.map { $0[name] == nil } ?? false)
    }
    children = graph.modules.children(of: module.path).map {
      ModuleSummary(of: $0, in: graph, comparedWith: base)
    }
    parameters = children.reduce(into: Set(own.values)) { $0.formUnion($1.parameters) }
  }

  /// The full name of a tensor that this module only shares, as tied embeddings do.
  func owner(of tensor: Tensor) -> String? {
    let ownName = path.isEmpty ? tensor.name : "\(path).\(tensor.name)"
    return tensor.parameter.name == ownName ? nil : tensor.parameter.name
  }

  /// Whether this module looks like another one but for its number: same kinds, shapes and roles.
  func hasStructure(of other: ModuleSummary) -> Bool {
    hasStructure(of: other, roots: (path, other.path))
  }

  private func hasStructure(
    of other: ModuleSummary, roots: (String, String)
  ) -> Bool {
    kind == other.kind && isAdded == other.isAdded && tensors.count == other.tensors.count
      && children.count == other.children.count
      && zip(tensors, other.tensors).allSatisfy { a, b in
        a.name == b.name && a.isAdded == b.isAdded && a.parameter.looksLike(b.parameter)
          && owner(of: a).map { $0.relative(to: roots.0) }
            == other.owner(of: b).map { $0.relative(to: roots.1) }
      }
      && zip(children, other.children).allSatisfy { a, b in
        a.name == b.name && a.hasStructure(of: b, roots: roots)
      }
  }
}

extension Parameter {
  /// Whether this differs from another parameter at most in its name and initial value.
  func looksLike(_ other: Parameter) -> Bool {
    shape == other.shape && element == other.element && role == other.role
  }
}

extension String {
  /// This path as seen from a module: empty for the module's own, `.attn.weight` for one inside it,
  /// otherwise as it is.
  func relative(to path: String) -> String {
    guard !path.isEmpty, utf8.starts(with: path.utf8) else { return self }
    let rest = self[utf8.index(startIndex, offsetBy: path.utf8.count)...]
    return rest.isEmpty || rest.utf8.first == UInt8(ascii: ".") ? String(rest) : self
  }
}
