/// `\d`, `\s`, `\w` and their opposites, spelled out as members of a class.
///
/// PCRE2's own differ: its `\s` lacks U+001C to U+001F, has U+180E, and its `\w` grows with versions.
struct PatternCategory {
  private let letter: Unicode.Scalar

  init?(_ letter: Unicode.Scalar) {
    guard "dDsSwW".unicodeScalars.contains(letter) else { return nil }
    self.letter = letter
  }

  /// What goes between the brackets of a class, possibly beside other members.
  func members(isASCII: Bool) -> String {
    switch (letter, isASCII) {
    case ("d", false): #"\p{Nd}"#
    case ("D", false): #"\P{Nd}"#
    case ("d", _): "0-9"
    case ("D", _): #"\x{0}-\x{2f}\x{3a}-\x{10ffff}"#
    case ("s", false):
      #"\x{9}-\x{d}\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}"#
        + #"\x{202f}\x{205f}\x{3000}"#
    case ("S", false):
      #"\x{0}-\x{8}\x{e}-\x{1b}\x{21}-\x{84}\x{86}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}"#
        + #"\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{10ffff}"#
    case ("s", _): #"\x{9}-\x{d}\x{20}"#
    case ("S", _): #"\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{10ffff}"#
    case ("w", false): #"\p{L}\p{N}_"#
    // The opposite of letters, numbers and the underscore: every other category, less `_` from Pc.
    case ("W", false):
      #"\p{M}\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Po}\p{S}\p{Z}\p{C}"#
        + #"\x{203f}\x{2040}\x{2054}\x{fe33}\x{fe34}\x{fe4d}-\x{fe4f}\x{ff3f}"#
    case ("w", _): "0-9A-Za-z_"
    default: #"\x{0}-\x{2f}\x{3a}-\x{40}\x{5b}-\x{5e}\x{60}\x{7b}-\x{10ffff}"#
    }
  }
}
