using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Models.Boltzmann;
using FastRbm.Random;
using FastRbm.Sampling.Boltzmann;

namespace FastRbm.Evaluation.Boltzmann;

/// <summary>
/// log Z of a Boltzmann machine by annealed importance sampling both ways, between independent units and the machine:
/// f_beta(x) = exp(-beta E(x) + (1 - beta) a0.s), s the bits of x, whose log Z_0 = sum_i log(1 + exp(a0_i)) is known.
/// </summary>
/// <remarks>
/// <para>Forward runs give log Z or less, on average, reverse runs from samples of the machine log Z or more. A reverse run sweeps backwards,
/// which is the time reversal of a forward one, so that Bennett's ratio may join both. Machines of at most 16 units have exact samples to
/// start at; reverse runs of others start where long sweeps have carried them, and their bound is only as good as those.</para>
/// <para>Weights are of the integer copy, in double. The same bits for any number of threads and any SIMD level. Thread-safe while nobody
/// edits the machine. Sources: Neal (2001); Grosse, Ghahramani and Adams (2015).</para>
/// </remarks>
public static class BoltzmannAnnealing
{
    private const int ExactUnits = 16;
    private const int DirectionBits = 40;

    /// <summary>Estimates log Z.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told the share that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops the runs.</param>
    /// <returns>Estimate, bounds and verdict.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or rows aren't states of the machine.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static AnnealingEstimate Estimate(
        BoltzmannMachine machine, BoltzmannAnnealingOptions options, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        float[] offsets = options.Validate(machine);
        double baseLog = 0;
        foreach (float offset in offsets)
        {
            baseLog += DoubleMath.Softplus(offset);
        }

        ProgressShares? shares = progress is null ? null : new ProgressShares(progress, options.BothWays ? 2 : 1);
        AnnealingWeights forward = Run(machine, options, offsets, reverse: false, shares, cancellation);
        if (!options.BothWays)
        {
            return new AnnealingEstimate(
                baseLog, baseLog + forward.LogMeanWeight, forward.StandardError, baseLog + forward.Lower, baseLog + forward.Upper, forward, null,
                AnnealingVerdict.Of(forward, null, 0));
        }

        shares?.Next();
        AnnealingWeights reverse = Run(machine, options, offsets, reverse: true, shares, cancellation);
        double lower = baseLog + forward.Lower;
        double upper = baseLog - reverse.Lower;
        AnnealingVerdict verdict = AnnealingVerdict.Of(forward, reverse, upper - lower);
        if (upper < lower)
        {
            return new AnnealingEstimate(baseLog, baseLog + forward.LogMeanWeight, forward.StandardError, lower, baseLog + forward.Upper, forward, reverse, verdict);
        }

        BennettEstimate both = BennettRatio.Estimate(forward.LogWeights, reverse.LogWeights);
        return new AnnealingEstimate(baseLog, Math.Clamp(baseLog + both.LogRatio, lower, upper), both.StandardError, lower, upper, forward, reverse, verdict);
    }

    private static AnnealingWeights Run(
        BoltzmannMachine machine, BoltzmannAnnealingOptions options, float[] offsets, bool reverse, ProgressShares? progress, CancellationToken cancellation)
    {
        using BoltzmannEngine engine = new(
            machine, options.Runs, options.Sweep ?? BoltzmannSweep.For(machine.Graph), options.Seed, StreamPurpose.BoltzmannAnnealed,
            StreamPurpose.BoltzmannAnnealedTie, options.Threads, offsets);
        long step = reverse ? 1L << DirectionBits : 0;
        if (reverse)
        {
            StartAtMachine(engine, machine, options, offsets, step, cancellation);
            step += options.StartSweeps;
        }
        else
        {
            StartAtBase(engine, options.Seed, offsets, step);
        }

        float[] betas = options.Schedule.Ladder(reverse);
        double[] logWeights = new double[options.Runs];

        // Energies of the starts; after that a run's sweep and the energies of its states come together.
        engine.Run(step, 0, energies: true);
        for (int level = 1; level < betas.Length; level++)
        {
            cancellation.ThrowIfCancellationRequested();
            double rise = (double)betas[level] - betas[level - 1];
            for (int run = 0; run < logWeights.Length; run++)
            {
                logWeights[run] += rise * (-engine.EnergyOf(run) - Field(engine.States.Row(run), offsets));
            }

            if (level + 1 < betas.Length)
            {
                engine.Betas.Fill(betas[level]);
                engine.Run(step + level, 1, energies: true, backwards: reverse);
            }

            progress?.Report((double)level / (betas.Length - 1));
        }

        return new AnnealingWeights(logWeights);
    }

    private static void StartAtMachine(
        BoltzmannEngine engine, BoltzmannMachine machine, BoltzmannAnnealingOptions options, float[] offsets, long step, CancellationToken cancellation)
    {
        if (machine.Units <= ExactUnits)
        {
            FillExact(engine.States, machine, options.Seed, step);
            engine.Changed();
            return;
        }

        if (options.Data is { } rows)
        {
            for (int run = 0; run < options.Runs; run++)
            {
                rows.CopyBits(options.Runs <= rows.Rows ? (int)((long)run * rows.Rows / options.Runs) : run % rows.Rows, engine.States.Row(run));
            }

            engine.Changed();
        }
        else
        {
            StartAtBase(engine, options.Seed, offsets, step);
        }

        for (int sweep = 0; sweep < options.StartSweeps; sweep++)
        {
            cancellation.ThrowIfCancellationRequested();
            engine.Run(step + sweep, 1);
        }
    }

    private static void StartAtBase(BoltzmannEngine engine, ulong seed, float[] offsets, long step)
    {
        for (int run = 0; run < engine.States.Rows; run++)
        {
            RandomStream stream = new(seed, StreamPurpose.BoltzmannAnnealedStart, step, run);
            Span<ulong> states = engine.States.Row(run);
            states.Clear();
            for (int unit = 0; unit < offsets.Length; unit++)
            {
                states[unit >> 6] |= (stream.Uniform(unit) < DoubleMath.Sigmoid(offsets[unit]) ? 1UL : 0) << (unit & 63);
            }
        }

        engine.Changed();
    }

    /// <summary>Exact samples by inversion of the cumulative probabilities.</summary>
    private static void FillExact(BitMatrix states, BoltzmannMachine machine, ulong seed, long step)
    {
        double[] cumulative = new double[1 << machine.Units];
        double logPartition = BoltzmannEnumeration.LogPartitionFunction(machine);
        double sum = 0;
        for (int state = 0; state < cumulative.Length; state++)
        {
            sum += DoubleMath.Exp(-machine.Energy([(ulong)state]) - logPartition);
            cumulative[state] = sum;
        }

        for (int run = 0; run < states.Rows; run++)
        {
            double uniform = sum * new RandomStream(seed, StreamPurpose.BoltzmannAnnealedStart, step, run).Uniform(0);
            int place = Array.BinarySearch(cumulative, uniform);
            states.Row(run)[0] = (ulong)Math.Min(cumulative.Length - 1, place < 0 ? ~place : place + 1);
        }
    }

    private static double Field(ReadOnlySpan<ulong> states, float[] offsets)
    {
        double sum = 0;
        for (int unit = 0; unit < offsets.Length; unit++)
        {
            sum += (states[unit >> 6] >> (unit & 63) & 1) != 0 ? offsets[unit] : 0;
        }

        return sum;
    }
}
