import ModelGraph
import PeftBasics

extension TargetError {
  public var words: (problem: String, fix: String?) {
    switch reason {
    case .noDefaultTargets(let modelType, let linear):
      (
        modelType.map {
          "no target_modules are given and \($0.doubleQuoted) models have no defaults"
        }
          ?? "no target_modules are given, and only known types of model have defaults",
        choose(linear)
      )
    case .noTargets(let linear): ("target_modules is empty", choose(linear))
    case .everythingExcluded(let example):
      (
        "every module is excluded; \(example.module.path), for one, is \(example.reason)",
        "narrow exclude_modules and modules_to_save; write target_modules: dummy-target-modules where modules_to_save"
          + " alone are to be trained"
      )
    case .notFound(let entries, let linear):
      (misses(entries).first ?? "", fix(entries, linear))
    case .excludedOrNotFound(let entries, let linear):
      (misses(entries).first ?? "", fix(entries, linear))
    case .otherLayers(let chosen, let present):
      (
        "layers_to_transform chooses \(chosen), but the targets are in layers \(ranges(present))",
        "choose among layers \(ranges(present))"
      )
    case .noLayerNumber(let path, let patterns) where patterns.isEmpty:
      (
        "layers_to_transform is given, but \(path) has no layer's number:"
          + " a number with two components before it and one after it",
        "remove layers_to_transform, or say in layers_pattern what comes before the number"
      )
    case .noLayerNumber(let path, let patterns):
      (
        "layers_pattern \(list(patterns)) finds no layer's number in \(path)",
        "give the component that comes before the number, or remove layers_pattern"
      )
    case .unusedEntries(let entries):
      (misses(entries).first ?? "", "correct the entry, or remove it")
    case .unsupportedModules(let modules, let supported):
      (
        "\(listed(modules.map { "\($0.path) (\($0.kind))" })) cannot be adapted",
        "target only \(listed(supported.map(\.description))), or list the others in exclude_modules"
      )
    case .bypassedModule(let path, let modelType):
      (
        "\(path) is never run in a \(modelType) model: a fused kernel reads its weight directly",
        "remove \(lastComponent(path).doubleQuoted) from target_modules"
      )
    case .badPattern(let setting, let error): ("\(setting): \(error.problem)", error.fix)
    case .takesTooLong(let seconds):
      (
        "finding the configuration's modules takes more than \(seconds) seconds",
        "use fewer or simpler patterns"
      )
    case .patternWithLayers(let pattern, let setting):
      (
        "\(setting) has no effect on a regular expression, \(pattern.doubleQuoted)",
        "write the layers into the expression, or list names in target_modules"
      )
    case .allLinearWithLayers(let setting):
      (
        "\(setting) cannot be used with all-linear",
        "list the names of the layers' modules in target_modules"
      )
    case .layersPatternAlone:
      ("layers_pattern is given without layers_to_transform", "add layers_to_transform")
    case .emptySavedModule:
      ("an entry of modules_to_save is empty and would save every module", "remove it")
    case .savedModuleIsList(let entry, let module):
      (
        "\(entry.doubleQuoted) in modules_to_save means \(module.path), a \(module.kind)"
          + " that only lists modules", "name a module that computes something"
      )
    case .savedModuleIsAdapted(let entry, let path):
      (
        "\(entry.doubleQuoted) in modules_to_save means \(path), which is adapted as well",
        "train it in full or adapt it: name it in one of the two settings only"
      )
    }
  }

  /// The other entries that hit nothing.
  public var details: [String] {
    switch reason {
    case .notFound(let entries, _), .excludedOrNotFound(let entries, _),
      .unusedEntries(let entries):
      Array(misses(entries).dropFirst())
    default: []
    }
  }

  /// One line an entry that hits nothing, with what was probably meant.
  private func misses(_ entries: [EntryHits]) -> [String] {
    let what =
      if case .excludedOrNotFound = reason { "is left to adapt that matches" } else { "matches" }
    let lines = entries.prefix(8).map { entry in
      "no module \(what) \(entry.entry.doubleQuoted)"
        + (entry.suggestion.map { "; \($0)" } ?? "")
    }
    return lines + more(entries.count - 8)
  }

  private func choose(_ linear: [ModuleCount]) -> String {
    linear.isEmpty
      ? "name modules in target_modules"
      : "name some of the model's linear layers in target_modules, \(counted(linear)), or all-linear"
  }

  private func fix(_ entries: [EntryHits], _ linear: [ModuleCount]) -> String {
    let isDecided = entries.contains {
      if case .decidedOtherwise = $0.suggestion { true } else { false }
    }
    if isDecided { return "let exclude_modules or modules_to_save leave some of the targets" }
    return linear.isEmpty
      ? "name modules that the model has"
      : "name some of the model's linear layers: \(counted(linear))"
  }

  private func counted(_ names: [ModuleCount]) -> String {
    listed(names.map { "\($0.name) (\($0.count))" })
  }
}

/// `a, b, c and 4 more`.
func listed(_ texts: [String]) -> String { texts.listed(upTo: 8) }

func list(_ texts: [String]) -> String { "[\(listed(texts.map(\.doubleQuoted)))]" }

private func more(_ count: Int) -> [String] { count > 0 ? ["and \(count) more"] : [] }

/// `0–3, 7` for 0, 1, 2, 3, 7.
private func ranges(_ numbers: [Int]) -> String {
  var ranges: [ClosedRange<Int>] = []
  for number in Set(numbers).sorted() {
    if let last = ranges.last, last.upperBound == number - 1 {
      ranges[ranges.count - 1] = last.lowerBound...number
    } else {
      ranges.append(number...number)
    }
  }
  return listed(
    ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)" })
}

extension TargetSelection.Layers: CustomStringConvertible {
  public var description: String {
    switch self {
    case .one(let layer): "\(layer)"
    case .many(let layers): "[\(listed(layers.map(String.init)))]"
    }
  }
}

func lastComponent(_ path: String) -> String {
  path.split(separator: ".").last.map(String.init) ?? path
}
