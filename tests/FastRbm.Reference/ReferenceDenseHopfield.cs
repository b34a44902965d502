using System.Numerics;

namespace FastRbm.Reference;

/// <summary>A dense Hopfield network by its definition, -sum F(x . s): powers in big integers, exponentials in double from the nearest pattern on.</summary>
public sealed class ReferenceDenseHopfield(int[][] patterns, int degree, double beta)
{
    private int Units => patterns[0].Length;

    /// <summary>-sum m^n, exactly.</summary>
    public BigInteger PowerEnergy(int[] state) =>
        -patterns.Aggregate(BigInteger.Zero, (sum, pattern) => sum + BigInteger.Pow(Overlap(pattern, state), degree));

    /// <summary>-1/beta log sum exp(beta m).</summary>
    public double LogEnergy(int[] state)
    {
        double largest = patterns.Max(pattern => Overlap(pattern, state));
        return -largest - (Math.Log(patterns.Sum(pattern => Math.Exp(beta * (Overlap(pattern, state) - largest)))) / beta);
    }

    /// <summary>Whether a flip of a unit lowers the energy.</summary>
    public bool Wants(int[] state, int unit)
    {
        int[] flipped = [.. state];
        flipped[unit] = -flipped[unit];
        if (degree > 0)
        {
            return PowerEnergy(flipped) < PowerEnergy(state);
        }

        // The difference of two sums, pattern by pattern, those that are nearest to the state first.
        double largest = patterns.Max(pattern => Overlap(pattern, state));
        double change = 0;
        foreach (int[] pattern in patterns.OrderByDescending(pattern => Overlap(pattern, state)))
        {
            change += Math.Exp(beta * (Overlap(pattern, state) - largest)) - Math.Exp(beta * (Overlap(pattern, flipped) - largest));
        }

        return change < 0;
    }

    /// <summary>All units at once, in place.</summary>
    /// <returns>Sweeps with flips, and the period: 1, 2 or 0 at the limit.</returns>
    public (int Sweeps, int Period) Synchronous(int[] state, int mostSweeps)
    {
        int[]? before = null;
        for (int sweep = 0; ; sweep++)
        {
            int[] next = [.. Enumerable.Range(0, Units).Select(i => Wants(state, i) ? -state[i] : state[i])];
            if (next.SequenceEqual(state))
            {
                return (sweep, 1);
            }

            if (sweep == mostSweeps)
            {
                return (sweep, 0);
            }

            bool back = before is not null && next.SequenceEqual(before);
            before = [.. state];
            next.CopyTo(state, 0);
            if (back)
            {
                return (sweep + 1, 2);
            }
        }
    }

    /// <summary>Unit by unit, in place.</summary>
    /// <returns>Sweeps with flips, flips, and whether it settled.</returns>
    public (int Sweeps, long Flips, bool Settled) Asynchronous(int[] state, Func<int, int[]> order, int mostSweeps)
    {
        long flips = 0;
        for (int sweep = 0; sweep < mostSweeps; sweep++)
        {
            long before = flips;
            foreach (int i in order(sweep))
            {
                if (Wants(state, i))
                {
                    state[i] = -state[i];
                    flips++;
                }
            }

            if (flips == before)
            {
                return (sweep, flips, true);
            }
        }

        return (mostSweeps, flips, Enumerable.Range(0, Units).All(i => !Wants(state, i)));
    }

    private static int Overlap(int[] pattern, int[] state) => pattern.Zip(state, static (a, b) => a * b).Sum();
}
