using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Sampling;
using FastRbm.Testing;
using FastRbm.Tests;
using FastRbm.Tests.Models;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary>Chains of every pair of kinds of units, started at exact draws, stay there; and step as the exact kernel does.</summary>
public sealed class UnitPairTests
{
    private const ulong Model = 11;
    private const int Chains = 20_000;
    private const int Bins = 8;

    public static TheoryData<string, string> Pairs() =>
        [.. UnitPairs.All.Select(static pair => new TheoryDataRow<string, string>(pair.Visible, pair.Hidden))];

    public static TheoryData<string, string> PairsOfBits() =>
        [.. UnitPairs.All.Where(static pair => IsOfBits(pair.Visible) && IsOfBits(pair.Hidden)).Select(static pair => new TheoryDataRow<string, string>(pair.Visible, pair.Hidden))];

    public static TheoryData<string> Kinds() => [.. UnitPairs.VisibleKinds];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Chains_that_start_at_exact_draws_pass_the_audit(string visible, string hidden)
    {
        UnitPairs pair = new(visible, hidden);
        foreach ((string check, double p) in Audit(pair, UnitPairEngine.Make(pair, Model), Chains))
        {
            Assert.True(p > Budget.PerCheck, $"{pair}, {check}: p-value {p}");
        }
    }

    [Theory]
    [MemberData(nameof(PairsOfBits))]
    public void The_chain_set_of_bits_passes_the_audit(string visible, string hidden)
    {
        UnitPairs pair = new(visible, hidden);
        Rbm rbm = UnitPairEngine.Make(pair, Model);
        using ChainSet chains = new(rbm, Chains, seed: 8);
        Dictionary<string, double> checks = Audit(pair, rbm, Chains, rows =>
        {
            chains.StartFrom(rows);
            chains.Run(1);
        }, (chain, v, h) =>
        {
            rbm.Visible.FromBits(chains.Visible.Row(chain), v);
            rbm.Hidden.FromBits(chains.Hidden.Row(chain), h);
        });
        foreach ((string check, double p) in checks)
        {
            Assert.True(p > Budget.PerCheck, $"{pair}, {check}: p-value {p}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_model_that_differs_a_little_is_caught(string visible)
    {
        UnitPairs pair = new(visible, "binary");
        double least = Audit(pair, UnitPairEngine.Make(pair, Model, nudge: 0.25), 3 * Chains).Values.Min();
        Assert.True(least < Budget.Caught, $"{pair}: smallest p-value {least}");
    }

    private static bool IsOfBits(string kind) => kind is "binary" or "spin" or "potts:3";

    private static Dictionary<string, double> Audit(UnitPairs pair, Rbm rbm, int chains)
    {
        using UnitChains sampler = new(rbm, chains, seed: 6);
        return Audit(pair, rbm, chains, rows =>
        {
            sampler.StartFrom(rows);
            sampler.Run(1);
        }, (chain, v, h) =>
        {
            sampler.CopyVisible(chain, v);
            sampler.CopyHidden(chain, h);
        });
    }

    private static Dictionary<string, double> Audit(UnitPairs pair, Rbm rbm, int chains, Action<TestRows> step, Action<int, float[], float[]> copy)
    {
        ReferencePair reference = pair.Reference(Model);
        ReferenceGroup visible = pair.VisibleGroup(Model);
        ReferenceGroup hidden = pair.HiddenGroup(Model);
        double[] start = reference.VisibleProbabilities();
        Func<double[], int> visibleBin = Bin(visible.States, start);
        Func<double[], int> hiddenBin = Bin(hidden.States, [.. Enumerable.Repeat(1.0 / hidden.States.Length, hidden.States.Length)]);
        SplitMix64 random = new(5);
        float[][] rows = [.. Enumerable.Range(0, chains).Select(_ => Array.ConvertAll(visible.States[random.NextCell(start)], static x => (float)x))];
        step(new TestRows(rows));
        long[,] steps = new long[Bins, Bins];
        long[,] joint = new long[Bins, Bins];
        long[] after = new long[Bins];
        float[] v = new float[rows[0].Length];
        float[] h = new float[rbm.Hidden.Count];
        for (int chain = 0; chain < chains; chain++)
        {
            copy(chain, v, h);
            int bin = visibleBin(Array.ConvertAll(v, static x => (double)x));
            after[bin]++;
            steps[visibleBin(Array.ConvertAll(rows[chain], static x => (double)x)), bin]++;
            joint[bin, hiddenBin(Array.ConvertAll(h, static x => (double)x))]++;
        }

        double[,] expected = reference.Step(visibleBin, Bins);
        double[] marginal = [.. Enumerable.Range(0, Bins).Select(a => Enumerable.Range(0, Bins).Sum(b => expected[a, b]))];
        return new Dictionary<string, double>
        {
            ["v after one step"] = GTest.Of(after, marginal).PValue,
            ["v before and after one step"] = GTest.OfPairs(steps, expected).PValue,
            ["v and h"] = GTest.OfPairs(joint, reference.Joint(visibleBin, Bins, hiddenBin, Bins)).PValue,
        };
    }

    /// <summary>Numbers of up to eight bins: discrete states by themselves, a real unit by quantiles, and 0 apart.</summary>
    private static Func<double[], int> Bin(double[][] states, double[] probabilities)
    {
        if (states.Length <= Bins)
        {
            return state => Enumerable.Range(0, states.Length).MinBy(i => states[i].Zip(state, static (a, b) => (a - b) * (a - b)).Sum());
        }

        // Edges between points of the grid, so that a cell of the grid lies in one bin.
        double sum = 0;
        List<double> edges = [];
        (double State, double Probability)[] sorted = [.. states.Select(static state => state[0]).Zip(probabilities).OrderBy(static point => point.First)];
        for (int i = 0; i < sorted.Length - 1 && edges.Count < Bins - 2; i++)
        {
            sum += sorted[i].Probability;
            if (sum >= (edges.Count + 1.0) / (Bins - 1) && sorted[i + 1].State - sorted[i].State > 0.01)
            {
                edges.Add(0.5 * (sorted[i].State + sorted[i + 1].State));
            }
        }

        bool atom = states.Any(static state => state[0] == 1e-9);
        return state => atom && state[0] == 0 ? Bins - 1 : edges.Count(edge => state[0] > edge);
    }
}
