import Testing
@testable import ModelDescription
