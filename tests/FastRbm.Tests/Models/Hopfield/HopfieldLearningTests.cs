using FastRbm.Memory;
using FastRbm.Models.Hopfield;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models.Hopfield;

public sealed class HopfieldLearningTests
{
    private static readonly int[] _lengths = [1, 2, 5, 63, 64, 65, 100, 130];

    [Fact]
    public void Hebbian_weights_are_the_reference_exactly_in_every_form()
    {
        SplitMix64 random = new(1);
        foreach (int units in _lengths)
        {
            int[][] spins = HopfieldCase.Spins(random, 1 + (units % 7), units);
            double[,] expected = ReferenceHopfield.Hebb(spins);
            HopfieldNetwork network = HopfieldNetwork.Learn(HopfieldCase.Bits(spins));
            Assert.True(network.IsByPatterns);
            AssertWeights(expected, network, 0);
            using HopfieldRecall recall = new(network, new RecallOptions { Path = RecallPath.Rows });
            Assert.False(network.IsByPatterns);
            AssertWeights(expected, network, 0);
        }
    }

    [Theory]
    [InlineData(20, 3)]
    [InlineData(65, 9)]
    [InlineData(30, 1)]
    public void Storkeys_weights_are_the_reference_up_to_rounding(int units, int patterns)
    {
        int[][] spins = HopfieldCase.Spins(new SplitMix64(2), patterns, units);
        HopfieldNetwork network = HopfieldNetwork.Learn(HopfieldCase.Bits(spins), new HopfieldOptions { Rule = LearningRule.Storkey });
        AssertWeights(ReferenceHopfield.Storkey(spins), network, (0.5 * network.WeightScale) + 1e-12);
    }

    [Theory]
    [InlineData(20, 3)]
    [InlineData(65, 40)]
    [InlineData(30, 1)]
    public void The_pseudo_inverse_is_the_reference_up_to_rounding_and_keeps_its_patterns(int units, int patterns)
    {
        int[][] spins = HopfieldCase.Spins(new SplitMix64(3), patterns, units);
        BitMatrix bits = HopfieldCase.Bits(spins);
        HopfieldNetwork network = HopfieldNetwork.Learn(bits, new HopfieldOptions { Rule = LearningRule.PseudoInverse });
        AssertWeights(ReferenceHopfield.PseudoInverse(spins), network, (0.5 * network.WeightScale) + 1e-9);
        using HopfieldRecall recall = new(network);
        RecallResult result = recall.Run(bits);
        for (int row = 0; row < patterns; row++)
        {
            Assert.Equal((RecallOutcome.Settled, 0L, row), (result.Outcome(row), result.Flips(row), result.Nearest(row)));
        }
    }

    [Fact]
    public void Dependent_patterns_are_refused_by_name_or_dropped()
    {
        int[][] spins = HopfieldCase.Spins(new SplitMix64(4), 5, 40);
        int[][] dependent = [spins[0], spins[1], [.. spins[0].Select(static spin => -spin)], spins[2], spins[1]];
        HopfieldOptions options = new() { Rule = LearningRule.PseudoInverse };
        ArgumentException refused = Assert.Throws<ArgumentException>(() => HopfieldNetwork.Learn(HopfieldCase.Bits(dependent), options));
        Assert.Contains("pattern 2", refused.Message, StringComparison.Ordinal);
        HopfieldNetwork network = HopfieldNetwork.Learn(HopfieldCase.Bits(dependent), options with { DropDependent = true });
        Assert.Equal(3, network.Patterns.Rows);
        HopfieldNetwork clean = HopfieldNetwork.Learn(HopfieldCase.Bits(spins[..3]), options);
        Assert.Equal(clean.IntegerWeight(3, 17), network.IntegerWeight(3, 17));
    }

    [Fact]
    public void More_patterns_than_units_are_dependent()
    {
        int[][] spins = HopfieldCase.Spins(new SplitMix64(5), 12, 8);
        HopfieldNetwork network = HopfieldNetwork.Learn(
            HopfieldCase.Bits(spins), new HopfieldOptions { Rule = LearningRule.PseudoInverse, DropDependent = true });
        Assert.InRange(network.Patterns.Rows, 1, 8);
    }

    [Fact]
    public void A_repeated_pattern_counts_twice_by_Hebbs_rule()
    {
        int[][] spins = HopfieldCase.Spins(new SplitMix64(6), 2, 20);
        HopfieldNetwork network = HopfieldNetwork.Learn(HopfieldCase.Bits([spins[0], spins[1], spins[0]]));
        AssertWeights(ReferenceHopfield.Hebb([spins[0], spins[1], spins[0]]), network, 0);
    }

