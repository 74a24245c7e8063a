public import ModelGraph
