// A tuner's file imports TunerKit and nothing else.
@_exported import ModelGraph
