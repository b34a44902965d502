using CommunityToolkit.HighPerformance;

namespace FastRbm.Models.Subspace;

/// <summary>Writes a subspace RBM's parameters.</summary>
/// <param name="weights">W [visible, K M]: column k M + j is subspace unit k of gate j.</param>
/// <param name="visibleBias">b.</param>
/// <param name="subspaceBias">D, K M values in the order of the columns.</param>
/// <param name="gateBias">c.</param>
public delegate void SubspaceEditor(Span2D<float> weights, Span<float> visibleBias, Span<float> subspaceBias, Span<float> gateBias);
