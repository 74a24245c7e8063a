/// Several mistakes that do not depend on each other, in the order in which they were made.
public struct Diagnoses<Mistake: Diagnosis>: DiagnosisList, CustomStringConvertible {
  public let errors: [Mistake]

  package init(_ errors: [Mistake]) { self.errors = errors }

  /// The first of them, and how many more there are.
  public var description: String { DiagnosisText(self).text }

  package var diagnoses: [any Diagnosis] { errors }

  /// The most mistakes that are looked for: more would not help the reader.
  package static var most: Int { 100 }
}

extension Diagnoses: Equatable where Mistake: Equatable {}
extension Diagnoses: Hashable where Mistake: Hashable {}

/// Several mistakes, of whatever kind.
package protocol DiagnosisList: Error {
  var diagnoses: [any Diagnosis] { get }
}
