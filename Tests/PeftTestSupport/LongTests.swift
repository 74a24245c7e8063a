import Foundation

/// Whether tests that can be made longer are: `PEFT_LONG_TESTS=1 swift test`.
package enum LongTests {
  package static let areWanted = ProcessInfo.processInfo.environment["PEFT_LONG_TESTS"] != nil
}
