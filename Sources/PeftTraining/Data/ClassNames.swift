import PeftBasics
public import TunerKit

/// The classes of a new classifier.
public enum ClassNames: Hashable, Sendable {
  /// Those that the labels of the training data name, sorted.
  case auto
  /// In the order of the classifier's outputs.
  case names([String])
}

extension ClassNames {
  private static let automatic = "auto"

  /// As a command line has them: `auto`, or names with commas between.
  public init(_ text: String) {
    self =
      text == Self.automatic
      ? .auto
      : .names(
        text.split(separator: ",", omittingEmptySubsequences: false)
          .map { String($0.trimmingBlanks) })
  }

  /// The classes of some training data.
  ///
  /// Names are sorted by their code points, as Python sorts; labels that are all whole numbers from 0 on are their own
  /// names, up to the largest.
  /// - Parameter field: The field that holds a row's label.
  /// - Throws: `DataError` where a row has no label, or one that cannot be a class.
  func names(in rows: TextRows, field: String) throws(DataError) -> [String] {
    guard case .auto = self else { return given }
    var found: Set<String> = []
    for row in 0..<rows.count {
      do throws(DataError.Reason) {
        found.insert(try Self.name(of: rows.record(row), field: field))
      } catch {
        throw rows.error(error, at: row)
      }
      guard found.count <= Self.most else {
        throw DataError(.tooManyClasses(most: Self.most), path: rows.path)
      }
    }
    let numbers = found.compactMap { Int($0) }.filter { 0..<Self.most ~= $0 }
    if numbers.count == found.count, let largest = numbers.max() {
      return (0...largest).map(String.init)
    }
    return found.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
  }

  /// - Parameter files: The training data.
  /// - Throws: What is wrong with the files; `DataError` where they have no rows of texts.
  func names(
    in files: DataFiles, field: String, _ formats: DataFormats
  ) throws -> [String] {
    guard case .auto = self else { return given }
    return try names(in: formats.rows(of: files.found(in: formats)), field: field)
  }

  private static func name(
    of record: DataRecord, field: String
  ) throws(DataError.Reason) -> String {
    switch record.value(field) {
    case nil: throw .noLabel(field: field, known: record.names)
    case .text("")?: throw .labelNotName(field: field, found: "empty")
    case .text(let name)?: return name
    case .integer(let number)?: return String(number)
    case .bool(let isTrue)?: return String(isTrue)
    case let value?: throw .labelNotName(field: field, found: value.kind)
    }
  }

  private var given: [String] { if case .names(let names) = self { names } else { [] } }

  /// More than that are no classes, but texts or numbers.
  private static let most = 10_000
}

extension ClassNames: ConfigurationRepresentable {
  public static var expectation: String { "auto, or a list of names" }

  public init?(configurationValue value: ConfigurationValue) {
    if let names = [String](configurationValue: value) {
      self = .names(names)
    } else if value == .text(Self.automatic) {
      self = .auto
    } else {
      return nil
    }
  }

  public var configurationValue: ConfigurationValue {
    switch self {
    case .auto: .text(Self.automatic)
    case .names(let names): names.configurationValue
    }
  }
}
