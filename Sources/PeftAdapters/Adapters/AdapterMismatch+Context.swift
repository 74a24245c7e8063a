import ModelGraph
import PeftBasics
import TunerKit

extension AdapterMismatch {
  /// What the model says about tensors that do not fit it.
  struct Context: Hashable, Sendable {
    /// Names that modules have in the file and not in the model, where modules beside them are there.
    private(set) var strangers: [String] = []
    /// The module that the first of them should be in, and what it has instead.
    private(set) var place = ""
    private(set) var neighbours: [String] = []
    /// Whether the configuration names them as targets.
    private(set) var areTargets = false
    /// Dimensions of a description, such as the number of labels, with which the model's sizes would be the
    /// file's; empty where it is not as simple.
    private(set) var sizes: OrderedDimensions = []

    typealias OrderedDimensions = [Dimension]

    struct Dimension: Hashable, Sendable {
      let name: String
      let value: Int
    }

    init(_ mismatch: AdapterMismatch, of adapter: Adapter, on graph: Graph) {
      findStrangers(among: mismatch.unexpected, on: graph)
      let missed = Set(adapter.match.entries.filter { $0.count == 0 }.map(\.entry))
      areTargets = !strangers.isEmpty && missed.isSuperset(of: strangers)
      sizes = Self.sizes(mismatch.misshapen, on: graph)
    }

    private mutating func findStrangers(among keys: [String], on graph: Graph) {
      for key in keys {
        guard let inner = AdapterKey.baseParameter(key),
          !inner.split(separator: ".", omittingEmptySubsequences: false).contains("")
        else { continue }
        let paths = AdapterTensors.modulePaths(of: inner)
        guard let place = paths.first(where: graph.modules.contains),
          !graph.modules.children(of: place).isEmpty,
          let name = inner.dropFirst(place.count + 1).split(separator: ".").first.map(String.init)
        else { continue }
        if strangers.isEmpty {
          self.place = place
          neighbours = graph.modules.children(of: place)
            .filter { !graph.modules.ownParameters(of: $0.path).isEmpty }.map { String($0.name) }
        }
        if !strangers.contains(name) { strangers.append(name) }
      }
    }

    /// Copies of the base's tables and heads that have other numbers of rows, where that explains the rest.
    private static func sizes(_ misshapen: [Misshapen], on graph: Graph) -> OrderedDimensions {
      var found: OrderedDimensions = []
      let copies = misshapen.filter(\.isCopy)
      let explained = Set(copies.flatMap(\.differences))
      guard misshapen.allSatisfy({ explained.isSuperset(of: $0.differences) }) else { return [] }
      for item in copies {
        guard let name = AdapterKey.baseParameter(item.name),
          item.found.count == item.expected.count,
          item.found.dropFirst() == item.expected.dropFirst(),
          let rows = item.found.first
        else { return [] }
        let path = name.split(separator: ".").dropLast().joined(separator: ".")
        let isVocabulary = graph.isVocabulary(path, rows: item.expected.first)
        let isLinear = graph.modules.module(at: path)?.kind == .linear
        let isHead = isLinear && !path.contains { $0.isNumber } && !isVocabulary
        guard isVocabulary || isHead else { return [] }
        let dimension = Dimension(name: isVocabulary ? "vocabulary" : "labels", value: rows)
        if !found.contains(dimension) { found.append(dimension) }
      }
      return Set(found.map(\.name)).count == found.count ? found : []
    }
  }
}

extension Graph {
  /// Whether a module has a row for each token: it looks tokens up, or gives their logits.
  fileprivate func isVocabulary(_ path: String, rows: Int?) -> Bool {
    if path == origin.outputEmbedding { return true }
    guard rows != nil else { return false }
    return nodes.contains { node in
      guard node.operation is Embedding, node.module == path,
        case .input = self[node.operands[0]].source
      else { return false }
      return true
    } || origin.outputEmbedding.map { ownRows(of: $0) == rows } ?? false
  }

  private func ownRows(of path: String) -> Int? {
    modules.ownParameters(of: path)["weight"].flatMap { self[$0].shape.first }
  }
}
