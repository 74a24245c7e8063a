public import PeftBasics

/// What is wrong with a safetensors file, and what to do about it.
public struct SafetensorsError: Diagnosis, Hashable {
  public enum Reason: Error, Hashable, Sendable {
    // The file as a whole
    case empty
    case shorterThanLength(bytes: Int)
    case pointer
    case headerPastEnd(header: UInt64, available: Int)
    case headerTooLong(header: UInt64, limit: Int)
    case headerWithoutBrace
    case headerNotJSON(JSONMistake)
    // What the header says
    case metadataKind(key: String?, found: String)
    case metadataTwice(key: String?)
    case entryKind(tensor: String, found: String)
    case tensorTwice(String)
    case fieldTwice(tensor: String, field: String)
    case fieldMissing(tensor: String, field: String)
    case fieldKind(tensor: String, field: String, expected: String, found: String)
    case notASize(tensor: String, field: String, found: String)
    case unknownType(tensor: String, found: String)
    case tooManyAxes(tensor: String, limit: Int)
    case tooLarge(tensor: String, shape: [Int])
    // Where the tensors lie
    case offsetCount(tensor: String, found: Int)
    case offsetsBackwards(tensor: String, begin: Int, end: Int)
    case pastEnd(tensor: String, end: Int, available: Int)
    case wrongLength(tensor: String, info: TensorInfo, expected: Int, found: Int)
    case overlap(tensor: String, with: String)
    case hole(bytes: Int, before: String)
    case bytesLeftOver(Int)
    // Writing
    case reservedName
    case notAsAnnounced(tensor: String, announced: TensorInfo, given: TensorInfo)
  }

  public let reason: Reason
  public let path: String

  public var words: (problem: String, fix: String?) { reason.words }
  public var place: DiagnosisPlace? { .file(path) }
}
