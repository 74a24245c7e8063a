extension Graph {
  /// The modules as an indented tree, one a line, in the manner of PyTorch's `print(model)`.
  ///
  /// A line has the module's name, its kind, its own parameters with their shapes, and on the right
  /// the number of entries in it with all inside it, each parameter once. Numbered neighbours that
  /// are alike share a line, which counts all of them; the lines inside it count one. A weight that
  /// belongs to another module says whose it is. The last line sums up.
  ///
  ///     gpt2                                                          124,439,808
  ///       (transformer): Container                                    124,439,808
  ///         (wte): Embedding  weight [50257, 768]                      38,597,376
  ///         (h): Container                                             85,054,464
  ///           (0-11): 12 × Container, 7,087,872 each                   85,054,464
  ///     …
  ///       (lm_head): Linear  weight = transformer.wte.weight           38,597,376
  ///     total 124,439,808 | adapter 0 | frozen basis 0 | operations 200
  ///
  /// - Parameter base: The graph before it was adapted. Where it is given, `+` in the margin marks
  ///   the modules and parameters that only the adapted graph has.
  public func moduleTree(comparedWith base: Graph? = nil) -> String {
    let root = ModuleSummary(
      of: Module(path: "", kind: .container), in: self, comparedWith: base)
    var printer = ModuleTreePrinter(graph: self, hasMargin: base != nil)
    printer.printRoot(root, name: name)
    return printer.text
  }

  /// Entries of all parameters that have a role of some kind.
  func entryCount(where isCounted: (Parameter.Role) -> Bool) -> Int {
    parameters.reduce(0) { isCounted($1.role) ? $0 + $1.count : $0 }
  }
}
