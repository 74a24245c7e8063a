/// Several mistakes that do not depend on each other, in the order in which they were made.
public struct Diagnoses<Mistake: Diagnosis>: DiagnosisList, CustomStringConvertible {
  public let errors: [Mistake]

  package init(_ errors: [Mistake]) { self.errors = errors }

  /// All of them, as far as anybody would read.
  public var description: String { DiagnosisText(self).text }

  package var diagnoses: [any Diagnosis] { errors }

  /// As many as are looked for; what has more is wrong from the ground up.
  package static var most: Int { 100 }
}

extension Diagnoses: Equatable where Mistake: Equatable {}
extension Diagnoses: Hashable where Mistake: Hashable {}

/// Several mistakes, of whatever kind.
package protocol DiagnosisList: Error {
  var diagnoses: [any Diagnosis] { get }
}
