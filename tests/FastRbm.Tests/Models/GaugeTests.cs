using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Testing;

namespace FastRbm.Tests.Models;

public sealed class GaugeTests
{
    [Theory]
    [InlineData("potts:5x4", "binary")]
    [InlineData("potts:2x4,4x3", "potts:3x4")]
    [InlineData("binary", "potts:3x4")]
    [InlineData("mixed:gaussian[8];potts:6x2[12]", "spin")]
    public void The_zero_sum_gauge_changes_no_free_energy_but_by_a_constant(string visible, string hidden)
    {
        Rbm rbm = Model(visible, hidden);
        double[] before = Free(rbm);
        Gauge.ZeroSum(rbm);
        SameUpToAConstant(before, Free(rbm));
        if (rbm.Visible is PottsLayer potts)
        {
            for (int j = 0; j < rbm.Hidden.Count; j++)
            {
                Assert.InRange(Enumerable.Range(0, potts.Categories[0]).Sum(i => (double)rbm.Weights[i, j]), -1e-5, 1e-5);
            }
        }
    }

    [Theory]
    [InlineData("gaussian")]
    [InlineData("relu")]
    [InlineData("double-relu")]
    [InlineData("spike-and-slab")]
    [InlineData("binary")]
    public void Precisions_of_hidden_units_can_be_one(string hidden)
    {
        Rbm rbm = Model("binary", hidden);
        for (int row = 1; row < rbm.Hidden.ParameterNames.Count; row++)
        {
            rbm.Hidden.SetParameter(row, new SplitMix64(9).NextFloats(rbm.Hidden.Count, -1, 1));
        }

        double[] before = Free(rbm);
        Gauge.UnitPrecisions(rbm);
        SameUpToAConstant(before, Free(rbm));
        double[] curvatures = new double[rbm.Hidden.Count];
        if (hidden is "gaussian" or "relu" or "spike-and-slab")
        {
            rbm.Hidden.Curvatures(curvatures);
            Assert.All(curvatures, static curvature => Assert.Equal(1, curvature));
        }
    }

    private static Rbm Model(string visible, string hidden)
    {
        Rbm rbm = new(UnitLayers.Parse(visible, 20), UnitLayers.Parse(hidden, 12));
        SplitMix64 random = new(4);
        rbm.Edit((weights, visibleBias, hiddenBias) =>
        {
            random.NextFloats(visibleBias.Length, -1, 1).CopyTo(visibleBias);
            random.NextFloats(hiddenBias.Length, -1, 1).CopyTo(hiddenBias);
            for (int i = 0; i < weights.Height; i++)
            {
                random.NextFloats(weights.Width, -1, 1).CopyTo(weights.GetRowSpan(i));
            }
        });
        return rbm;
    }

    private static double[] Free(Rbm rbm)
    {
        SplitMix64 random = new(7);
        Matrix rows = new(30, rbm.Visible.Count);
        for (int row = 0; row < rows.Rows; row++)
        {
            rbm.Visible.Mode(random.NextFloats(rows.Columns, -1, 1), rows.Row(row));
        }

        double[] free = new double[rows.Rows];
        rbm.FreeEnergy(rows, new RbmWorkspace(rbm), free);
        return free;
    }

    private static void SameUpToAConstant(double[] before, double[] after)
    {
        // A sum of some hundred weights, each rounded to a float of at most about 1.
        for (int row = 1; row < before.Length; row++)
        {
            Assert.InRange(before[row] - before[0] - (after[row] - after[0]), -2e-5, 2e-5);
        }
    }
}
