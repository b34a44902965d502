namespace FastRbm.Reference;

/// <content>Sampling with uniforms that the caller brings: a unit is on if and only if u is less than p.</content>
public sealed partial class ReferenceRbm
{
    /// <summary>h_j = (u_j &lt; p(h_j = 1 | v)).</summary>
    /// <param name="visible">v, binary or in [0, 1].</param>
    /// <param name="uniforms">u, in [0, 1), one for each hidden unit.</param>
    public bool[] SampleHidden(double[] visible, ReadOnlySpan<double> uniforms) => Sample(MeanHidden(visible), uniforms);

    /// <inheritdoc cref="SampleHidden(double[], ReadOnlySpan{double})"/>
    public bool[] SampleHidden(bool[] visible, ReadOnlySpan<double> uniforms) => Sample(MeanHidden(visible), uniforms);

    /// <summary>v_i = (u_i &lt; p(v_i = 1 | h)).</summary>
    /// <param name="hidden">h.</param>
    /// <param name="uniforms">u, in [0, 1), one for each visible unit.</param>
    public bool[] SampleVisible(bool[] hidden, ReadOnlySpan<double> uniforms) => Sample(MeanVisible(hidden), uniforms);

    /// <summary>v -> h -> v'.</summary>
    /// <param name="visible">v.</param>
    /// <param name="hiddenUniforms">One for each hidden unit.</param>
    /// <param name="visibleUniforms">One for each visible unit.</param>
    /// <returns>h and v'.</returns>
    public (bool[] Hidden, bool[] Visible) GibbsStep(bool[] visible, ReadOnlySpan<double> hiddenUniforms, ReadOnlySpan<double> visibleUniforms)
    {
        bool[] hidden = SampleHidden(visible, hiddenUniforms);
        return (hidden, SampleVisible(hidden, visibleUniforms));
    }

    private static bool[] Sample(double[] means, ReadOnlySpan<double> uniforms)
    {
        if (uniforms.Length != means.Length)
        {
            throw new ArgumentException($"uniforms: expected a length of {means.Length}, found {uniforms.Length}.", nameof(uniforms));
        }

        bool[] state = new bool[means.Length];
        for (int k = 0; k < state.Length; k++)
        {
            state[k] = uniforms[k] < means[k];
        }

        return state;
    }
}
