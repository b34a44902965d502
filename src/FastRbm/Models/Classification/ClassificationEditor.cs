using CommunityToolkit.HighPerformance;

namespace FastRbm.Models.Classification;

/// <summary>Writes a classification RBM's parameters.</summary>
/// <param name="weights">W [columns, hidden].</param>
/// <param name="classWeights">U [classes, hidden].</param>
/// <param name="visibleBias">b.</param>
/// <param name="classBias">d.</param>
/// <param name="hiddenBias">c.</param>
public delegate void ClassificationEditor(
    Span2D<float> weights, Span2D<float> classWeights, Span<float> visibleBias, Span<float> classBias, Span<float> hiddenBias);
