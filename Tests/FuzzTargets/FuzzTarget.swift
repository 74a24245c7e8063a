public import Foundation

/// One way in for bytes that a stranger wrote. Whatever they are, the library answers or throws: it never
/// stops the process, and what it answers is consistent.
public struct FuzzTarget: Sendable {
  public let name: String
  /// Bytes of the longest input that is worth trying.
  public let longest: Int
  /// Inputs to start from, made of the fixtures.
  public let seeds: @Sendable () throws -> [Data]
  private let body: @Sendable (Data) throws -> Void

  init(
    _ name: String, longest: Int, seeds: @escaping @Sendable () throws -> [Data],
    _ body: @escaping @Sendable (Data) throws -> Void
  ) {
    self.name = name
    self.longest = longest
    self.seeds = seeds
    self.body = body
  }

  /// Tries one input. An error of the library's is a right answer, and its words are made as well.
  /// - Returns: The error; nil where the input was accepted.
  /// - Throws: `FuzzFinding` only.
  @discardableResult
  public func run(_ bytes: Data) throws -> (any Error)? {
    do { try body(bytes) } catch let finding as FuzzFinding {
      throw finding
    } catch {
      guard !"\(error)".isEmpty else { throw FuzzFinding("an error without words") }
      return error
    }
    return nil
  }
}

/// What an input showed to be wrong.
public struct FuzzFinding: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Tries something whose errors are right answers, before something else.
func attempt(_ body: () throws -> Void) throws {
  do { try body() } catch let finding as FuzzFinding { throw finding } catch { _ = "\(error)" }
}

extension Data {
  var text: String { String(decoding: self, as: UTF8.self) }
}
