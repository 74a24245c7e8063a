import PeftTensors

/// A format that holds tensors, each with its name: batches that are made already.
protocol TensorFormat: DataFormat {
  /// Opens a file without reading its numbers: its tensors in the order in which they are stored.
  func tensors(in path: String) throws -> [(name: String, tensor: Tensor)]
}

extension TensorFormat {
  var content: DataContent { .tensors }

  func open(_ request: DataRequest) throws -> BatchStream.Source {
    .tensors(
      try TensorRows(
        tensors(in: request.path), path: request.path, objective: request.objective,
        tokens: request.tokens, inputs: request.inputs))
  }
}
