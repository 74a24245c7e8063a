import OrderedCollections
import PeftBasics

/// A model that a checkpoint's folder describes together with another configuration than its own.
extension ModelDescription {
  /// This checkpoint's model with a head for classes, whose weights the checkpoint need not have.
  ///
  /// The class is the family's `…ForSequenceClassification` or `…ForImageClassification`, as transformers calls it;
  /// that of the configuration where it is one already.
  /// - Parameters:
  ///   - names: Those of the classes, in the order of the outputs; of numbers, where the head predicts some.
  ///   - problemType: What transformers calls `problem_type`; by the labels where nil.
  /// - Throws: `ClassesError` where the model cannot have such a head; what is wrong with its `config.json`.
  package func classifying(
    _ names: [String], problemType: String? = nil
  ) throws -> ModelDescription {
    guard let folder = checkpointFolder else { throw ClassesError.noConfiguration(model: name) }
    guard names.count > 1 || problemType == "regression" && !names.isEmpty else {
      throw ClassesError.tooFew(names.count)
    }
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw ClassesError.twice(twice)
    }
    let path = "\(folder)/config.json"
    guard case .map(var fields) = try JSONValue(path: path) else {
      throw ClassesError.noConfiguration(model: folder)
    }
    let known = classNames.filter { name in Self.classifiers.contains { name.hasSuffix($0) } }
    var own: [String] = []
    if case .list(let classes)? = fields["architectures"] { own = classes.compactMap(\.string) }
    guard let chosen = own.first(where: known.contains) ?? known.first else {
      throw ClassesError.noHead(modelType: modelType ?? name)
    }
    fields["architectures"] = .list([.text(chosen)])
    fields["id2label"] = .map(
      OrderedDictionary(uniqueKeysWithValues: names.enumerated().map { ("\($0)", .text($1)) }))
    fields["label2id"] = .map(
      OrderedDictionary(uniqueKeysWithValues: names.enumerated().map { ($1, .integer($0)) }))
    fields["num_labels"] = nil
    if let problemType { fields["problem_type"] = .text(problemType) }
    return try configured(by: JSONValue.map(fields).text(.indented) + "\n", path: path)
  }

  /// This checkpoint's model with the configuration that an adapter was trained with.
  /// - Parameters:
  ///   - text: A `config.json`.
  ///   - path: What messages call it.
  package func configured(by text: String, path: String) throws -> ModelDescription {
    try ModelDescription(
      configuration: text, path: path, folder: checkpointFolder, name: name, families: families)
  }

  private static let classifiers = ["ForSequenceClassification", "ForImageClassification"]

  /// The classes of transformers that the family's description knows.
  private var classNames: [String] { document["architectures"]?.entries?.map(\.key) ?? [] }
}

/// Why a model cannot get a head for classes.
package enum ClassesError: Diagnosis, Hashable {
  case noConfiguration(model: String)
  case noHead(modelType: String)
  case tooFew(Int)
  case twice(String)

  package var words: (problem: String, fix: String?) {
    switch self {
    case .noConfiguration(let model):
      (
        "'labels' make a new head, and \(model.shown) has no config.json that could say so",
        "name a checkpoint's folder as the model, or describe a model with such a head"
      )
    case .noHead(let type):
      (
        "models of model_type '\(type.shown)' have no head for classes here",
        "choose a model such as BERT, ViT, GPT-2 or Llama, or describe this one with its head"
      )
    case .tooFew(let count):
      (
        "'labels' are \(count.counted("name")), and a classifier has two classes at least",
        "name all classes, or write 'labels: auto'"
      )
    case .twice(let name):
      ("'labels' have '\(name.shown)' twice", "give every class a name of its own")
    }
  }
}
