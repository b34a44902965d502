using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Subspace;
using FastRbm.Reference;
using FastRbm.Sampling.Subspace;
using FastRbm.Testing;
using FastRbm.Tests;
using FastRbm.Tests.Models.Subspace;
using FastRbm.Training;
using FastRbm.Training.Subspace;

namespace FastRbm.StatisticalTests.Sampling.Subspace;

/// <summary>Sweeps that start at exact draws from p(x,h,S) stay there, and step as the exact kernel does; wrong ones are caught.</summary>
public sealed class SubspaceTests
{
    private const int Chains = 60_000;

    private static readonly ReferenceSubspace _model = SubspaceModels.Random(3, 2, 2, 31, 1.8);

    // Large weights, so that one sweep more can be seen.
    private static readonly ReferenceSubspace _sticky = SubspaceModels.Random(3, 2, 2, 33, 4);

    public static TheoryData<SubspaceMistake> Mistakes => [.. Enum.GetValues<SubspaceMistake>().Where(static mistake => mistake != SubspaceMistake.None)];

    [Fact]
    public void The_sweep_of_the_model_passes_the_audit()
    {
        SubspaceRbm engine = SubspaceModels.Engine(_model);
        Passes(Audit((x, _, h, s) =>
        {
            BitMatrix visible = Translate.Bits(x);
            BitMatrix gates = Translate.Bits(h);
            BitMatrix units = SubspaceModels.Units(engine, s);
            engine.GibbsStep(visible, gates, units, new RandomKey(5, 3), engine.NewWorkspace());
            Copy(engine, visible, gates, units, x, h, s);
        }));
    }

    [Fact]
    public void Chains_pass_the_audit()
    {
        SubspaceRbm engine = SubspaceModels.Engine(_model);
        Passes(Audit((x, _, h, s) =>
        {
            using SubspaceChains chains = new(engine, x.Length, seed: 9);
            chains.StartFrom(new TestRows(x));
            chains.Run(1);
            BitMatrix gates = new(x.Length, engine.Gates);
            BitMatrix units = new(x.Length, engine.Gates * engine.Subspaces);
            chains.CopyHidden(gates, units);
            Copy(engine, chains.Visible, gates, units, x, h, s);
        }));
    }

    [Fact]
    public void A_plain_sampler_without_mistakes_passes_the_audit() => Passes(Audit(Plain(SubspaceMistake.None)));

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistakes_are_caught(SubspaceMistake mistake)
    {
        double least = Audit(Plain(mistake)).Values.Min();
        Assert.True(least < Budget.Caught, $"{mistake}: smallest p-value {least}");
    }

    [Theory]
    [InlineData(TrainingAlgorithm.ContrastiveDivergence, 1)]
    [InlineData(TrainingAlgorithm.ContrastiveDivergence, 3)]
    [InlineData(TrainingAlgorithm.PersistentContrastiveDivergence, 2)]
    public void The_mean_gradient_is_the_exact_expected_one(TrainingAlgorithm algorithm, int steps)
    {
        // The first update of PCD starts its chains at the data, so that CD-k's expectation holds for it as well.
        const int Seeds = 200;
        bool[][] patterns = [[true, false, true], [true, true, false], [false, false, true], [false, false, false]];
        TestRows rows = new(Enumerable.Repeat(patterns, 64).SelectMany(static all => all));
        double[] expected = _sticky.ContrastiveDivergence(patterns, steps);
        double[] other = _sticky.ContrastiveDivergence(patterns, steps + 1);
        double[] start = _sticky.Parameters;
        double[] sums = new double[start.Length];
        double[] squares = new double[start.Length];
        for (int seed = 0; seed < Seeds; seed++)
        {
            SubspaceRbm engine = SubspaceModels.Engine(_sticky);
            using SubspaceTrainer trainer = new(engine, rows, new TrainingOptions
            {
                Algorithm = algorithm,
                Steps = steps,
                BatchSize = rows.Rows,
                Epochs = 1,
                Seed = (ulong)seed + 100,
                LearningRate = LearningRateSchedule.Constant(1),
                Centring = Centring.None,
                Threads = 1,
                MonitorRows = 1,
            });
            trainer.Step();
            double[] after = SubspaceModels.Parameters(engine);
            for (int p = 0; p < sums.Length; p++)
            {
                sums[p] += after[p] - start[p];
                squares[p] += (after[p] - start[p]) * (after[p] - start[p]);
            }
        }

        double errors = MonteCarlo.StandardErrors(Budget.PerCheck);
        bool apart = false;
        for (int p = 0; p < sums.Length; p++)
        {
            double mean = sums[p] / Seeds;
            double bound = (errors * Math.Sqrt(Math.Max(0, (squares[p] / Seeds) - (mean * mean)) / (Seeds - 1))) + 1e-6;
            Assert.True(Math.Abs(mean - expected[p]) <= bound, $"parameter {p}: expected {expected[p]}, found {mean}, bound {bound}");
            apart |= Math.Abs(mean - other[p]) > bound;
        }

        // Power: one sweep more is farther away than the bound.
        Assert.True(apart);
    }

