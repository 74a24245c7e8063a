import Testing
@testable import TunerKit
