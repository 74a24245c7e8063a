// A tuner's file imports TunerKit and nothing else.
@_exported public import ModelGraph
@_exported public import PeftBasics
