package import Foundation

#if canImport(FoundationXML)
  package import FoundationXML
#endif

/// Counts elements and collects texts; nil where the document is not well-formed.
package final class SVGReader: NSObject, XMLParserDelegate {
  package private(set) var elements: [String: Int] = [:]
  package private(set) var text = ""

  package func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) { elements[name, default: 0] += 1 }

  package func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  package static func read(_ svg: String) -> SVGReader? {
    let reader = SVGReader()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    return parser.parse() ? reader : nil
  }
}
