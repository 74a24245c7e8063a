import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Counts elements and collects texts; nil where the document is not well-formed.
final class SVGReader: NSObject, XMLParserDelegate {
  var elements: [String: Int] = [:]
  var text = ""

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) { elements[name, default: 0] += 1 }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  static func read(_ svg: String) -> SVGReader? {
    let reader = SVGReader()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    return parser.parse() ? reader : nil
  }
}
