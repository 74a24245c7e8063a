import ModelGraph
import PeftAdapters
package import PeftBasics
import PeftCheckpoints
import PeftTensors

/// Rows to predict or to embed.
public struct RowInput: Sendable {
  fileprivate enum Kind: Sendable {
    case texts([String])
    case files(DataFiles)
    case lines(MappedFile, path: String)
  }

  fileprivate let kind: Kind

  public static func texts(_ texts: [String]) -> RowInput { RowInput(kind: .texts(texts)) }

  /// Rows of texts, or tensors named as the model's inputs; a `.npy` file has its main input alone.
  public static func files(_ files: DataFiles) -> RowInput { RowInput(kind: .files(files)) }

  /// A text a line.
  /// - Parameter path: What messages call the file.
  package static func lines(_ file: MappedFile, called path: String) -> RowInput {
    RowInput(kind: .lines(file, path: path))
  }
}

/// Rows as they are opened.
enum OpenedRows {
  case texts(TextRows)
  case tensors([(name: String, tensor: Tensor)], path: String)

  /// - Parameter inputs: The names of the model's inputs.
  init(_ input: RowInput, inputs: [String], formats: DataFormats) throws {
    switch input.kind {
    case .texts(let texts): self = .texts(try TextRows([TextFile(texts: texts)]))
    case .lines(let file, let path):
      self = .texts(try TextRows([TextFile(path: path, file: file, format: LinesFormat())]))
    case .files(let files):
      let paths = try files.found(in: formats)
      let known = try paths.map { (path: $0, format: try formats.known($0)) }
      guard let first = known.first else { throw DataError(.noRows, path: "data") }
      if known.count == 1, let format = first.format as? any TensorFormat {
        self = .tensors(try format.tensors(in: first.path), path: first.path)
      } else if known.count == 1, first.format is NumPyFormat {
        self = .tensors([try Self.array(in: first.path, for: inputs)], path: first.path)
      } else {
        self = .texts(
          try TextRows(
            known.map { path, format in
              guard let format = format as? any RowsFormat else {
                throw DataError(
                  known.count > 1
                    ? .notOneOfSeveral
                    : .noRowsToPredict(takes: formats.endings(of: [.texts, .tensors]) + [".npy"]),
                  path: path)
              }
              return try format.rows(called: path)
            }))
      }
    }
  }

  /// An array of the model's main input; one image alone is one row.
  private static func array(
    in path: String, for inputs: [String]
  ) throws -> (name: String, tensor: Tensor) {
    let tensor = try NumPyFile(path: path).tensor
    let name = inputs.contains("pixel_values") ? "pixel_values" : inputs.first ?? "input_ids"
    let isOneImage = name == "pixel_values" && tensor.shape.count == 3
    return (name, isOneImage ? tensor.reshaped([1] + tensor.shape) : tensor)
  }
}

extension TextFile {
  /// Texts that are in no file, each as the field `text`.
  fileprivate init(texts: [String]) throws {
    var rest = texts[...]
    try self.init(called: "TEXT") { rest.popFirst().map { DataRecord([("text", .text($0))]) } }
  }
}
