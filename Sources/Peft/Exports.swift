// The front door: one import gives descriptions, graphs, tuners, the shipped methods, tensors and
// their files.
@_exported import CPUCore
@_exported import Checkpoints
@_exported import LoRA
@_exported import ModelDescription
@_exported import ModelGraph
@_exported import RandLora
@_exported import Tensors
@_exported import TunerKit
