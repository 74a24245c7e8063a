extension Graph {
  /// A named part of a model, as PyTorch's `named_modules()` lists it.
  public struct Module: Hashable, Sendable {
    /// What a module is, by the class name that PyTorch prints: `Linear`, `LayerNorm`, `Dropout`, …
    public struct Kind: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
      public let description: String
      public init(_ name: String) { description = name }
      public init(stringLiteral name: String) { description = name }

      /// A fully connected layer whose weight is stored `[out, in]`.
      public static let linear: Kind = "Linear"
      /// GPT-2's fully connected layer, whose weight is stored `[in, out]`.
      public static let conv1D: Kind = "Conv1D"
      public static let embedding: Kind = "Embedding"
      public static let conv2D: Kind = "Conv2d"
      /// Holds other modules and computes nothing by itself.
      public static let container: Kind = "Container"
    }

    /// The dotted path from the root, such as `model.layers.3.self_attn.q_proj`; the root's is empty.
    public let path: String
    public let kind: Kind

    public init(path: String, kind: Kind) {
      self.path = path
      self.kind = kind
    }

    /// The last component of the path.
    public var name: Substring {
      path.utf8.lastIndex(of: UInt8(ascii: ".")).map { path[path.utf8.index(after: $0)...] }
        ?? path[...]
    }
  }
}
