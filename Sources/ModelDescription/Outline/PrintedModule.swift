import PeftBasics

/// One module of a text of `print(model)`, with those in it.
struct PrintedModule {
  let className: String
  /// What it is called in the module around it: one name, or a range of numbers. Nil at the root.
  let label: Label?
  /// What stands between its parentheses, where that is one line.
  var arguments: Substring?
  var children: [PrintedModule] = []
  /// Bare parameters of a list of them.
  var parameters: [(name: String, shape: [Int])] = []
  /// Whether its class adds lines to the text that say something else than modules.
  var hasText = false
  /// What messages about it underline.
  let range: SourceRange

  enum Label {
    case name(String)
    case numbers(ClosedRange<Int>)

    var count: Int {
      switch self {
      case .name: 1
      case .numbers(let range): range.count
      }
    }

    var names: [String] {
      switch self {
      case .name(let name): [name]
      case .numbers(let range): range.map(String.init)
      }
    }
  }
}
