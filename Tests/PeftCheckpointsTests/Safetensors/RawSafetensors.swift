import PeftBasics

/// A safetensors file put together by hand, right or wrong.
enum RawSafetensors {
  static func file(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    file(Array(header.utf8), data: data, length: length)
  }

  static func file(_ header: [UInt8], data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    let length = length ?? UInt64(header.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + header
      + (0..<data).map { UInt8(truncatingIfNeeded: $0) }
  }

  /// A header's entry for one tensor.
  static func entry(
    _ name: String, type: String = "F32", shape: String = "[2]", offsets: String = "[0,8]"
  ) -> String {
    #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
  }
}
