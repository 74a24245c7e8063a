import CPCRE2

/// A pattern as PCRE2 keeps it, freed with the last reference.
///
/// Nothing in it changes after it was made, so any number of threads may match with it at once.
final class CompiledPattern: @unchecked Sendable {
  let code: OpaquePointer

  /// Compiles a pattern in PCRE2's own dialect.
  ///
  /// Lines end in LF alone and `^` in multi-line mode also matches after the last one, as in Python.
  init(_ source: String) throws(PatternError) {
    var pattern = source
    var error: Int32 = 0
    var offset = 0
    let options = UInt32(PCRE2_UTF) | UInt32(PCRE2_UCP) | UInt32(PCRE2_ALT_CIRCUMFLEX)
    let context = pcre2_compile_context_create_8(nil)
    defer { pcre2_compile_context_free_8(context) }
    guard let context else {
      throw PatternError(pattern: source, reason: .tooLong(limit: "no memory is left"))
    }
    pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_LF))
    let compiled = pattern.withUTF8 {
      pcre2_compile_8($0.baseAddress, $0.count, options, &error, &offset, context)
    }
    guard let compiled else {
      throw PatternError(pattern: source, reason: PatternError.Reason(error))
    }
    code = compiled
  }

  deinit { pcre2_code_free_8(code) }
}

extension PatternError.Reason {
  /// What PCRE2 has against a pattern that the translation found nothing wrong with.
  fileprivate init(_ error: Int32) {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = bytes.withUnsafeMutableBufferPointer {
      pcre2_get_error_message_8(error, $0.baseAddress, $0.count)
    }
    let message = String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
    let isTooLarge = [PCRE2_ERROR_PATTERN_TOO_LARGE, PCRE2_ERROR_HEAP_FAILED].contains(error)
    self = isTooLarge ? .tooLong(limit: message) : .unsupported(feature: message, offset: nil)
  }
}
