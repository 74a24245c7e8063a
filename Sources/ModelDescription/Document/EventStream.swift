import CLibYAML

/// What libyaml reads from a text, one event after another, with offsets in characters.
///
/// libyaml's parser is a state machine: it does not recurse, however deep a document nests.
final class EventStream {
  struct Event {
    enum Kind {
      case documentStart
      case documentEnd
      case streamEnd
      case scalar(String, isQuoted: Bool)
      case sequenceStart
      case mappingStart
      case collectionEnd
      case alias(String)
    }
    let kind: Kind
    let start: Int
    let end: Int
    var anchor: String?
    var tag: String?
  }

  /// What libyaml says about text that it cannot read.
  struct Failure: Error {
    let problem: String
    let context: String
    let position: Int
    let contextPosition: Int
  }

  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>

  /// - Parameter bytes: UTF-8 text, without a byte order mark.
  init(_ bytes: [UInt8]) throws {
    parser = .allocate(capacity: 1)
    input = .allocate(capacity: bytes.count)
    _ = input.initialize(from: bytes)
    parser.initialize(to: yaml_parser_t())
    guard yaml_parser_initialize(parser) == 1 else { throw Self.outOfMemory }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  func next() throws -> Event {
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
      defer { yaml_event_delete(&event) }
      if let event = Self.translated(event) { return event }
    }
  }

  private static func translated(_ event: yaml_event_t) -> Event? {
    func make(
      _ kind: Event.Kind, anchor: UnsafeMutablePointer<UInt8>? = nil,
      tag: UnsafeMutablePointer<UInt8>? = nil
    ) -> Event {
      Event(
        kind: kind, start: Int(clamping: event.start_mark.index),
        end: Int(clamping: event.end_mark.index),
        anchor: anchor.map { String(cString: $0) }, tag: tag.map { String(cString: $0) })
    }
    switch event.type {
    case YAML_DOCUMENT_START_EVENT: return make(.documentStart)
    case YAML_DOCUMENT_END_EVENT: return make(.documentEnd)
    case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return make(.streamEnd)
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let text = UnsafeBufferPointer(start: scalar.value, count: Int(clamping: scalar.length))
      return make(
        .scalar(
          String(decoding: text, as: UTF8.self),
          isQuoted: scalar.style != YAML_PLAIN_SCALAR_STYLE),
        anchor: scalar.anchor, tag: scalar.tag)
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      return make(.sequenceStart, anchor: start.anchor, tag: start.tag)
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      return make(.mappingStart, anchor: start.anchor, tag: start.tag)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return make(.collectionEnd)
    case YAML_ALIAS_EVENT: return make(.alias(String(cString: event.data.alias.anchor)))
    default: return nil  // The start of the stream, which says nothing.
    }
  }

  private func failure() -> Failure {
    let parser = parser.pointee
    guard parser.error != YAML_MEMORY_ERROR, let problem = parser.problem else {
      return Self.outOfMemory
    }
    // The reader, below the scanner, knows only a byte; it has read no further than the mark.
    let position =
      parser.error == YAML_READER_ERROR
      ? characterOffset(ofByte: Int(clamping: parser.problem_offset))
      : Int(clamping: parser.problem_mark.index)
    return Failure(
      problem: String(cString: problem),
      context: parser.context.map { String(cString: $0) } ?? "",
      position: position,
      contextPosition: parser.context == nil
        ? position : Int(clamping: parser.context_mark.index))
  }

  private func characterOffset(ofByte offset: Int) -> Int {
    input.prefix(offset).count { $0 & 0xC0 != 0x80 }
  }

  private static let outOfMemory = Failure(
    problem: "there is not enough memory", context: "", position: 0, contextPosition: 0)
}
