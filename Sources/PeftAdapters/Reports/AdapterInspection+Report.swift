import ModelGraph
import OrderedCollections
import PeftBasics
public import PeftReports
import TunerKit

extension AdapterInspection {
  /// What was found, as a text.
  public func report(as format: ReportFormat, isStyled: Bool = false) throws -> String {
    switch format {
    case .table: tables.map { $0.text(isStyled: isStyled) }.joined(separator: "\n")
    case .markdown: tables.map(\.markdown).joined(separator: "\n")
    case .latex: tables.map(\.latex).joined(separator: "\n")
    case .csv: Table(records: [flatRecord], columns: Array(flatRecord.keys)).csv
    case .json: JSONValue.map(record).report
    }
  }
}

// MARK: - For people

extension AdapterInspection {
  private var tables: [Table] { [facts, contentsTable] + (bases.map { [table(of: $0)] } ?? []) }

  private var facts: Table {
    let settings = settings.sorted {
      ($0.key != "r" ? 1 : 0, $0.key) < ($1.key != "r" ? 1 : 0, $1.key)
    }.map { "\($0.key)=\($0.value.short)" }.joined(separator: ", ")
    let groups = FoldedPaths(modules).groups(of: modules, path: \.self) { _ in 0 }
    let targets =
      switch targets {
      case .list(let names): names.map(\.short).joined(separator: ", ")
      case .null: "the model family's defaults"
      default: targets.short
      }
    let rows = [
      ["tuner", tunerName], ["settings", settings.isEmpty ? "the defaults" : settings],
      ["PEFT", peftVersion ?? "not recorded"], ["base model", baseModel ?? "not recorded"],
      ["targets", targets.shortened(to: 76)],
      ["trained", "\(trainedParameters.grouped) parameters in \(modules.count.grouped) modules"],
    ]
    let shown = groups.prefix(Self.mostModules).map(\.text)
    let rest = groups.count - shown.count
    return Table(
      [Table.Column("adapter"), Table.Column(path)],
      rows: rows
        + (shown + (rest > 0 ? ["… and \(rest.grouped) more"] : [])).enumerated().map {
          [$0 == 0 ? "modules" : "", $1]
        })
  }

  private static let mostModules = 20

  private var contentsTable: Table {
    func row(_ name: String, _ share: Share?, bytes: Int) -> [String] {
      [
        name, share.map { $0.tensors.grouped } ?? "", share.map { $0.entries.grouped } ?? "",
        bytes.grouped, fileBytes == 0 ? "" : (100 * Double(bytes) / Double(fileBytes)).asPercent,
      ]
    }
    return Table(
      [
        Table.Column("in the file"), Table.Column("tensors", .right),
        Table.Column("entries", .right), Table.Column("bytes", .right),
        Table.Column("share", .right),
      ],
      rows: contents.map { row($0.words, $0, bytes: $0.bytes) }
        + [row("header", nil, bytes: headerBytes), row("all", nil, bytes: fileBytes)])
  }

  private func table(of bases: Bases) -> Table {
    let origin =
      switch bases.origin {
      case .key(let generation?): "drawn as torch \(generation.torchReleases.these) does"
      case .key(nil): "drawn from the key, the same in all releases of torch"
      case .other: "not from the key"
      case .recorded(let generation?):
        "left out, drawn as torch \(generation.torchReleases.these) does"
      case .recorded(nil): "left out, the same in all releases of torch"
      case .unknown: "left out; which torch drew them is not recorded"
      }
    return Table(
      [
        Table.Column("bases"), Table.Column("file bytes", .right), Table.Column("with"),
      ],
      sections: [
        Table.Section(
          "\(bases.names.joined(separator: ", ")): \(origin)",
          rows: AdapterContents.Projection.allCases.map { choice in
            [choice.words, bases.fileBytes[choice]?.grouped ?? "unknown", note(choice, bases)]
          })
      ])
  }

