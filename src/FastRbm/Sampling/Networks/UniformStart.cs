using FastRbm.Models.Networks;
using FastRbm.Random;

namespace FastRbm.Sampling.Networks;

/// <summary>Uniform noise in the bound of a model; from -1 to 1 without one.</summary>
internal static class UniformStart
{
    /// <summary>Draws a state.</summary>
    /// <param name="model">The model.</param>
    /// <param name="draws">The stream.</param>
    /// <param name="state">Written.</param>
    public static void Fill(EnergyNetwork model, in RandomStream draws, Span<float> state)
    {
        float bound = (float)(double.IsInfinity(model.Options.Bound) ? 1 : model.Options.Bound);
        for (int unit = 0; unit < state.Length; unit += 4)
        {
            draws.Block(unit / 4, out uint b0, out uint b1, out uint b2, out uint b3);
            for (int k = unit; k < Math.Min(unit + 4, state.Length); k++)
            {
                uint bits = (k - unit) switch { 0 => b0, 1 => b1, 2 => b2, _ => b3 };

                // 24 bits, in the middle of their cells.
                state[k] = bound * ((((bits >> 8) + 0.5f) * (2f / (1 << 24))) - 1);
            }
        }
    }
}
