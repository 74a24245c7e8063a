internal import CPCRE2

/// A pattern as PCRE2 keeps it, freed with the last reference.
///
/// Nothing in it changes after it was made, so any number of threads may match with it at once.
final class CompiledPattern: @unchecked Sendable {
  let code: OpaquePointer

  /// What PCRE2 has against a pattern.
  struct Refusal: Error {
    let message: String
    let isTooLarge: Bool
  }

  /// Compiles a pattern in PCRE2's own dialect.
  ///
  /// Lines end in LF alone and `^` in multi-line mode also matches after the last one, as in Python.
  init(_ pattern: String) throws(Refusal) {
    var pattern = pattern
    var error: Int32 = 0
    var offset = 0
    let options = UInt32(PCRE2_UTF) | UInt32(PCRE2_UCP) | UInt32(PCRE2_ALT_CIRCUMFLEX)
    let context = pcre2_compile_context_create_8(nil)
    defer { pcre2_compile_context_free_8(context) }
    guard let context else { throw Refusal(message: "no memory is left", isTooLarge: true) }
    pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_LF))
    let compiled = pattern.withUTF8 {
      pcre2_compile_8($0.baseAddress, $0.count, options, &error, &offset, context)
    }
    guard let compiled else { throw Refusal(error) }
    code = compiled
  }

  deinit { pcre2_code_free_8(code) }
}

extension CompiledPattern.Refusal {
  fileprivate init(_ error: Int32) {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = bytes.withUnsafeMutableBufferPointer {
      pcre2_get_error_message_8(error, $0.baseAddress, $0.count)
    }
    message = String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
    isTooLarge = [PCRE2_ERROR_PATTERN_TOO_LARGE, PCRE2_ERROR_HEAP_FAILED].contains(error)
  }
}
