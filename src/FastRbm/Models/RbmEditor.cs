using CommunityToolkit.HighPerformance;

namespace FastRbm.Models;

/// <summary>Writes a model's parameters.</summary>
/// <param name="weights">W [visible, hidden].</param>
/// <param name="visibleBias">The visible biases.</param>
/// <param name="hiddenBias">The hidden biases.</param>
public delegate void RbmEditor(Span2D<float> weights, Span<float> visibleBias, Span<float> hiddenBias);
