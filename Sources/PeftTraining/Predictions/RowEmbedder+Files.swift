import PeftBasics
import PeftCheckpoints
import PeftTensors

extension RowEmbedder {
  /// Writes all vectors to a file, one a row: `.npy`, or `.safetensors` with a tensor `vectors`.
  /// - Parameter watch: Told after each row how many there have been.
  /// - Throws: As `run`; `FileWriteError`. What was at the path before is then still there.
  package func write(to path: String, watch: (Int) -> Void = { _ in }) throws {
    guard path.hasSuffix(".npy") else {
      var vectors: [Float] = []
      try run { row in
        vectors += row.vector
        watch(row.number + 1)
      }
      return try SafetensorsWriter.write(
        ["vectors": Tensor(vectors, shape: [rowCount, width])], to: path)
    }
    try NumPyWriter.write(rowCount: rowCount, width: width, to: path) { append in
      try run { row in
        try append(row.vector)
        watch(row.number + 1)
      }
    }
  }
}