  /// What a choice comes to, compared with the file as it is.
  private func note(_ choice: AdapterContents.Projection, _ bases: Bases) -> String {
    guard let bytes = bases.fileBytes[choice] else {
      if choice == .none { return "they cannot be left out" }
      return bases.copies == 0 ? "peft adapter restore --model …" : ""
    }
    if choice == bases.projection { return "as it is" }
    let command = choice == .none ? "peft adapter slim" : "peft adapter restore"
    let option = choice == .perModule ? " --projection \(choice.rawValue)" : ""
    let change = bytes < fileBytes ? "saves \((fileBytes - bytes).asBytes)" : nil
    return ["\(command)\(option)", change].compactMap { $0 }.joined(separator: ", ")
  }
}

extension AdapterContents.Projection {
  fileprivate var words: String {
    switch self {
    case .none: "not in it"
    case .shared: "once"
    case .perModule: "for every module"
    }
  }
}

extension AdapterInspection.Share {
  fileprivate var words: String {
    switch purpose {
    case .trained: "trained"
    case .basis: "bases"
    case .savedModule: "saved modules"
    case .bias: "biases"
    case .repeated: "repeated without need"
    case nil: "not explained"
    }
  }
}

// MARK: - For programs

extension AdapterInspection.Share {
  fileprivate var key: String {
    switch purpose {
    case .trained: "trained"
    case .basis: "bases"
    case .savedModule: "saved_modules"
    case .bias: "biases"
    case .repeated: "repeated"
    case nil: "unexplained"
    }
  }
}

extension AdapterInspection.Origin {
  /// The origin in one word, the torch that drew, and what is wrong.
  fileprivate var record: Record {
    let (word, generation, problem): (String, TorchGeneration?, String?) =
      switch self {
      case .key(let generation): ("key", generation, nil)
      case .other(let problem): ("other", nil, problem)
      case .recorded(let generation): ("recorded", generation, nil)
      case .unknown: ("unknown", nil, nil)
      }
    return [
      "origin": .text(word),
      "torch": generation.map { .text(BasisRecord.name(of: $0)) } ?? .null,
      "problem": problem.map { .text($0) } ?? .null,
    ]
  }
}

extension AdapterInspection {
  private var record: Record {
    var record = start
    record["settings"] = .map(settings)
    record["target_modules"] = targets
    record["modules"] = .list(modules.map { .text($0) })
    record["contents"] = .map(
      Record(
        uniqueKeysWithValues: contents.map { share in
          (
            share.key,
            .map([
              "tensors": .integer(share.tensors), "entries": .integer(share.entries),
              "bytes": .integer(share.bytes),
            ])
          )
        }))
    record["bases"] =
      bases.map { bases in
        .map(
          bases.origin.record.merging(
            [
              "names": .list(bases.names.map { .text($0) }), "copies": .integer(bases.copies),
              "file_bytes": .map(sizes(bases)),
            ]) { $1 })
      } ?? .null
    return record
  }

  private func sizes(_ bases: Bases?) -> Record {
    Record(
      uniqueKeysWithValues: AdapterContents.Projection.allCases.map { choice in
        (choice.rawValue, bases?.fileBytes[choice].map { .integer($0) } ?? .null)
      })
  }

  /// A row in which every value is one cell.
  private var flatRecord: Record {
    var record = start
    record["modules"] = .integer(modules.count)
    for purpose in AdapterContents.Purpose.allCases.map(Optional.some) + [nil] {
      let share = contents.first { $0.purpose == purpose }
      let key = Share(purpose: purpose, tensors: 0, entries: 0, bytes: 0).key
      record["\(key)_bytes"] = .integer(share?.bytes ?? 0)
    }
    record["basis_copies"] = bases.map { .integer($0.copies) } ?? .null
    for (key, value) in (bases?.origin ?? .unknown).record {
      record["bases_\(key)"] = bases == nil ? .null : value
    }
    for (key, value) in sizes(bases) { record["file_bytes_bases_\(key)"] = value }
    return record
  }

  private var start: Record {
    [
      "adapter": .text(path), "tuner": .text(tunerName), "settings": .map(settings),
      "peft_version": peftVersion.map { .text($0) } ?? .null,
      "base_model": baseModel.map { .text($0) } ?? .null, "target_modules": targets,
      "trained_parameters": .integer(trainedParameters), "file_bytes": .integer(fileBytes),
      "header_bytes": .integer(headerBytes),
    ]
  }
}
