// The front door: one import gives descriptions, graphs, tuners, the shipped methods, tensors and
// their files.
@_exported import CPUCore
@_exported import LoRA
@_exported import ModelDescription
@_exported import ModelGraph
@_exported import PeftCheckpoints
@_exported import PeftTensors
@_exported import RandLora
@_exported import TunerKit
