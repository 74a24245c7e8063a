public import PeftBasics

/// The sizes of decoding: what its programs and its caches are made for.
package struct DecodingSizes: Hashable, Sendable {
  /// Rows that are answered at a time.
  package var rows: Int
  /// New tokens of each row in a run: those of a prompt, or the last one alone.
  package var tokens: Int
  /// Places that a row has, for its prompt and its answer.
  package var length: Int
  /// What keys and values are kept in.
  package var element: ElementType

  package init(rows: Int, tokens: Int, length: Int, element: ElementType = .float32) {
    self.rows = rows
    self.tokens = tokens
    self.length = length
    self.element = element
  }
}

/// A graph that computes the logits of the last of some new tokens, and keeps keys and values for those to come.
package struct DecodingGraph: Sendable {
  /// Its inputs are ``newTokens`` `[rows, tokens]`; ``starts`` `[rows]`, the place of each row's first new token;
  /// ``last`` `[rows]`, the index of the new token whose logits are wanted; and the masks of what the encoder read. Its
  /// output is `logits [rows, vocabulary]`.
  package let graph: Graph
  /// The parameters that are written while tokens come: the cache.
  package let caches: [Parameter.ID]
  /// What the encoder leaves for all tokens, by the output of `Graph.encoding` that it is.
  package let kept: [(output: String, parameter: Parameter.ID)]

  package static let newTokens = "new_tokens"
  package static let starts = "starts"
  package static let last = "last"
}

/// Why a model cannot generate.
public enum NoGeneration: Diagnosis, Hashable {
  case noLogits(known: [String])
  case noTokens(known: [String])
  /// Attention to later tokens, too.
  case attendsBothWays(module: String)
  /// Something else that mixes the tokens of a row.
  case mixesTokens(operation: String, module: String)

  public var words: (problem: String, fix: String?) {
    let fix = "generate with a causal language model, or a model with an encoder and a decoder"
    return switch self {
    case .noLogits(let known):
      ("the model has no output 'logits', but \(known.map(\.quoted).joined(separator: ", "))", fix)
    case .noTokens(let known):
      (
        "the model reads no tokens that it could continue, but \(known.map(\.quoted).joined(separator: ", "))",
        fix
      )
    case .attendsBothWays(let module):
      ("\(module) attends to later tokens, too: it cannot continue a text", fix)
    case .mixesTokens(let operation, let module):
      (
        "\(module.isEmpty ? "the model" : module) mixes the tokens of a text (\(operation)): it cannot be "
          + "computed token by token", fix
      )
    }
  }
}
