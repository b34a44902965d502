namespace FastRbm.Models.Boltzmann;

/// <summary>Changes the parameters of a Boltzmann machine in place.</summary>
/// <param name="weights">W_ij of each edge, in the order of the graph's edges.</param>
/// <param name="biases">b_i.</param>
public delegate void BoltzmannEditor(Span<float> weights, Span<float> biases);
