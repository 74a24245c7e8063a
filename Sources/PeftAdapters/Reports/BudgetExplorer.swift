package import ModelGraph
import OrderedCollections
import PeftBasics
package import PeftReports
package import TunerKit

/// A page about what a comparison's tuners cost at every rank: choose a budget, and see which ranks come near to it.
package struct BudgetExplorer {
  /// A tuner at one setting but the rank, on one model.
  private struct Series {
    let graph: Graph
    let adapter: Adapter
    let first: Budget
    /// The ranks that were asked for.
    var asked: Set<Int> = []
  }

  private let series: [Series]
  private let warnings: [String]

  /// Points of a curve.
  private static let gridSize = 80

  package init(_ comparison: Comparison) {
    warnings = comparison.warnings
    var found: OrderedDictionary<[String], Series> = [:]
    for (index, row) in comparison.rows.enumerated() {
      let adapter = comparison.adapters[index]
      let key = [
        row.model, "\(row.baseParameters)", row.tuner,
        row.settingsBesideRank(of: adapter.configuration),
      ]
      var series =
        found[key] ?? Series(graph: comparison.graphs[index], adapter: adapter, first: row)
      if let rank = row.rank { series.asked.insert(rank) }
      found[key] = series
    }
    series = Array(found.values)
  }

  /// The page as HTML.
  /// - Parameters:
  ///   - memory: Bytes that training takes at its peak, and in what circumstances.
  ///   - watch: Told how many of all series are counted.
  /// - Throws: What applying a tuner throws; `SizeOverflow`.
  package func page(
    memory: (words: String, bytes: (any TunerConfiguration, Graph) throws -> Int?),
    _ watch: (_ counted: Int, _ all: Int) -> Void = { _, _ in }
  ) throws -> HTMLPage {
    let columns = Self.columns(memory: memory.words)
    let keys = ["rank"] + columns.map(\.key)
    var list: [JSONValue] = []
    for (index, series) in series.enumerated() {
      watch(index, self.series.count)
      list.append(
        .map([
          "model": .text(series.first.model), "tuner": .text(series.first.tuner),
          "settings": .text(series.first.settingsBesideRank(of: series.adapter.configuration)),
          "rank_field": series.first.rankField.map { .text($0) } ?? .null,
          "base": .integer(series.first.baseParameters),
          "asked": .list(series.asked.sorted().map { .integer($0) }),
          "keys": .list(keys.map { .text($0) }),
          "points": .list(try points(of: series, memory: memory.bytes)),
        ]))
    }
    return HTMLPage(
      .explorer, title: title,
      data: [
        "title": .text(title), "notes": .list(warnings.map { .text($0) }),
        "columns": .list(columns.map(\.json)), "series": .list(list),
      ])
  }

  private var title: String {
    "What tuners cost on \(OrderedSet(series.map(\.first.model)).joined(separator: ", "))"
      .shortened(to: 100)
  }

  private static func columns(memory words: String) -> [PageColumn] {
    [
      PageColumn("trained", "trained", .count, words: "trainable parameters"),
      PageColumn(
        "file", "file", .bytes, words: "the adapter's file without its frozen bases"),
      PageColumn("with_bases", "with bases", .bytes, words: "the same with the bases stored once"),
      PageColumn(
        "peft_file", "PEFT's file", .bytes,
        words: "as PEFT 0.21.2 writes it, bases repeated for every module"),
      PageColumn(
        "optimizer", "AdamW", .bytes, words: "the optimizer's two moments, as 32-bit floats"),
      PageColumn("memory", "training memory", .bytes, words: words),
      PageColumn(
        "update_rank", "update rank", .count,
        words: "the highest rank that any module's update can have"),
    ]
  }

  private func points(
    of series: Series, memory: (any TunerConfiguration, Graph) throws -> Int?
  ) throws -> [JSONValue] {
    let graph = series.graph
    let configuration = series.adapter.configuration
    guard series.first.rank != nil else {
      return [Self.point(series.first, rank: nil, memory: try memory(configuration, graph))]
    }
    let last = ParameterCurve.ranks(of: series.adapter.updates.map(\.site)).upperBound
    let powers = Set((0..<24).map { 1 << $0 }.filter { $0 <= last })
    let ranks = Set(LogarithmicAxis.grid(upTo: last, count: Self.gridSize))
      .union(powers).union(series.asked)
    return try ranks.sorted().map { rank in
      let ranked = configuration.atRank(rank)
      let budget = try Budget(Adapter(ranked, for: graph), on: graph)
      return Self.point(budget, rank: rank, memory: try memory(ranked, graph))
    }
  }

  private static func point(_ budget: Budget, rank: Int?, memory: Int?) -> JSONValue {
    .list(
      [
        rank, budget.trainableParameters, budget.adapterBytes, budget.adapterBytesWithBases,
        budget.peftAdapterBytes, budget.optimizerBytes, memory, budget.updateRank,
      ].map { number in number.map { .integer($0) } ?? .null })
  }
}

extension TunerConfiguration {
  fileprivate func atRank(_ rank: Int) -> any TunerConfiguration { scaled(toRank: rank) }
}

extension Budget {
  /// The settings but the rank, and the scale, which changes no count.
  fileprivate func settingsBesideRank(of configuration: any TunerConfiguration) -> String {
    let left = [rankField, configuration.scale?.field]
    return settings.filter { !left.contains($0.key) }.sorted { $0.key < $1.key }
      .map { "\($0.key)=\($0.value.short)" }.joined(separator: ", ")
  }
}
