import ModelDescription
import ModelGraph
import OrderedCollections
import PeftBasics
public import TunerKit

/// Trained parameters and file sizes that others have published, and what they count to here.
///
/// The settings of PEFT's method comparison (MetaMathQA), and those that the RandLoRA paper (arXiv 2502.00987) names.
public struct PublishedFigures: Sendable {
  /// One setting.
  public struct Row: Sendable {
    public let source: String
    /// A bundled model.
    public let model: String
    public let name: String
    /// Trained parameters, as they were published: a count, or a rounded word.
    public let trained: String
    /// The count; nil where they were rounded.
    public let trainedCount: Int?
    /// Bytes of the adapter's file; nil where nothing was said.
    public let file: Int?
    /// Why it may differ.
    public let note: String?
    public let counted: Counted
  }

  /// What a setting counts to.
  public enum Counted: Hashable, Sendable {
    case figures(trained: Int, percent: Double, file: Int)
    /// What is missing here: a tuner, or a field.
    case missing(String)
  }

  public let rows: [Row]

  /// Counts all of them.
  /// - Parameter registry: The tuners that settings can name.
  /// - Throws: What making a bundled model's graph throws.
  public init(registry: TunerRegistry) throws {
    var graphs: [String: Graph] = [:]
    var rows: [Row] = []
    for name in PublishedTexts.all.keys.sorted() {
      let file = ConfigurationValue(
        try DocumentReader.read(text: PublishedTexts.all[name] ?? "", path: "\(name).json"))
      let source = try file.required("source", \.string)
      for row in try file.required("rows", \.elements) {
        let model = try row.optional("model", \.string) ?? file.required("model", \.string)
        let graph = try graphs[model] ?? ModelDescription(model).graph()
        graphs[model] = graph
        let count = try row.optional("trained", \.integer)
        let configuration = try row.required("config") {
          if case .map(let fields) = $0 { fields } else { nil }
        }
        rows.append(
          Row(
            source: source, model: model, name: try row.required("name", \.string),
            trained: try count.map(\.grouped) ?? row.required("says", \.string),
            trainedCount: count,
            file: try row.optional("file", \.integer), note: try row.optional("note", \.string),
            counted: try Self.counted(configuration, on: graph, registry)))
      }
    }
    self.rows = rows
  }

  private static func counted(
    _ fields: OrderedDictionary<String, JSONValue>, on graph: Graph, _ registry: TunerRegistry
  ) throws -> Counted {
    guard let type = fields["peft_type"]?.string else {
      // All of the model, in 16 bits.
      return .figures(
        trained: graph.entryCount, percent: 100, file: 2 * graph.entryCount)
    }
    guard let tuner = try? registry.tuner(named: type.lowercased()) else {
      return .missing("no tuner \(type.lowercased())")
    }
    do { return try counted(tuner, fields, on: graph) } catch {
      return .missing("\(error)".prefix { !$0.isNewline }.description)
    }
  }

  private static func counted<Method: Tuner>(
    _: Method.Type, _ fields: OrderedDictionary<String, JSONValue>, on graph: Graph
  ) throws -> Counted {
    let configuration = try Method.Configuration(fields)
    let budget = try Budget(Adapter(configuration, for: graph), on: graph)
    return .figures(
      trained: budget.trainableParameters, percent: budget.trainablePercent,
      file: budget.peftAdapterBytes)
  }
}

extension PublishedFigures.Row {
  /// Whether the count is the published one, as far as that was rounded; nil where it cannot be told.
  public var agrees: Bool? {
    guard case .figures(let count, let percent, let bytes) = counted else { return nil }
    if let file, file != bytes, source.hasPrefix("PEFT"), percent < 100 { return false }
    if let trainedCount { return trainedCount == count }
    let words = trained.replacing(" %", with: "%")
    guard let unit = words.last, let figure = Double(words.dropLast()) else { return nil }
    let decimals = words.split(separator: ".").dropFirst().first.map { $0.count - 1 } ?? 0
    let own = unit == "%" ? percent : Double(count) / 1e6
    return own.fixed(decimals) == figure.fixed(decimals)
  }
}
