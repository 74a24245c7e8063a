/// All kinds of operator.
///
/// Of each the tests demand a definition to compare with, a kernel, a gradient and a step of descriptions, or
/// the statement that there is none.
package enum OperatorCatalog {
  package static let all: [any Operator.Type] = [
    // Models and their updates.
    Linear.self,
    MatrixProduct.self,
    Convolution2D.self,
    Convolution1D.self,
    MaxPool.self,
    AveragePool.self,
    Reduce.self,
    Patches.self,
    Embedding.self,
    Positions.self,
    Attention.self,
    RelativePositionBias.self,
    Rotary.self,
    LayerNorm.self,
    RMSNorm.self,
    BatchNorm.self,
    GroupNorm.self,
    UnitLength.self,
    InverseLength.self,
    Softmax.self,
    Activation.self,
    Add.self,
    Multiply.self,
    Scale.self,
    TanhGELUGate.self,
    Dropout.self,
    Reshape.self,
    Flatten.self,
    Permute.self,
    Slice.self,
    Split.self,
    Concatenate.self,
    TakeToken.self,
    Recurrence.self,
    StopGradient.self,
    Convert.self,
    // Decoding.
    AppendToCache.self,
    CachedAttention.self,
    PlacedRotary.self,
    PlacedPositions.self,
    PlacedPositionBias.self,
    // Losses.
    CrossEntropy.self,
    HeadCrossEntropy.self,
    BinaryCrossEntropy.self,
    SquaredError.self,
    ContrastiveLoss.self,
    FrobeniusNorm.self,
    // Gradients.
    LinearWeightGradient.self,
    EmbeddingGradient.self,
    ConvolutionInputGradient.self,
    ConvolutionWeightGradient.self,
    ChannelSum.self,
    MaxPoolGradient.self,
    AveragePoolGradient.self,
    ReduceGradient.self,
    AttentionGradient.self,
    RotaryGradient.self,
    RelativePositionBiasGradient.self,
    LayerNormGradient.self,
    BatchNormGradient.self,
    GroupNormGradient.self,
    RMSNormGradient.self,
    RMSNormWeightGradient.self,
    UnitLengthGradient.self,
    SoftmaxGradient.self,
    ActivationGradient.self,
    Pad.self,
    Join.self,
    Unpatch.self,
    Unflatten.self,
    PlaceToken.self,
    RecurrenceGradient.self,
    SumTo.self,
    Zeros.self,
  ]
}

/// An operator that descriptions have no step of its name for: rewrites put it into a graph, or several steps stand
/// for what it can do.
package protocol UndescribedOperator: Operator {}

/// An operator that only gradients or decoding are made of. It has no gradient itself.
package protocol GradientOperator: UndescribedOperator {}
