import LoRA
import RandLora
public import TunerKit

extension TunerRegistry {
  /// The tuners that come with the library.
  public static let standard: TunerRegistry = {
    var registry = TunerRegistry()
    do {
      try registry.register(LoRATuner.self)
      try registry.register(RandLoraTuner.self)
    } catch {
      preconditionFailure("two shipped tuners share a name: \(error)")
    }
    return registry
  }()
}
