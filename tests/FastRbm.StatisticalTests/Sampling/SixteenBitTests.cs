using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Serialization;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Sampling;

public sealed class SixteenBitTests
{
    private const int Chains = 1000;

    [Fact]
    public void Sixteen_bit_chains_of_a_published_model_have_the_energies_and_active_units_of_the_full_ones()
    {
        string? path = TestData.FindPath("reference-models/cd25-784x500.safetensors");
        Assert.SkipWhen(path is null, $"needs reference-models/cd25-784x500.safetensors in {TestData.Variable}");
        Rbm rbm = ModelFile.Load(path);
        double[][] full = Figures(rbm, WeightPrecision.Full, seed: 1);
        double[][] sixteen = Figures(rbm, WeightPrecision.SixteenBits, seed: 2);
        string[] names = ["energy", "active visible units", "active hidden units"];
        for (int figure = 0; figure < names.Length; figure++)
        {
            (double mean, double variance) = Moments(full[figure]);
            (double other, double otherVariance) = Moments(sixteen[figure]);
            double bound = MonteCarlo.MeanBound(Math.Sqrt(variance + otherVariance), Chains, Budget.PerCheck);
            TestContext.Current.SendDiagnosticMessage($"{names[figure]}: {mean:F3} and {other:F3}, bound {bound:F3}");
            Assert.True(Math.Abs(mean - other) < bound, $"{names[figure]}: {mean} and {other}, bound {bound}");
        }
    }

    /// <summary>Energy, active visible and active hidden units of independent chains that started at the same digits.</summary>
    private static double[][] Figures(Rbm rbm, WeightPrecision precision, ulong seed)
    {
        using ChainSet chains = new(rbm, Chains, seed, threads: 2, precision);
        chains.StartFrom((BitDataset)DatasetSource.Open("binarized-mnist:test"));
        chains.Run(300);
        double[] energies = new double[Chains];
        rbm.Energy(chains.Visible, chains.Hidden, new RbmWorkspace(rbm), energies);
        return
        [
            energies,
            [.. Enumerable.Range(0, Chains).Select(chain => (double)chains.Visible.CountOn(chain))],
            [.. Enumerable.Range(0, Chains).Select(chain => (double)chains.Hidden.CountOn(chain))],
        ];
    }

    private static (double Mean, double Variance) Moments(double[] values)
    {
        double mean = values.Average();
        return (mean, values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }
}
