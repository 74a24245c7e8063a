import OrderedCollections
import PeftBasics

/// The JSON Schema of descriptions, made from the steps' own declarations.
///
/// Editors use it to complete and check YAML: `# yaml-language-server: $schema=model.schema.json`.
public enum ModelSchema {
  /// The schema as a JSON text, the same each time.
  public static func json() -> String { schema.text(.report) + "\n" }

  private static var schema: JSONValue {
    [
      "$schema": "http://json-schema.org/draft-07/schema#",
      "title": "A model description of swift-peft",
      "type": "object",
      "required": ["name"],
      "additionalProperties": false,
      "properties": .map(
        OrderedDictionary(
          uniqueKeysWithValues: DescriptionDocument.keys.map { key, summary in
            (key, described(topLevel[key] ?? ["type": "object"], summary))
          })),
      "definitions": [
        "steps": ["type": "array", "items": ["$ref": "#/definitions/step"]],
        "step": [
          "description": "One operator with its attributes, or one of the description's blocks.",
          "anyOf": [
            ["type": "string", "enum": .list(StepCatalog.all.map { .text($0.name) })],
            [
              "type": "object",
              "minProperties": 1,
              "maxProperties": 1,
              "properties": .map(
                OrderedDictionary(uniqueKeysWithValues: StepCatalog.all.map { ($0.name, step($0)) })
              ),
            ],
          ],
        ],
        "whole": orExpression(["type": "integer"]),
        "number": orExpression(["type": "number"]),
        "flag": orExpression(["type": "boolean"]),
        "names": [
          "anyOf": [["type": "string"], ["type": "array", "items": ["type": "string"]]]
        ],
        "modules": [
          "type": "array",
          "items": [
            "anyOf": [
              ["type": "string"],
              [
                "type": "object", "minProperties": 1, "maxProperties": 1,
                "additionalProperties": ["type": "string"],
              ],
            ]
          ],
        ],
      ],
    ]
  }

  private static let topLevel: [String: JSONValue] = [
    "name": ["type": "string"], "summary": ["type": "string"], "extends": ["type": "string"],
    "model_type": ["type": "string"], "output_embedding": ["type": "string"],
    "dimensions": [
      "type": "object", "additionalProperties": ["type": ["number", "string", "boolean"]],
    ],
    "inputs": [
      "type": "object",
      "additionalProperties": [
        "type": "object",
        "required": ["type", "shape"],
        "additionalProperties": false,
        "properties": [
          "type": ["enum": .list(ModelDescription.inputTypes.map { .text($0.key) })],
          "shape": ["type": "array", "items": ["type": ["integer", "string"]]],
          "optional": ["$ref": "#/definitions/flag"],
        ],
      ],
    ],
    "blocks": [
      "type": "object",
      "additionalProperties": [
        "type": "object",
        "required": ["graph"],
        "additionalProperties": false,
        "properties": [
          "arguments": ["type": "object"],
          "inputs": ["$ref": "#/definitions/names"],
          "outputs": ["$ref": "#/definitions/names"],
          "modules": ["$ref": "#/definitions/modules"],
          "graph": ["$ref": "#/definitions/steps"],
        ],
      ],
    ],
    "modules": ["$ref": "#/definitions/modules"],
    "graph": ["$ref": "#/definitions/steps"],
  ]

  private static func step(_ type: any Step.Type) -> JSONValue {
    let attributes = type.attributes + CommonAttributes.all
    let required =
      attributes.filter(\.isRequired).map(\.name)
      + (type.needsName ? [CommonAttributes.name.name] : [])
    var schema: OrderedDictionary<String, JSONValue> = [
      "type": .list(required.isEmpty ? ["object", "null"] : ["object"]),
      "description": .text(type.summary),
      "additionalProperties": false,
      "properties": .map(
        OrderedDictionary(
          uniqueKeysWithValues: attributes.map {
            ($0.name, described(Self.schema(of: $0.kind), $0.summary))
          })),
    ]
    if !required.isEmpty { schema["required"] = .list(required.map { .text($0) }) }
    guard type.shorthand != nil else { return .map(schema) }
    schema["description"] = nil
    return ["description": .text(type.summary), "anyOf": [["type": "string"], .map(schema)]]
  }

  private static func schema(of kind: AttributeKind) -> JSONValue {
    switch kind {
    case .whole(let minimum): orExpression(["type": "integer", "minimum": .integer(minimum)])
    case .row: orExpression(["anyOf": [["type": "integer"], ["const": "none"]]])
    case .number: ["$ref": "#/definitions/number"]
    case .flag: ["$ref": "#/definitions/flag"]
    case .text: ["type": "string"]
    case .word(let words): orExpression(["enum": .list(words.map { .text($0) })])
    case .names: ["$ref": "#/definitions/names"]
    case .sizes: ["type": "array", "items": ["$ref": "#/definitions/whole"]]
    case .sizesByAxis(let minimum): byAxis(minimum)
    case .padding:
      ["anyOf": [["enum": .list(PaddingSizes.words.map { .text($0) })], byAxis(0)]]
    case .axis: axis
    case .axes: ["anyOf": [axis, ["type": "array", "items": axis]]]
    case .steps: ["$ref": "#/definitions/steps"]
    case .modules: ["$ref": "#/definitions/modules"]
    }
  }

  private static var axis: JSONValue { ["anyOf": [["type": "integer"], ["type": "string"]]] }

  /// A whole number, or a list of one for each axis.
  private static func byAxis(_ minimum: Int) -> JSONValue {
    let size = orExpression(["type": "integer", "minimum": .integer(minimum)])
    return ["anyOf": [size, ["type": "array", "items": size]]]
  }

  /// A value, or arithmetic that gives one.
  private static func orExpression(_ schema: JSONValue) -> JSONValue {
    ["anyOf": [schema, ["type": "string", "pattern": "[$0-9(]|^true$|^false$|^not "]]]
  }

  /// A schema with a line of explanation. Siblings of `$ref` are ignored, so it is wrapped.
  private static func described(_ schema: JSONValue, _ summary: String) -> JSONValue {
    guard case .map(var map) = schema else { return schema }
    if map["$ref"] != nil { map = ["allOf": [schema]] }
    map["description"] = .text(summary)
    return .map(map)
  }
}