    private static void Passes(Dictionary<string, double> checks)
    {
        foreach ((string check, double p) in checks)
        {
            Assert.True(p > Budget.PerCheck, $"{check}: p-value {p}");
        }
    }

    private static Action<bool[][], bool[][], bool[][], bool[][]> Plain(SubspaceMistake mistake) => (x, before, h, s) =>
    {
        SubspaceMutant sampler = new(_model, mistake, 17);
        for (int chain = 0; chain < x.Length; chain++)
        {
            sampler.Step(x[chain], before[chain], h[chain], s[chain]);
        }
    };

    /// <summary>Starts chains at exact draws and takes a step.</summary>
    private static Dictionary<string, double> Audit(Action<bool[][], bool[][], bool[][], bool[][]> step)
    {
        bool[][] visible = BinaryStates.All(_model.Visible);
        int hiddenUnits = _model.Gates * (_model.Subspaces + 1);
        bool[][] hidden = BinaryStates.All(hiddenUnits);
        double[] joint = new double[visible.Length * hidden.Length];
        double logZ = _model.LogPartitionFunction();
        for (int cell = 0; cell < joint.Length; cell++)
        {
            bool[] all = hidden[cell % hidden.Length];
            joint[cell] = Math.Exp(-_model.Energy(visible[cell / hidden.Length], all[.._model.Gates], all[_model.Gates..]) - logZ);
        }

        SplitMix64 random = new(41);
        bool[][] x = new bool[Chains][];
        bool[][] before = new bool[Chains][];
        bool[][] h = new bool[Chains][];
        bool[][] s = new bool[Chains][];
        int[] from = new int[Chains];
        double[] pi = _model.VisibleProbabilities();
        double[,] kernel = _model.Transitions();
        double[][] rows = [.. Enumerable.Range(0, pi.Length).Select(state => Enumerable.Range(0, pi.Length).Select(to => kernel[state, to]).ToArray())];
        for (int chain = 0; chain < Chains; chain++)
        {
            int cell = random.NextCell(joint);
            from[chain] = cell / hidden.Length;
            x[chain] = [.. visible[from[chain]]];

            // Balance in detail: the sweep before is a draw of the kernel too.
            before[chain] = visible[random.NextCell(rows[from[chain]])];
            bool[] all = hidden[cell % hidden.Length];
            h[chain] = all[.._model.Gates];
            s[chain] = all[_model.Gates..];
        }

        step(x, before, h, s);
        long[] after = new long[visible.Length];
        long[,] pairs = new long[visible.Length, visible.Length];
        long[] states = new long[joint.Length];
        long[,] sources = new long[visible.Length, hidden.Length];
        double[,] sourceProbabilities = new double[visible.Length, hidden.Length];
        double[,] pairProbabilities = new double[visible.Length, visible.Length];
        for (int chain = 0; chain < Chains; chain++)
        {
            int to = BinaryStates.ToMask(x[chain]);
            int all = BinaryStates.ToMask([.. h[chain], .. s[chain]]);
            after[to]++;
            pairs[from[chain], to]++;
            states[(to * hidden.Length) + all]++;
            sources[from[chain], all]++;
        }

        for (int state = 0; state < visible.Length; state++)
        {
            for (int to = 0; to < visible.Length; to++)
            {
                pairProbabilities[state, to] = pi[state] * kernel[state, to];
            }

            for (int all = 0; all < hidden.Length; all++)
            {
                sourceProbabilities[state, all] = joint[(state * hidden.Length) + all];
            }
        }

        return new Dictionary<string, double>
        {
            ["x after one sweep"] = GTest.Of(after, pi).PValue,
            ["x before and after"] = GTest.OfPairs(pairs, pairProbabilities).PValue,
            ["x, h and S after one sweep"] = GTest.Of(states, joint).PValue,
            ["x before, and the h and S drawn from it"] = GTest.OfPairs(sources, sourceProbabilities).PValue,
        };
    }

    private static void Copy(SubspaceRbm engine, BitMatrix visible, BitMatrix gates, BitMatrix units, bool[][] x, bool[][] h, bool[][] s)
    {
        for (int chain = 0; chain < x.Length; chain++)
        {
            x[chain] = Translate.Row(visible, chain);
            h[chain] = Translate.Row(gates, chain);
            s[chain] = SubspaceModels.Units(engine, units, chain);
        }
    }
}
