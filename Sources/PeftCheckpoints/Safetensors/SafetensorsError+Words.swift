import ModelGraph
import PeftBasics
import PeftTensors

extension SafetensorsError.Reason {
  private static let again = "download or copy the file again"
  private static let wrongWriter =
    "write the file again, with the 'safetensors' package for example"

  var words: (problem: String, fix: String?) {
    switch self {
    case .empty: ("the file is empty", Self.again)
    case .shorterThanLength(let bytes):
      ("the file has \(bytes.bytesText), and a safetensors file starts with 8", Self.again)
    case .pointer:
      ("this is Git LFS's note about the file, not the file", "fetch it with 'git lfs pull'")
    case .headerPastEnd(let header, let available):
      (
        "the header should have \(header) bytes, and only \(available) follow",
        "check that this is a safetensors file; if it is, \(Self.again)"
      )
    case .headerTooLong(let header, let limit):
      (
        "the header has \(Int(clamping: header).bytesText); at most \(limit.grouped) are allowed",
        "check that this is a safetensors file"
      )
    case .headerWithoutBrace:
      ("the header does not start with '{'", "check that this is a safetensors file")
    case .headerNotJSON(let mistake):
      ("the header is not JSON: \(mistake.problem)", Self.wrongWriter)
    case .metadataKind(nil, let found):
      ("'__metadata__' is \(found); a map of texts is expected", Self.wrongWriter)
    case .metadataKind(let key?, let found):
      (
        "\(key.quoted) in '__metadata__' is \(found); a text is expected",
        "write numbers and the like as texts"
      )
    case .metadataTwice(nil): ("'__metadata__' is there twice", Self.wrongWriter)
    case .metadataTwice(let key?):
      ("\(key.quoted) is in '__metadata__' twice", Self.wrongWriter)
    case .entryKind(let tensor, let found):
      ("tensor \(tensor.quoted) is \(found); an object is expected", Self.wrongWriter)
    case .tensorTwice(let tensor):
      ("there are two tensors \(tensor.quoted)", "give each its own name")
    case .fieldTwice(let tensor, let field):
      ("tensor \(tensor.quoted) has '\(field)' twice", Self.wrongWriter)
    case .fieldMissing(let tensor, let field):
      ("tensor \(tensor.quoted) has no '\(field)'", Self.wrongWriter)
    case .fieldKind(let tensor, let field, let expected, let found):
      (
        "'\(field)' of tensor \(tensor.quoted) holds \(found); \(expected) is expected",
        Self.wrongWriter
      )
    case .notASize(let tensor, let field, let found):
      (
        "'\(field)' of tensor \(tensor.quoted) holds \(found)",
        "use whole numbers from 0 to 2^63 - 1"
      )
    case .unknownType(let tensor, let found):
      (
        "tensor \(tensor.quoted) is of type \(found.quoted)",
        "convert it to one of \(NumberType.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    case .tooManyAxes(let tensor, let limit):
      ("tensor \(tensor.quoted) has more than \(limit) axes", "give it fewer")
    case .tooLarge(let tensor, let shape):
      ("the size of tensor \(tensor.quoted), \(shape.shapeText), is beyond 2^63", Self.wrongWriter)
    case .offsetCount(let tensor, let found):
      (
        "'data_offsets' of tensor \(tensor.quoted) holds \(found == 1 ? "1 number" : "\(found) numbers")",
        "give two: where it begins, and where it ends"
      )
    case .offsetsBackwards(let tensor, let begin, let end):
      ("tensor \(tensor.quoted) ends at \(end), before it begins at \(begin)", Self.wrongWriter)
    case .pastEnd(let tensor, let end, let available):
      (
        "tensor \(tensor.quoted) ends at byte \(end) of the data, of which there are \(available)",
        "the file is incomplete: \(Self.again)"
      )
    case .wrongLength(let tensor, let info, let expected, let found):
      (
        "tensor \(tensor.quoted), \(info), has \(found.bytesText); it needs \(expected)",
        Self.wrongWriter
      )
    case .overlap(let tensor, let other):
      ("tensors \(other.quoted) and \(tensor.quoted) share bytes", "give each its own")
    case .hole(let bytes, let tensor):
      ("there is a gap of \(bytes.bytesText) before tensor \(tensor.quoted)", Self.wrongWriter)
    case .bytesLeftOver(let bytes):
      ("there is a rest of \(bytes.bytesText) after the last tensor", Self.again)
    case .reservedName:
      ("a tensor cannot be called '__metadata__'", "choose another name")
    case .notAsAnnounced(let tensor, let announced, let given):
      (
        "tensor \(tensor.quoted) was to be \(announced), and is \(given)",
        "give it that shape and type, or announce the other"
      )
    }
  }
}
