// The front door: one import gives descriptions, graphs, tuners and the shipped methods.
@_exported import LoRA
@_exported import ModelDescription
@_exported import ModelGraph
@_exported import RandLora
@_exported import TunerKit
