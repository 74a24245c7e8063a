public import ModelGraph
public import OrderedCollections
import PeftBasics

/// What a model with adapters is made of, and which of them are in use: PEFT's `get_model_status`.
public struct AdapterStatus: Hashable, Sendable {
  /// The tuner of each adapter, as files name it, in capitals.
  public let tuners: OrderedDictionary<String, String>
  public let isEnabled: Bool
  public let activeAdapters: [String]
  public let mergedAdapters: [String]
  /// How many modules have an adapter or a copy of their own.
  public let layers: Int
  /// Trainable parameters of the active adapters.
  public let trainableParameters: Int
  /// Entries of the base and of all adapters, copies of saved modules among them; without bases.
  public let totalParameters: Int

  public var availableAdapters: [String] { Array(tuners.keys) }
}

/// What one module of a model with adapters has: PEFT's `get_layer_status`.
public struct LayerStatus: Hashable, Sendable {
  public let path: String
  public let kind: Graph.Module.Kind
  /// The adapters that have something here, in the order in which they were added.
  public let availableAdapters: [String]
  /// Those of them that are in use.
  public let activeAdapters: [String]
  /// Those of them that are summed into the weights.
  public let mergedAdapters: [String]
  /// Whether the module is trained as a whole by one of them.
  public let isSavedModule: Bool
  public let isEnabled: Bool
}

extension PeftModel {
  /// The adapters and what they add up to.
  /// - Throws: `SizeOverflow` where counts are beyond 2⁶⁰.
  public var adapterStatus: AdapterStatus {
    get throws {
      let budgets = try adapters.mapValues { try Budget($0.adapter, on: base.graph) }
      let all = budgets.values.map { $0.adapterParameters + $0.savedModuleParameters }
      return AdapterStatus(
        tuners: adapters.mapValues(\.adapter.tunerName), isEnabled: isEnabled,
        activeAdapters: activeAdapters, mergedAdapters: mergedAdapters,
        layers: layerStatus.count,
        trainableParameters: try activeAdapters.compactMap { budgets[$0]?.trainableParameters }
          .checkedSum(of: "the trained parameters"),
        totalParameters: try ([base.graph.entryCount] + all).checkedSum(of: "the parameters"))
    }
  }

  /// One line for each module that an adapter has something at, in the model's order.
  public var layerStatus: [LayerStatus] {
    var found: [String: (names: [String], isSaved: Bool)] = [:]
    for (name, weights) in adapters {
      for update in weights.adapter.updates {
        found[update.site.path, default: ([], false)].names.append(name)
      }
      for module in weights.adapter.match.saved.modules {
        found[module.path, default: ([], true)].names.append(name)
      }
    }
    let graph = (try? base.graph.prepared(for: adapters.values.map(\.adapter))) ?? base.graph
    return graph.modules.modules.compactMap { module in
      guard let (names, isSaved) = found[module.path] else { return nil }
      return LayerStatus(
        path: module.path, kind: module.kind, availableAdapters: names,
        activeAdapters: activeAdapters.filter(names.contains),
        mergedAdapters: mergedAdapters.filter(names.contains), isSavedModule: isSaved,
        isEnabled: isEnabled)
    }
  }
}
