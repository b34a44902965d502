using FastRbm.Reference;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary>A model, a ladder and biases at beta 0 that tempered chains are audited on.</summary>
internal sealed record TemperedCase(ReferenceRbm Model, double[] Betas, double[] BaseVisibleBias)
{
    /// <summary>Three levels, so that both parities have a pair.</summary>
    public static TemperedCase ThreeLevels { get; } = new(
        new ReferenceRbm(new[,] { { 3.5, -2.0 }, { -2.25, 3.75 } }, [0.5, -0.25], [-0.75, 0.5]), [0, 0.4375, 1], [1.25, -0.75]);

    /// <summary>Four levels, so that one parity has two pairs at once; hottest above 0.</summary>
    public static TemperedCase FourLevels { get; } = new(
        new ReferenceRbm(new[,] { { 6.5, -7.0 } }, [1.5], [-3.0, 2.75]), [0.125, 0.4375, 0.5, 1], [-1.5]);

    /// <summary>The exact distributions.</summary>
    public ReferenceTempering Reference { get; } = new(Model, Betas, BaseVisibleBias);

    /// <summary>The number of levels.</summary>
    public int Levels => Betas.Length;

    public override string ToString() => $"{Levels} levels";
}