    [Fact]
    public void Binary_units_behave_as_spins_unless_thresholds_say_otherwise()
    {
        SplitMix64 random = new(7);
        int[][] spins = HopfieldCase.Spins(random, 9, 70);
        BitMatrix bits = HopfieldCase.Bits(spins);
        BitMatrix probes = HopfieldCase.Bits(HopfieldCase.Noisy(random, spins, 0.2));
        using HopfieldRecall first = new(HopfieldNetwork.Learn(bits));
        using HopfieldRecall second = new(HopfieldNetwork.Learn(bits, new HopfieldOptions { Units = HopfieldUnits.Binary }));
        RecallResult one = first.Run(probes);
        RecallResult two = second.Run(probes);
        for (int row = 0; row < bits.Rows; row++)
        {
            Assert.Equal(one.States.Row(row), two.States.Row(row));
        }
    }

    [Fact]
    public void Given_weights_must_be_square_symmetric_finite_and_without_diagonal_unless_repaired()
    {
        double[,] weights = { { 0, 1, 0.5 }, { 1, 0, -2 }, { 0.5, -2, 0 } };
        Assert.Equal(0.5, HopfieldNetwork.FromWeights(weights).Weight(0, 2));
        AssertRefused("as many rows as columns", new double[2, 3]);
        AssertRefused("row 1, column 1", Changed(1, 1, 0.25));
        AssertRefused("row 0, column 2", Changed(0, 2, 0.75));
        AssertRefused("finite number at row 2, column 0", Changed(2, 0, double.NaN));
        AssertRefused("finite number at row 2, column 0", Changed(2, 0, double.PositiveInfinity));
        AssertRefused("2^50", new double[,] { { 0, 1e300 }, { 1e300, 0 } });
        double[,] skew = Changed(0, 2, 0.75);
        skew[1, 1] = 3;
        HopfieldNetwork repaired = HopfieldNetwork.FromWeights(skew, repair: true);
        Assert.Equal((0.625, 0.625, 0.0), (repaired.Weight(0, 2), repaired.Weight(2, 0), repaired.Weight(1, 1)));

        double[,] Changed(int i, int j, double value)
        {
            double[,] copy = (double[,])weights.Clone();
            copy[i, j] = value;
            return copy;
        }

        static void AssertRefused(string message, double[,] wrong) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => HopfieldNetwork.FromWeights(wrong)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whole_weights_stay_as_they_are()
    {
        HopfieldNetwork network = HopfieldNetwork.FromWeights(new double[,] { { 0, 30000 }, { 30000, 0 } }, [1, -2]);
        Assert.Equal((1.0, 30000, 1.0, -2.0), (network.WeightScale, network.IntegerWeight(0, 1), network.Threshold(0), network.Threshold(1)));
    }

    [Fact]
    public void Bad_patterns_and_thresholds_are_refused_with_their_place()
    {
        Assert.Contains("pattern 1", Assert.Throws<ArgumentException>(() => SpinStates.FromSpins([[1, -1, 1], [1, -1]])).Message, StringComparison.Ordinal);
        Assert.Contains("pattern 1, unit 2", Assert.Throws<ArgumentException>(() => SpinStates.FromSpins([[1, -1, 1], [1, -1, 0]])).Message, StringComparison.Ordinal);
        Assert.Contains("pattern 0, unit 1", Assert.Throws<ArgumentException>(() => SpinStates.FromBinary([[1, -1, 1]])).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => SpinStates.FromSpins([]));
        Assert.ThrowsAny<ArgumentException>(() => HopfieldNetwork.Learn(new BitMatrix(0, 5)));
        Assert.ThrowsAny<ArgumentException>(() => HopfieldNetwork.Learn(new BitMatrix(2, 0)));
        Assert.ThrowsAny<ArgumentException>(() => HopfieldNetwork.Learn(new BitMatrix(2, 3), new HopfieldOptions { Thresholds = [1, 2] }));
        Assert.Contains(
            "unit 1",
            Assert.Throws<ArgumentException>(() => HopfieldNetwork.Learn(new BitMatrix(2, 2), new HopfieldOptions { Thresholds = [1, double.NaN] })).Message,
            StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => HopfieldNetwork.Learn(new BitMatrix(2, 3), new HopfieldOptions { Rule = LearningRule.Given }));
    }

    private static void AssertWeights(double[,] expected, HopfieldNetwork network, double tolerance)
    {
        for (int i = 0; i < network.Units; i++)
        {
            for (int j = 0; j < network.Units; j++)
            {
                Assert.True(
                    Math.Abs(expected[i, j] - network.Weight(i, j)) <= Math.Max(tolerance, 1e-15 * Math.Abs(expected[i, j])),
                    $"weight {i}, {j}: expected {expected[i, j]}, found {network.Weight(i, j)}");
            }
        }
    }
}
