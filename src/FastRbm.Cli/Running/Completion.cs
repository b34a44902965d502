using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;

namespace FastRbm.Cli.Running;

/// <summary>Fills in and denoises rows by conditional chains, some rows at a time.</summary>
/// <param name="rbm">The model.</param>
/// <param name="given">The rows as they are given; what isn't known has no meaning.</param>
/// <param name="known">Which values are known: a row for each row, or one for all.</param>
/// <param name="flipRate">The probability that a known value is wrong.</param>
internal sealed class Completion(Rbm rbm, BitDataset given, BitMatrix known, double flipRate)
{
    private const int RowsAtOnce = 1000;
    private const int SweepsAtOnce = 20;

    /// <summary>Sweeps before the means are taken.</summary>
    public required int BurnIn { get; init; }

    /// <summary>Sweeps that means are averages over.</summary>
    public required int Steps { get; init; }

    /// <summary>The seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads.</summary>
    public required int Threads { get; init; }

    /// <summary>E[v | what is known] of each row, written by <see cref="Run"/>.</summary>
    public Matrix Means { get; } = new(given.Rows, given.Columns);

    /// <summary>The last states of the chains, written by <see cref="Run"/>.</summary>
    public BitMatrix Draws { get; } = new(given.Rows, given.Columns);

    /// <summary>Runs the chains of all rows.</summary>
    /// <param name="bar">Shows how far they are, or null.</param>
    /// <param name="cancellation">Stops them.</param>
    public void Run(ProgressBar? bar, CancellationToken cancellation)
    {
        double sweeps = (double)given.Rows * (BurnIn + Steps);
        double done = 0;
        for (int first = 0; first < given.Rows; first += RowsAtOnce)
        {
            int count = Math.Min(RowsAtOnce, given.Rows - first);
            using ConditionalChains chains = new(rbm, count, Seed, Threads, first);
            Know(chains, first);
            Advance(BurnIn, chains.Run);
            Advance(Steps, chains.RunAndAverage);
            for (int chain = 0; chain < count; chain++)
            {
                chains.Means(chain, Means.Row(first + chain));
                chains.Visible.Row(chain).CopyTo(Draws.Row(first + chain));
            }

            void Advance(int steps, Action<int> run)
            {
                for (int left = steps; left > 0; left -= SweepsAtOnce)
                {
                    cancellation.ThrowIfCancellationRequested();
                    int now = Math.Min(left, SweepsAtOnce);
                    run(now);
                    done += (double)now * count;
                    bar?.Show(done / sweeps, 0, static () => "running chains");
                }
            }
        }
    }

    private void Know(ConditionalChains chains, int first)
    {
        ulong[] bits = new ulong[known.WordsPerRow];
        for (int chain = 0; chain < chains.Chains; chain++)
        {
            given.CopyBits(first + chain, bits);
            ReadOnlySpan<ulong> units = known.Row(known.Rows == 1 ? 0 : first + chain);
            if (flipRate > 0)
            {
                chains.Observe(chain, units, bits, flipRate);
            }
            else
            {
                chains.Clamp(chain, units, bits);
            }
        }
    }
}
