using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Subspace;
using FastRbm.Reference;

namespace FastRbm.Tests.Models.Subspace;

public sealed class SubspaceRbmTests
{
    public static TheoryData<int, int, int> Sizes => new() { { 4, 1, 1 }, { 4, 2, 2 }, { 3, 2, 3 }, { 5, 3, 1 }, { 4, 1, 4 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Energies_of_all_states_are_the_reference_s(int visible, int gates, int subspaces)
    {
        ReferenceSubspace reference = SubspaceModels.Random(visible, gates, subspaces, 3);
        SubspaceRbm model = SubspaceModels.Engine(reference);
        (bool[] X, bool[] H, bool[] S)[] states =
        [
            .. from x in BinaryStates.All(visible)
               from h in BinaryStates.All(gates)
               from s in BinaryStates.All(gates * subspaces)
               select (x, h, s),
        ];
        double[] energies = new double[states.Length];
        model.Energy(
            Translate.Bits([.. states.Select(static state => state.X)]), Translate.Bits([.. states.Select(static state => state.H)]),
            SubspaceModels.Units(model, [.. states.Select(static state => state.S)]), model.NewWorkspace(), energies);
        for (int i = 0; i < states.Length; i++)
        {
            Assert.Equal(reference.Energy(states[i].X, states[i].H, states[i].S), energies[i], 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Free_energies_and_log_z_are_sums_over_all_three_sets(int visible, int gates, int subspaces)
    {
        ReferenceSubspace reference = SubspaceModels.Random(visible, gates, subspaces, 4);
        SubspaceRbm model = SubspaceModels.Engine(reference);
        bool[][] rows = BinaryStates.All(visible);
        double[] free = new double[rows.Length];
        model.FreeEnergy(Translate.Bits(rows), model.NewWorkspace(), free);
        for (int row = 0; row < rows.Length; row++)
        {
            Assert.Equal(reference.FreeEnergyByStates(rows[row]), free[row], 1e-11);
            Assert.Equal(reference.FreeEnergy(rows[row]), free[row], 1e-11);
        }

        Assert.Equal(reference.LogPartitionFunction(), UnitPartitionFunction.Compute(model.Joint), 1e-11);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Conditionals_are_those_of_the_joint_distribution(int visible, int gates, int subspaces)
    {
        ReferenceSubspace reference = SubspaceModels.Random(visible, gates, subspaces, 5);
        SubspaceRbm model = SubspaceModels.Engine(reference);
        RbmWorkspace workspace = model.NewWorkspace();
        bool[][] rows = BinaryStates.All(visible);
        bool[][] states = BinaryStates.All(gates);
        bool[][] units = BinaryStates.All(gates * subspaces);
        Matrix means = new(1, gates);
        Matrix unitMeans = new(1, gates * subspaces);
        Matrix visibleMeans = new(1, visible);
        foreach (bool[] x in rows)
        {
            // By definition: sums over the states of the joint probabilities, not the closed forms.
            double[,] joint = Joint(reference, x, states, units);
            model.MeanGates(Translate.Bits([x]), workspace, means);
            for (int gate = 0; gate < gates; gate++)
            {
                double expected = Sum(joint, (h, _) => states[h][gate]) / Sum(joint, static (_, _) => true);
                Assert.InRange(means[0, gate], expected - 1e-6, expected + 1e-6);
            }

            foreach (bool[] h in states)
            {
                model.MeanSubspaces(Translate.Bits([x]), Translate.Bits([h]), workspace, unitMeans);
                int mask = BinaryStates.ToMask(h);
                for (int unit = 0; unit < units[0].Length; unit++)
                {
                    double expected = Sum(joint, (other, s) => other == mask && units[s][unit]) / Sum(joint, (other, _) => other == mask);
                    Assert.InRange(unitMeans[0, model.Column(unit / subspaces, unit % subspaces)], expected - 1e-6, expected + 1e-6);
                }
            }
        }

        foreach (bool[] h in states)
        {
            foreach (bool[] s in units)
            {
                model.MeanVisible(Translate.Bits([h]), SubspaceModels.Units(model, [s]), workspace, visibleMeans);
                for (int i = 0; i < visible; i++)
                {
                    double on = Math.Exp(-reference.Energy(Only(i, true), h, s));
                    double off = Math.Exp(-reference.Energy(Only(i, false), h, s));
                    double expected = on / (on + off);
                    Assert.InRange(visibleMeans[0, i], expected - 1e-6, expected + 1e-6);
                }
            }
        }

        // Visible units are independent given h and S: the others may be off.
        bool[] Only(int unit, bool on)
        {
            bool[] x = new bool[visible];
            x[unit] = on;
            return x;
        }
    }

    [Theory]
    [InlineData(70, 3)]
    [InlineData(64, 2)]
    [InlineData(5, 40)]
    [InlineData(1, 1)]
    public void Rows_of_bits_are_cut_where_gates_and_units_meet(int gates, int subspaces)
    {
        // Columns of a unit don't begin at words: every path must agree with one bit at a time.
        SubspaceRbm model = SubspaceModels.Engine(SubspaceModels.Random(9, gates, subspaces, 6, 0.7));
        RbmWorkspace workspace = model.NewWorkspace();
        bool[][] rows = [.. BinaryStates.All(9).Where(static (_, index) => index % 37 == 0)];
        BitMatrix visible = Translate.Bits(rows);
        BitMatrix h = new(rows.Length, gates);
        BitMatrix s = new(rows.Length, gates * subspaces);
        BitMatrix joint = new(rows.Length, gates * (subspaces + 1));
        RandomKey key = new(7, 11);
        model.SampleGates(visible, key, workspace, h);
        model.SampleSubspaces(visible, h, key, workspace, s);
        model.Joint.SampleHidden(visible, key, workspace, joint);
        for (int row = 0; row < rows.Length; row++)
        {
            for (int gate = 0; gate < gates; gate++)
            {
                Assert.Equal(h[row, gate], joint[row, (gates * subspaces) + gate]);
                for (int k = 0; k < subspaces; k++)
                {
                    int column = model.Column(gate, k);
                    Assert.Equal(h[row, gate] && s[row, column], joint[row, column]);
                }
            }
        }

        BitMatrix again = new(rows.Length, 9);
        BitMatrix other = new(rows.Length, 9);
        model.SampleVisible(h, s, key, workspace, again);
        model.Joint.SampleVisible(joint, key, workspace, other);
        for (int row = 0; row < rows.Length; row++)
        {
            Assert.Equal(Translate.Row(other, row), Translate.Row(again, row));
        }
    }

    [Theory]
    [InlineData(70, 3)]
    [InlineData(5, 4)]
    public void Means_in_fixed_point_are_the_rounded_means_in_every_tile(int gates, int subspaces)
    {
        SubspaceRbm model = SubspaceModels.Engine(SubspaceModels.Random(6, gates, subspaces, 8, 2));
        bool[][] rows = [.. BinaryStates.All(6).Take(9)];
        Matrix inputs = new(rows.Length, model.Joint.Hidden.Count);
        model.Joint.HiddenInputs(Translate.Bits(rows), model.NewWorkspace(), inputs);
        const float Scale = 1 << 24;
        const int Rows = 12;
        int tiles = (inputs.Columns + 63) / 64;
        int[] means = new int[tiles * Rows * 64];
        Array.Fill(means, -7);
        for (int row = 0; row < rows.Length; row++)
        {
            FixedMeans(model, inputs.Row(row), Scale, means, Rows, row);
            Matrix expected = new(1, inputs.Columns);
            model.Joint.Hidden.Mean(inputs.Row(row), expected.Row(0));
            for (int column = 0; column < tiles * 64; column++)
            {
                int found = means[((((column / 64) * Rows) + row) * 64) + (column % 64)];
                Assert.Equal(column < inputs.Columns ? (int)MathF.Round(expected[0, column] * Scale) : 0, found);
            }
        }

        static unsafe void FixedMeans(SubspaceRbm model, ReadOnlySpan<float> inputs, float scale, int[] means, int rows, int row)
        {
            fixed (int* target = means)
            {
                model.Joint.Hidden.FixedMeans(inputs, scale, target, rows, row);
            }
        }
    }

    [Fact]
    public void The_production_transition_matrix_keeps_the_exact_distribution()
    {
        ReferenceSubspace reference = SubspaceModels.Random(4, 2, 2, 9);
        double[] pi = reference.VisibleProbabilities();
        double[,] kernel = Transitions(SubspaceModels.Engine(reference));
        for (int to = 0; to < pi.Length; to++)
        {
            double kept = 0;
            double total = 0;
            for (int from = 0; from < pi.Length; from++)
            {
                kept += pi[from] * kernel[from, to];
                total += kernel[to, from];
            }

            Assert.InRange(kept, pi[to] - 4e-6, pi[to] + 4e-6);
            Assert.InRange(total, 1 - 1e-12, 1 + 1e-12);
        }
    }

    [Fact]
    public void The_reference_kernel_keeps_the_exact_distribution_and_balances_in_detail()
    {
        ReferenceSubspace reference = SubspaceModels.Random(3, 2, 2, 10);
        double[] pi = reference.VisibleProbabilities();
        double[,] kernel = reference.Transitions();
        for (int from = 0; from < pi.Length; from++)
        {
            Assert.Equal(1, Enumerable.Range(0, pi.Length).Sum(to => kernel[from, to]), 1e-12);
            Assert.Equal(pi[from], Enumerable.Range(0, pi.Length).Sum(other => pi[other] * kernel[other, from]), 1e-12);
            for (int to = 0; to < pi.Length; to++)
            {
                Assert.Equal(pi[from] * kernel[from, to], pi[to] * kernel[to, from], 1e-12);
            }
        }
    }

    [Fact]
    public void The_reference_gradient_is_that_of_the_log_likelihood_by_finite_differences()
    {
        ReferenceSubspace reference = SubspaceModels.Random(3, 2, 2, 12);
        bool[][] rows = [[true, false, true], [false, false, true], [true, true, false]];
        double[] gradient = reference.LogLikelihoodGradient(rows);
        double[] parameters = reference.Parameters;
        for (int p = 0; p < gradient.Length; p++)
        {
            const double Step = 1e-5;
            double slope = (Moved(Step) - Moved(-Step)) / (2 * Step);
            Assert.Equal(slope, gradient[p], 1e-8);

            double Moved(double step)
            {
                double[] moved = [.. parameters];
                moved[p] += step;
                return reference.With(moved).LogLikelihood(rows);
            }
        }
    }

    [Fact]
    public void Sizes_below_one_are_refused()
    {
        Assert.Contains("expected at least 1, found 0", Assert.Throws<ArgumentOutOfRangeException>(static () => new SubspaceRbm(0, 2, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("gates: expected at least 1, found 0", Assert.Throws<ArgumentOutOfRangeException>(static () => new SubspaceRbm(3, 0, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("subspaces: expected at least 1, found 0", Assert.Throws<ArgumentOutOfRangeException>(static () => new SubspaceRbm(3, 2, 0)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(static () => new SubspaceRbm(3, 1 << 20, 1 << 20));
    }

    [Fact]
    public void Parameters_that_are_not_finite_and_rows_of_another_width_are_refused()
    {
        SubspaceRbm model = new(3, 2, 2);
        Assert.Contains(
            "NaN at row 1, column 2",
            Assert.Throws<ArgumentException>(() => model.Edit((weights, _, _, _) => weights[1, 2] = float.NaN)).Message, StringComparison.Ordinal);
        model = new SubspaceRbm(3, 2, 2);
        RbmWorkspace workspace = model.NewWorkspace();
        Assert.Contains("visible: expected 3 units a row, found 4", Assert.Throws<ArgumentException>(() => model.MeanGates(new BitMatrix(1, 4), workspace, new Matrix(1, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("subspaces: expected 4 units a row, found 2", Assert.Throws<ArgumentException>(() => model.SampleVisible(new BitMatrix(1, 2), new BitMatrix(1, 2), default, workspace, new BitMatrix(1, 3))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Column(2, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Column(0, -1));
    }

    /// <summary>p(x' | x) of a sweep from the probabilities that the sampler decides by.</summary>
    private static double[,] Transitions(SubspaceRbm model)
    {
        bool[][] rows = BinaryStates.All(model.Visible);
        bool[][] states = BinaryStates.All(model.Gates);
        bool[][] units = BinaryStates.All(model.Gates * model.Subspaces);
        RbmWorkspace workspace = model.NewWorkspace();
        double[,] kernel = new double[rows.Length, rows.Length];
        Matrix gateMeans = new(rows.Length, model.Gates);
        Matrix unitMeans = new(rows.Length, model.Gates * model.Subspaces);
        Matrix visibleMeans = new(units.Length, model.Visible);
        model.MeanGates(Translate.Bits(rows), workspace, gateMeans);
        foreach (bool[] h in states)
        {
            bool[][] same = [.. Enumerable.Repeat(h, Math.Max(rows.Length, units.Length))];
            model.MeanSubspaces(Translate.Bits(rows), Translate.Bits(same[..rows.Length]), workspace, unitMeans);
            BitMatrix engineUnits = SubspaceModels.Units(model, units);
            model.MeanVisible(Translate.Bits(same[..units.Length]), engineUnits, workspace, visibleMeans);
            for (int from = 0; from < rows.Length; from++)
            {
                for (int s = 0; s < units.Length; s++)
                {
                    double hidden = Probability(gateMeans.Row(from), h) * Probability(unitMeans.Row(from), Translate.Row(engineUnits, s));
                    for (int to = 0; to < rows.Length; to++)
                    {
                        kernel[from, to] += hidden * Probability(visibleMeans.Row(s), rows[to]);
                    }
                }
            }
        }

        return kernel;
    }

    private static double Probability(ReadOnlySpan<float> means, bool[] states)
    {
        double probability = 1;
        for (int unit = 0; unit < states.Length; unit++)
        {
            probability *= states[unit] ? means[unit] : 1 - (double)means[unit];
        }

        return probability;
    }

    private static double[,] Joint(ReferenceSubspace reference, bool[] x, bool[][] states, bool[][] units)
    {
        double[,] joint = new double[states.Length, units.Length];
        for (int h = 0; h < states.Length; h++)
        {
            for (int s = 0; s < units.Length; s++)
            {
                joint[h, s] = Math.Exp(-reference.Energy(x, states[h], units[s]));
            }
        }

        return joint;
    }

    private static double Sum(double[,] joint, Func<int, int, bool> where)
    {
        double sum = 0;
        for (int h = 0; h < joint.GetLength(0); h++)
        {
            for (int s = 0; s < joint.GetLength(1); s++)
            {
                sum += where(h, s) ? joint[h, s] : 0;
            }
        }

        return sum;
    }
}
