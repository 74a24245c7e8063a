package import PeftTensors

/// A tensor of a file, or one of several equal runs of its rows: `mlp.weights_in.weight 0/2`.
package struct TensorPart: Hashable, Sendable {
  package let name: String
  /// Which run of how many; nil for the whole tensor.
  package let run: Run?

  package struct Run: Hashable, Sendable {
    let index: Int
    let count: Int
  }

  package init(_ text: String) {
    guard let space = text.lastIndex(of: " "), let slash = text.lastIndex(of: "/"),
      let index = Int(text[text.index(after: space)..<slash]),
      let count = Int(text[text.index(after: slash)...]), count > 0, 0..<count ~= index
    else {
      (name, run) = (text, nil)
      return
    }
    (name, run) = (String(text[..<space]), Run(index: index, count: count))
  }

  /// The rows that are meant; nil where they cannot be cut into such runs.
  func rows(of tensor: Tensor) -> Tensor? {
    guard let run else { return tensor }
    guard let all = tensor.shape.first, all > 0, all % run.count == 0 else { return nil }
    let rows = all / run.count
    let bytes = tensor.byteCount / all * rows
    return Tensor(shape: [rows] + tensor.shape.dropFirst(), type: tensor.type) { target in
      tensor.withUnsafeBytes { source in
        target.copyMemory(
          from: UnsafeRawBufferPointer(
            rebasing: source[run.index * bytes..<(run.index + 1) * bytes]))
      }
    }
  }
}

extension Checkpoint {
  /// The tensor under a name that may mean a part of one; nil where there is none.
  package func tensor(at part: TensorPart) -> Tensor? {
    (try? tensor(part.name)).flatMap(part.rows)
  }
}
