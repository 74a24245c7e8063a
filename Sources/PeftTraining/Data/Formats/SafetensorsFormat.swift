import PeftCheckpoints
import PeftTensors

/// Tensors of the model's inputs' names, and labels, in a safetensors file.
struct SafetensorsFormat: TensorFormat {
  let ending = ".safetensors"
  let summary = "Tensors named as the model's inputs, and 'labels'."

  func tensors(in path: String) throws -> [(name: String, tensor: Tensor)] {
    let file = try SafetensorsFile(path: path)
    return file.names.compactMap { name in file.tensor(name).map { (name, $0) } }
  }
}
