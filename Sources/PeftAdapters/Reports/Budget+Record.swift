import OrderedCollections
package import PeftReports
import TunerKit

extension Budget {
  /// Every value, unrounded, by the names of the JSON and CSV reports.
  package var record: Record {
    [
      "model": .text(model),
      "tuner": .text(tuner),
      "settings": .map(
        Record(uniqueKeysWithValues: settings.sorted { $0.key < $1.key }.map { ($0, $1) })),
      "rank": rank.map { .integer($0) } ?? .null,
      "target_modules": targetModules.configurationValue,
      "targets": .integer(targets),
      "base_parameters": .integer(baseParameters),
      "trainable_parameters": .integer(trainableParameters),
      "trainable_percent": .number(trainablePercent),
      "all_parameters": .integer(allParameters),
      "adapter_parameters": .integer(adapterParameters),
      "saved_module_parameters": .integer(savedModuleParameters),
      "bias_parameters": .integer(biasParameters),
      "basis_entries": .integer(basisEntries),
      "basis_bytes": .integer(basisBytes),
      "adapter_bytes": .integer(adapterBytes),
      "adapter_bytes_with_bases": .integer(adapterBytesWithBases),
      "peft_adapter_bytes": .integer(peftAdapterBytes),
      "gradient_bytes": .integer(gradientBytes),
      "optimizer_bytes": .integer(optimizerBytes),
      "update_rank": .integer(updateRank),
    ]
  }

  /// A row of the CSV report, in which the settings are one text.
  package var flatRecord: Record {
    var record = record
    record["settings"] = .text(settingsText)
    return record
  }

  /// The record with a breakdown by module.
  var recordWithModules: Record {
    var record = record
    record["modules"] = .list(modules.map { .map($0.record) })
    return record
  }
}

extension ModuleBudget {
  var record: Record {
    [
      "path": .text(path),
      "kind": .text(kind.description),
      "outputs": .integer(outputs),
      "inputs": .integer(inputs),
      "trainable_parameters": .integer(trainableParameters),
      "update_rank": .integer(updateRank),
    ]
  }
}
