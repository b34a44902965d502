using FastRbm.Cli.Output;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models.Hopfield;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Hopfield;

/// <summary>A network of any form, with states as numbers from 0 to 1.</summary>
internal sealed class HopfieldMemory : IDisposable
{
    private const double Tolerance = 1e-5;

    private HopfieldMemory(object network, string form)
    {
        Network = network;
        Form = form;
    }

    /// <summary>The network.</summary>
    public object Network { get; }

    /// <summary>pairwise, polynomial:N, exponential:BETA or softmax:BETA.</summary>
    public string Form { get; }

    /// <summary>The stored bits; null for a continuous network.</summary>
    public BitMatrix? Bits => Network switch
    {
        HopfieldNetwork pairwise => pairwise.Patterns,
        DenseHopfieldNetwork dense => dense.Patterns,
        _ => null,
    };

    /// <summary>The number of units.</summary>
    public int Units => Bits?.Columns ?? ((SoftmaxHopfieldNetwork)Network).Units;

    /// <summary>The number of stored patterns.</summary>
    public int Patterns => Bits?.Rows ?? ((SoftmaxHopfieldNetwork)Network).Patterns.Rows;

    /// <summary>Loads a file.</summary>
    public static HopfieldMemory Load(string path, int threads) =>
        new(HopfieldFile.LoadAny(path, threads), HopfieldFile.LoadMetadata(path)["form"]);

    /// <summary>Copies a stored pattern as numbers.</summary>
    public void CopyPattern(int pattern, Span<float> values)
    {
        if (Bits is { } bits)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = bits[pattern, i] ? 1 : 0;
            }
        }
        else
        {
            ((SoftmaxHopfieldNetwork)Network).Patterns.Row(pattern).CopyTo(values);
        }
    }

    /// <summary>Recalls probes.</summary>
    /// <param name="states">A row a probe, from 0 to 1, on from one half where units are two-valued; overwritten by where it ended.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Stops it.</param>
    public ProbeEnd[] Recall(Matrix states, RecallOptions options, IProgress<double>? progress, CancellationToken cancellation)
    {
        if (Network is SoftmaxHopfieldNetwork softmax)
        {
            return RecallNumbers(softmax, states, options, cancellation);
        }

        BitMatrix probes = Pack(states);
        using RecallTeam team = Network is HopfieldNetwork pairwise
            ? new HopfieldRecall(pairwise, options)
            : new DenseHopfieldRecall((DenseHopfieldNetwork)Network, options);
        RecallResult result = team.Run(probes, progress, cancellation);
        ProbeEnd[] ends = new ProbeEnd[probes.Rows];
        for (int row = 0; row < ends.Length; row++)
        {
            ends[row] = new ProbeEnd(result.Sweeps(row), result.Outcome(row), result.Energy(row), result.Nearest(row), result.NearestOverlap(row));
            for (int i = 0; i < Units; i++)
            {
                states[row, i] = result.States[row, i] ? 1 : 0;
            }
        }

        return ends;
    }

    /// <summary>The overlap of a state with a pattern, 1 - 2 mean |difference|: of spins for two-valued units.</summary>
    public double Overlap(ReadOnlySpan<float> state, int pattern)
    {
        float[] values = new float[Units];
        CopyPattern(pattern, values);
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            sum += Math.Abs(values[i] - state[i]);
        }

        return 1 - (2 * sum / values.Length);
    }

    /// <summary>Numbers as bits: on from one half.</summary>
    public static BitMatrix Pack(Matrix values)
    {
        BitMatrix bits = new(values.Rows, values.Columns);
        for (int row = 0; row < bits.Rows; row++)
        {
            for (int i = 0; i < bits.Columns; i++)
            {
                bits[row, i] = values[row, i] >= 0.5f;
            }
        }

        return bits;
    }

    /// <inheritdoc/>
    public void Dispose() => (Network as SoftmaxHopfieldNetwork)?.Dispose();

    /// <summary>Refuses a network that has nothing stored.</summary>
    public void RequirePatterns(string path)
    {
        if (Patterns == 0)
        {
            throw new InvalidInputException(path, "a network with stored patterns", "given weights");
        }
    }

    private ProbeEnd[] RecallNumbers(SoftmaxHopfieldNetwork network, Matrix states, RecallOptions options, CancellationToken cancellation)
    {
        (int updates, bool settled) = network.Run(states, options.MostSweeps, Tolerance, cancellation);
        ProbeEnd[] ends = new ProbeEnd[states.Rows];
        for (int row = 0; row < ends.Length; row++)
        {
            int nearest = 0;
            double overlap = double.NegativeInfinity;
            for (int pattern = 0; pattern < Patterns; pattern++)
            {
                double one = Overlap(states.Row(row), pattern);
                if (one > overlap)
                {
                    (nearest, overlap) = (pattern, one);
                }
            }

            ends[row] = new ProbeEnd(updates, settled ? RecallOutcome.Settled : RecallOutcome.Limit, network.Energy(states.Row(row)), nearest, overlap);
        }

        return ends;
    }

    /// <summary>A number for messages.</summary>
    public override string ToString() => $"{Form}, {Numbers.Text(Patterns)} patterns of {Numbers.Text(Units)} units";
}
