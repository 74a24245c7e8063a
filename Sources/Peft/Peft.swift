// The umbrella: one import gives descriptions, tuners, models with adapters, training, tensors and
// their files.
@_exported public import CPUCore
@_exported public import LoRA
@_exported public import ModelDescription
@_exported public import ModelGraph
@_exported public import PeftAdapters
@_exported public import PeftBasics
@_exported public import PeftCheckpoints
@_exported public import PeftGeneration
@_exported public import PeftTensors
@_exported public import PeftTraining
@_exported public import RandLora
@_exported public import TunerKit
