import Foundation
import ModelDescription
import ModelGraph
import Peft
import PeftAdapters
import PeftBasics
import PeftTestSupport
import TunerKit

extension FuzzTarget {
  /// A two-layer GPT-2, to which tuners are applied.
  private static let model = Result {
    try ModelDescription("gpt2", setting: [("layers", "2")]).graph()
  }

  private static func plan(_ configuration: some TunerConfiguration) throws {
    let plan = try AdapterPlan(model.get(), tuner: configuration)
    guard plan.trainableParameters >= 0 else {
      throw FuzzFinding("a negative number of parameters")
    }
    _ = plan.summary
  }

  /// An adapter's `adapter_config.json`, as far as a plan.
  static let adapterConfiguration = FuzzTarget(
    "adapter-configuration", longest: 3_000,
    seeds: {
      try Seeds.files("Tests/Fixtures/adapted", "adapter_config.json")
        + Seeds.files("Tests/Fixtures/found_adapters", "adapter_config.json")
    },
    { bytes in
      let file = ConfigurationFile(
        try DocumentReader.read(text: bytes.text, path: "adapter_config.json"))
      try plan(file.configuration(from: .standard, allowsUnknown: true))
    })

  /// What `--tuner` takes.
  static let tunerArgument = FuzzTarget(
    "tuner-argument", longest: 300,
    seeds: {
      Seeds.texts(
        "lora", "lora:r=16,lora_alpha=32", "randlora:r=8|16|32,target_modules=[c_attn,c_fc]",
        #"lora:target_modules="c_attn|c_fc",rank_pattern={c_attn:3}"#,
        "lora:r=4,bias=all,layers_to_transform=[0,1],layers_pattern=h",
        "randlora:sparse=true,projection_prng_key=3",
        "lora:init_lora_weights=pissa_niter_4,use_dora=true",
        "lora:target_modules=all-linear,exclude_modules=[lm_head],modules_to_save=[ln_f]",
        "lora:layer_replication=[[0,1],[0,2]]")
    },
    { bytes in
      for variant in try TunerRequest(bytes.text).variants.prefix(3) {
        try attempt { try plan(variant) }
      }
    })

  static let budget = FuzzTarget(
    "budget", longest: 40, seeds: { Seeds.texts("9M", "500k", "0.5%", "1e5", "1,000", "1.5B") },
    { bytes in _ = try ParameterBudget(bytes.text) })

  /// A regular expression as Python writes it.
  static let pattern = FuzzTarget(
    "pattern", longest: 400, seeds: { try Seeds.strings(in: "patterns.json") },
    { bytes in
      let pattern = try PythonPattern(bytes.text)
      for text in [
        "transformer.h.0.attn.c_attn", "transformer.h.11.mlp.c_proj", "lm_head", "",
        String(repeating: "a", count: 28),
      ] {
        try attempt {
          if let match = try pattern.wholeMatch(text), try pattern.startMatch(text) == nil {
            throw FuzzFinding("'\(text)' matches as a whole but not at its start: \(match)")
          }
        }
      }
    })
}
