public import OrderedCollections

/// The named parts of a model, each with its children and its own parameters.
///
/// Children keep the order in which they were first named; that is what PyTorch calls registration
/// order, and it decides the order in which sites are matched.
public struct ModuleTree: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    let path: String
    var kind: Module.Kind
    /// Whether it has only a place in the order so far, and nothing has made it.
    var isReserved: Bool
    let parent: Int
    var children: [Int] = []
    var parameters: OrderedDictionary<String, Parameter.ID> = [:]
  }

  private var entries = [Entry(path: "", kind: .container, isReserved: false, parent: 0)]
  private var indices: [String: Int] = ["": 0]

  public init() {}

  /// Names a module, and the containers around it, where they are not there yet.
  ///
  /// A kind given later replaces `container`.
  mutating func insert(_ path: String, kind: Module.Kind = .container) {
    let index = place(at: path)
    if kind != .container { entries[index].kind = kind }
    fill(index)
  }

  /// Takes a place in the order for a module that may come later.
  mutating func reserve(_ path: String) { _ = place(at: path) }

  private mutating func fill(_ index: Int) {
    var index = index
    while entries[index].isReserved {
      entries[index].isReserved = false
      index = entries[index].parent
    }
  }

  /// Adds a parameter under its own name to a module; one that is there already stays.
  mutating func insert(_ parameter: Parameter.ID, named name: String, in path: String) {
    let index = place(at: path)
    fill(index)
    if entries[index].parameters[name] == nil { entries[index].parameters[name] = parameter }
  }

  /// Takes a parameter away from a module.
  mutating func remove(named name: String, from path: String) {
    if let index = index(of: path) { entries[index].parameters[name] = nil }
  }

  private mutating func place(at path: String) -> Int {
    if let index = indices[path] { return index }
    let parent = place(at: ModuleTree.parent(of: path))
    let index = entries.count
    entries.append(Entry(path: path, kind: .container, isReserved: true, parent: parent))
    entries[parent].children.append(index)
    indices[path] = index
    return index
  }

  /// This tree with other modules in a list: those of the given numbers, numbered anew. A module that
  /// is there twice is two, with the same parameters.
  func replacingModules(in list: String, by numbers: [Int]) -> ModuleTree {
    var copy = ModuleTree()
    copy.take(0, of: self, at: "") { entry in
      entry.path == list ? numbers.compactMap { indices["\(list).\($0)"] } : nil
    }
    return copy
  }

  /// Copies an entry of another tree, and what is in it, to a path.
  /// - Parameter modules: What is in an entry in place of its children, under numbers; nil to keep them.
  private mutating func take(
    _ index: Int, of other: ModuleTree, at path: String, modules: (Entry) -> [Int]?
  ) {
    let entry = other.entries[index]
    let new = place(at: path)
    entries[new].kind = entry.kind
    entries[new].isReserved = entry.isReserved
    entries[new].parameters = entry.parameters
    let prefix = path.isEmpty ? "" : "\(path)."
    if let replacements = modules(entry) {
      for (number, child) in replacements.enumerated() {
        take(child, of: other, at: "\(prefix)\(number)", modules: modules)
      }
    } else {
      for child in entry.children {
        let name = Graph.split(other.entries[child].path).name
        take(child, of: other, at: prefix + name, modules: modules)
      }
    }
  }

  /// The number of places, the root's among them.
  package var placeCount: Int { entries.count }

  /// The number of places in a module, its own among them.
  func placeCount(within path: String) -> Int {
    func count(_ index: Int) -> Int { entries[index].children.reduce(1) { $0 + count($1) } }
    return indices[path].map(count) ?? 0
  }

  private static func parent(of path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(path[..<$0]) } ?? ""
  }

  /// All modules but the root, parents before children, in registration order.
  public var modules: [Graph.Module] {
    var result: [Module] = []
    result.reserveCapacity(entries.count)
    visit(0) { entry in
      if !entry.path.isEmpty { result.append(Module(path: entry.path, kind: entry.kind)) }
    }
    return result
  }

  /// Parameters by their order in the tree, as `named_parameters()` lists them.
  public var parameters: OrderedSet<Parameter.ID> {
    var result = OrderedSet<Parameter.ID>()
    visit(0) { result.append(contentsOf: $0.parameters.values) }
    return result
  }

  private func visit(_ index: Int, _ body: (Entry) -> Void) {
    guard !entries[index].isReserved else { return }
    body(entries[index])
    for child in entries[index].children { visit(child, body) }
  }

  public func contains(_ path: String) -> Bool { index(of: path) != nil }

  /// Whether a module's own name, without those of the modules around it, is this one.
  public func hasComponent(_ name: String) -> Bool {
    let ending = ".\(name)"
    return indices.keys.contains { $0 == name || $0.hasSuffix(ending) }
  }

  private func index(of path: String) -> Int? {
    indices[path].flatMap { entries[$0].isReserved ? nil : $0 }
  }

  /// The module of that path, where there is one.
  public func module(at path: String) -> Graph.Module? {
    index(of: path).map { Module(path: path, kind: entries[$0].kind) }
  }

  /// The paths of a module's children, in registration order; the root's path is empty.
  public func children(of path: String) -> [Graph.Module] {
    guard let index = index(of: path) else { return [] }
    return entries[index].children.map { entries[$0] }.filter { !$0.isReserved }
      .map { Module(path: $0.path, kind: $0.kind) }
  }

  /// A module's own parameters, not those of the modules inside it, by their own names.
  public func ownParameters(of path: String) -> OrderedDictionary<String, Parameter.ID> {
    index(of: path).map { entries[$0].parameters } ?? [:]
  }

  /// The parameters of a module and of all modules inside it, each once.
  public func parameters(within path: String) -> OrderedSet<Parameter.ID> {
    var result = OrderedSet<Parameter.ID>()
    if let index = index(of: path) {
      visit(index) { result.append(contentsOf: $0.parameters.values) }
    }
    return result
  }

  /// All names that each parameter has: one that modules share has several.
  public func parameterNames() -> [Parameter.ID: [String]] {
    Dictionary(grouping: namedParameters(within: ""), by: \.parameter)
      .mapValues { $0.map(\.name) }
  }

  /// The parameters of a module and of all modules inside it, by their full names here; a shared one
  /// under each of its names.
  public func namedParameters(
    within path: String
  ) -> [(name: String, parameter: Parameter.ID)] {
    var result: [(name: String, parameter: Parameter.ID)] = []
    guard let index = index(of: path) else { return [] }
    visit(index) { entry in
      let prefix = entry.path.isEmpty ? "" : entry.path + "."
      for (name, parameter) in entry.parameters { result.append((prefix + name, parameter)) }
    }
    return result
  }
}
