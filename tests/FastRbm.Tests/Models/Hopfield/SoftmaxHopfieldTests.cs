using FastRbm.Memory;
using FastRbm.Models.Hopfield;
using FastRbm.Testing;

namespace FastRbm.Tests.Models.Hopfield;

public sealed class SoftmaxHopfieldTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 17, 3)]
    [InlineData(40, 70, 9)]
    public void An_update_is_attention_and_never_raises_the_energy(int patterns, int units, int rows)
    {
        SplitMix64 random = new(1);
        Matrix stored = Draw(random, patterns, units);
        Matrix states = Draw(random, rows, units);
        Matrix updated = new(rows, units);
        foreach (double beta in (double[])[0.1, 1, 8])
        {
            using SoftmaxHopfieldNetwork network = new(stored, beta);
            network.Update(states, updated);
            for (int row = 0; row < rows; row++)
            {
                double[] scores = [.. Enumerable.Range(0, patterns).Select(p => beta * Dot(stored.Row(p), states.Row(row)))];
                double largest = scores.Max();
                double[] weights = [.. scores.Select(score => Math.Exp(score - largest))];
                double total = weights.Sum();
                for (int i = 0; i < units; i++)
                {
                    double expected = Enumerable.Range(0, patterns).Sum(p => weights[p] / total * stored[p, i]);

                    // Scores of up to some 100 have errors of 1e-5 in float, and so have their exponentials, relatively.
                    Assert.Equal(expected, updated[row, i], 3e-5 * (1 + beta));
                }

                double square = Enumerable.Range(0, patterns).Max(p => Dot(stored.Row(p), stored.Row(p)));
                double energy = -((largest + Math.Log(total)) / beta) + (Dot(states.Row(row), states.Row(row)) / 2) + (Math.Log(patterns) / beta) + (square / 2);
                Assert.Equal(energy, network.Energy(states.Row(row)), 1e-9 * (1 + Math.Abs(energy)));
                Assert.True(network.Energy(updated.Row(row)) <= energy + 1e-4);
                Assert.InRange(network.Energy(updated.Row(row)), -1e-4, (2 * square) + 1e-4);
            }
        }
    }

    [Fact]
    public void Well_separated_patterns_come_back_in_one_update_and_equal_ones_average()
    {
        SplitMix64 random = new(2);
        Matrix stored = Draw(random, 6, 50);
        Matrix states = new(6, 50);
        states.CopyFrom(stored);
        states.Row(3)[..20].Clear();
        using SoftmaxHopfieldNetwork network = new(stored, 4, threads: 2);
        (int updates, bool settled) = network.Run(states, 20);
        Assert.True(settled && updates <= 3);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(stored[3, i], states[3, i], 1e-4);
        }

        using SoftmaxHopfieldNetwork cold = new(stored, 1e-6);
        Matrix mean = new(1, 50);
        cold.Update(new Matrix(1, 50), mean);
        Assert.Equal(Enumerable.Range(0, 6).Average(p => (double)stored[p, 7]), mean[0, 7], 1e-5);
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        SplitMix64 random = new(3);
        Matrix stored = Draw(random, 300, 200);
        Matrix states = Draw(random, 100, 200);
        Matrix first = new(100, 200);
        Matrix second = new(100, 200);
        using SoftmaxHopfieldNetwork one = new(stored, 0.2);
        using SoftmaxHopfieldNetwork three = new(stored, 0.2, threads: 3);
        Assert.Equal(one.Update(states, first), three.Update(states, second));
        for (int row = 0; row < 100; row++)
        {
            Assert.Equal(first.Row(row), second.Row(row));
        }
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        Matrix wrong = new(2, 3);
        wrong[1, 2] = float.NaN;
        Assert.Contains("row 1, column 2", Assert.Throws<ArgumentException>(() => new SoftmaxHopfieldNetwork(wrong, 1)).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => new SoftmaxHopfieldNetwork(new Matrix(0, 3), 1));
        Assert.ThrowsAny<ArgumentException>(() => new SoftmaxHopfieldNetwork(new Matrix(2, 3), 0));
        Assert.ThrowsAny<ArgumentException>(() => new SoftmaxHopfieldNetwork(new Matrix(2, 3), double.PositiveInfinity));
        using SoftmaxHopfieldNetwork network = new(new Matrix(2, 3), 1);
        Assert.ThrowsAny<ArgumentException>(() => network.Update(wrong, new Matrix(2, 3)));
        Assert.ThrowsAny<ArgumentException>(() => network.Update(new Matrix(2, 4), new Matrix(2, 4)));
        Matrix same = new(2, 3);
        Assert.ThrowsAny<ArgumentException>(() => network.Update(same, same));
    }

    private static Matrix Draw(SplitMix64 random, int rows, int columns)
    {
        Matrix values = new(rows, columns);
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < columns; i++)
            {
                values[row, i] = (float)((random.NextDouble() * 4) - 2);
            }
        }

        return values;
    }

    private static double Dot(Span<float> a, Span<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }
}
