using System.Globalization;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;

namespace FastRbm.Evaluation;

/// <summary>Runs Gibbs chains from random states and from data, follows numbers along them, and tells whether the chains mix.</summary>
/// <remarks>
/// <para>Traces after every sweep: free energy, active visible and hidden units, and the overlaps (shares of equal visible units) with two
/// states that chains had after the warm-up, which tell modes apart. The first half of the sweeps isn't judged.</para>
/// <para>The verdict, from all traces that vary:
/// <b>does not mix</b> if the two kinds of starts differ (nested R-hat above <see cref="LargestNestedRHat"/> at more than
/// <see cref="SignificantErrors"/> standard errors), if more than <see cref="MuchMemory"/> of the starts is remembered, or if the rank
/// R-hat is above <see cref="BadRHat"/> and there is no second kind of starts that agrees;
/// <b>mixes</b> if it is at most <see cref="GoodRHat"/> (about ten independent draws a half chain), at most
/// <see cref="LittleMemory"/> is remembered, and there are at least <see cref="LeastIndependent"/> independent samples;
/// <b>mixes slowly</b> in between. Chains that all fell into one of several modes can't know of the others: starts from data help.</para>
/// <para>The same bits for any threads and SIMD level. Memory: 32 bytes a chain and sweep. The sources of the figures stand at
/// <see cref="ChainDiagnostics"/>.</para>
/// </remarks>
public sealed class MixingReport
{
    /// <summary>The largest rank-normalised split R-hat of chains that mix: 1.05.</summary>
    public const double GoodRHat = 1.05;

    /// <summary>Above this rank-normalised split R-hat chains don't mix: 1.2.</summary>
    public const double BadRHat = 1.2;

    /// <summary>The largest nested R-hat between kinds of starts that agree: 1.01, a difference of a fifth of a standard deviation.</summary>
    public const double LargestNestedRHat = 1.01;

    /// <summary>A difference counts from this many standard errors: 4.</summary>
    public const double SignificantErrors = 4;

    /// <summary>The largest <see cref="StartMemory.Share"/> of chains that mix: 0.01.</summary>
    public const double LittleMemory = 0.01;

    /// <summary>Above this <see cref="StartMemory.Share"/> chains don't mix: 0.1.</summary>
    public const double MuchMemory = 0.1;

    /// <summary>The fewest independent samples of chains that mix: 100.</summary>
    public const double LeastIndependent = 100;

    private const int SweepsAtOnce = 10;
    private const int MostSnapshots = 10;

    private readonly BitMatrix _samples;

    private MixingReport(Rbm rbm, MixingOptions options, bool hasData)
    {
        Options = options;
        DataChains = hasData ? options.Chains / 2 : 0;
        Starts = new BitMatrix(options.Chains, rbm.Visible.Count);
        Ends = new BitMatrix(options.Chains, rbm.Visible.Count);
        int judged = options.Sweeps - options.WarmUp;
        Snapshots = Math.Min(MostSnapshots, judged);
        _samples = new BitMatrix(checked(Snapshots * options.Chains), rbm.Visible.Count);
    }

    /// <summary>How many chains were watched for how long.</summary>
    public MixingOptions Options { get; }

    /// <summary>Chains that started at random, numbers 0 to RandomChains - 1.</summary>
    public int RandomChains => Options.Chains - DataChains;

    /// <summary>Chains that started from data: the others; 0 without data.</summary>
    public int DataChains { get; }

    /// <summary>The traces with their figures.</summary>
    public IReadOnlyList<MixingTrace> Traces { get; private set; } = [];

    /// <summary>Visible states that chains started from, a chain a row.</summary>
    public BitMatrix Starts { get; }

    /// <summary>Visible states after the last sweep, a chain a row.</summary>
    public BitMatrix Ends { get; }

    /// <summary>How many of the judged sweeps have their states in <see cref="Samples"/>: evenly spaced, the last one is among them.</summary>
    public int Snapshots { get; }

    /// <summary>What random starts are remembered after the last sweep.</summary>
    public StartMemory RandomMemory { get; private set; } = new(0, 0);

    /// <summary>What starts from data are remembered after the last sweep; null without data.</summary>
    public StartMemory? DataMemory { get; private set; }

    /// <summary>The largest rank-normalised split R-hat of a trace that varies; infinite if chains are frozen or nothing varies.</summary>
    public double LargestRHat { get; private set; } = double.PositiveInfinity;

    /// <summary>The largest nested R-hat between the kinds of starts; null without data.</summary>
    public double? LargestStartRHat { get; private set; }

    /// <summary>The smallest bulk effective sample size of a trace that varies, over all chains; 0 if nothing varies.</summary>
    public double EffectiveSampleSize { get; private set; }

    /// <summary>The longest autocorrelation time of a trace that varies, in sweeps; infinite if chains are frozen or nothing varies.</summary>
    public double AutocorrelationTime { get; private set; } = double.PositiveInfinity;

    /// <summary>Whether the chains mix.</summary>
    public MixingVerdict Verdict { get; private set; }

    /// <summary>The verdict as a sentence.</summary>
    public string Explanation { get; private set; } = string.Empty;

    /// <summary>Runs chains and judges them.</summary>
    /// <param name="rbm">A model of binary units; it must not be edited meanwhile.</param>
    /// <param name="options">How many chains for how long.</param>
    /// <param name="data">Binary rows from which the second half of the chains starts, drawn without repetition; or null.</param>
    /// <param name="progress">Told the share of the sweeps that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops the chains.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentException">
    /// An option is out of range, units aren't binary, or the data aren't binary or have another width than the model.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static MixingReport Run(
        Rbm rbm, MixingOptions options, IVisibleRows? data = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (rbm.Visible.Kind != UnitKind.Binary || rbm.Hidden.Kind != UnitKind.Binary)
        {
            Throw.Argument(nameof(rbm), "binary units", $"{rbm.Visible.Name} visible and {rbm.Hidden.Name} hidden ones");
        }

        CheckData(rbm, data);
        MixingReport report = new(rbm, options, data is not null);
        using ChainSet chains = new(rbm, options.Chains, options.Seed, options.Threads);
        report.Place(chains, data);
        report.Watch(rbm, chains, progress, cancellation);
        report.Judge(cancellation);
        return report;
    }

    /// <summary>States of some chains at all snapshots, snapshot by snapshot.</summary>
    /// <param name="fromData">Whether of the chains that started from data, or at random.</param>
    /// <returns>A new matrix [snapshots * chains, visible]; the last rows are the chains' last states.</returns>
    public BitMatrix Samples(bool fromData)
    {
        (int first, int end) = Range(fromData);
        BitMatrix samples = new(Snapshots * (end - first), _samples.Columns);
        for (int snapshot = 0; snapshot < Snapshots; snapshot++)
        {
            for (int chain = first; chain < end; chain++)
            {
                _samples.Row((snapshot * Options.Chains) + chain).CopyTo(samples.Row((snapshot * (end - first)) + chain - first));
            }
        }

        return samples;
    }

    /// <summary>The last states of some chains.</summary>
    /// <param name="fromData">Whether of the chains that started from data, or at random.</param>
    /// <param name="count">How many of them, from the first: at most all.</param>
    /// <returns>A new matrix [count, visible].</returns>
    /// <exception cref="ArgumentOutOfRangeException">There aren't so many chains.</exception>
    public BitMatrix LastStates(bool fromData, int count)
    {
        (int first, int end) = Range(fromData);
        Throw.IfOutside(count, 0, end - first);
        BitMatrix states = new(count, Ends.Columns);
        for (int row = 0; row < count; row++)
        {
            Ends.Row(first + row).CopyTo(states.Row(row));
        }

        return states;
    }

    private (int First, int End) Range(bool fromData) => fromData ? (RandomChains, Options.Chains) : (0, RandomChains);

    private static void CheckData(Rbm rbm, IVisibleRows? data)
    {
        if (data is null)
        {
            return;
        }

        Throw.IfLess(data.Rows, 1, "rows of data");
        if (data.Columns != rbm.Visible.Count)
        {
            Throw.Argument(nameof(data), $"rows of {rbm.Visible.Count} values, the model's visible units", $"{data.Columns}");
        }

        if (!data.IsBinary)
        {
            Throw.Argument(nameof(data), "values 0 and 1", "values between them; binarize them first");
        }

        PartialRows.RequireComplete(data, nameof(data));
    }

    private void Place(ChainSet chains, IVisibleRows? data)
    {
        if (data is not null)
        {
            Copy(new RowSample(data, Options.Seed).Take(0, DataChains), 0, chains.Visible, RandomChains, DataChains);
        }

        Copy(chains.Visible, 0, Starts, 0, Options.Chains);
    }

    private void Watch(Rbm rbm, ChainSet chains, IProgress<double>? progress, CancellationToken cancellation)
    {
        MixingRecorder recorder = new(rbm, chains, Options);
        int judged = Options.Sweeps - Options.WarmUp;
        int taken = 0;
        for (int sweep = 0; sweep < Options.Sweeps;)
        {
            cancellation.ThrowIfCancellationRequested();
            int pause = sweep < Options.WarmUp ? Options.WarmUp : Options.WarmUp + SnapshotAfter(taken, judged);
            int sweeps = Math.Min(SweepsAtOnce, pause - sweep);
            chains.Run(sweeps, recorder);
            sweep += sweeps;
            if (sweep == Options.WarmUp)
            {
                chains.Visible.Row(0).CopyTo(recorder.References.Row(0));
                chains.Visible.Row(DataChains > 0 ? RandomChains : Options.Chains / 2).CopyTo(recorder.References.Row(1));
            }
            else if (sweep == pause)
            {
                Copy(chains.Visible, 0, _samples, taken * Options.Chains, Options.Chains);
                taken++;
            }

            progress?.Report((double)sweep / Options.Sweeps);
        }

        Copy(chains.Visible, 0, Ends, 0, Options.Chains);
        Traces = recorder.Traces;
    }

    /// <summary>The judged sweep after which the next snapshot is taken; the last is the last sweep.</summary>
    private int SnapshotAfter(int taken, int judged) => (int)((long)judged * (taken + 1) / Snapshots);

    private void Judge(CancellationToken cancellation)
    {
        foreach (MixingTrace trace in Traces)
        {
            cancellation.ThrowIfCancellationRequested();
            trace.Judge(Options.WarmUp, RandomChains);
        }

        RandomMemory = StartMemory.Of(Starts, Ends, 0, RandomChains);
        DataMemory = DataChains == 0 ? null : StartMemory.Of(Starts, Ends, RandomChains, Options.Chains);
        MixingTrace[] moving = [.. Traces.Where(static trace => trace.Summary.Status != SeriesStatus.Constant)];
        if (DataChains > 0)
        {
            LargestStartRHat = Traces.Max(static trace => trace.Starts!.NestedRHat);
        }

        if (moving.Length == 0)
        {
            (Verdict, Explanation) = (MixingVerdict.CannotTell, "cannot tell: all chains show the same numbers for ever");
            return;
        }

        LargestRHat = moving.Max(static trace => trace.Summary.RankRHat);
        EffectiveSampleSize = moving.Min(static trace => trace.Summary.BulkEffectiveSampleSize);
        AutocorrelationTime = moving.Max(static trace => trace.Summary.AutocorrelationTime);
        (Verdict, Explanation) = Decide();
    }

    private (MixingVerdict Verdict, string Explanation) Decide()
    {
        string after = string.Create(CultureInfo.InvariantCulture, $"after {Options.Sweeps} sweeps (R-hat {Text(LargestRHat)})");
        bool startsDiffer = Traces.Any(static trace =>
            trace.Starts is { NestedRHat: > LargestNestedRHat } starts && Math.Abs(starts.StandardErrors) > SignificantErrors);
        if (startsDiffer)
        {
            return (MixingVerdict.DoesNotMix, $"does not mix: chains started from data and at random still differ {after}");
        }

        if (Remember(MuchMemory))
        {
            return (MixingVerdict.DoesNotMix, $"does not mix: chains still are near where they started {after}");
        }

        if (!(LargestRHat <= BadRHat) && (DataChains == 0 || double.IsInfinity(LargestRHat)))
        {
            return (MixingVerdict.DoesNotMix, $"does not mix: chains still differ from each other {after}");
        }

        string samples = string.Create(
            CultureInfo.InvariantCulture,
            $"R-hat {Text(LargestRHat)}, {Math.Floor(EffectiveSampleSize)} independent samples of {Options.Chains} chains x {Options.Sweeps - Options.WarmUp} sweeps");
        return LargestRHat <= GoodRHat && !Remember(LittleMemory) && EffectiveSampleSize >= LeastIndependent
            ? (MixingVerdict.Mixes, "mixes: " + samples)
            : (MixingVerdict.MixesSlowly, "mixes slowly: starts are forgotten, but chains need more sweeps to agree: " + samples);
    }

    private bool Remember(double share) => Remembers(RandomMemory, share) || (DataMemory is not null && Remembers(DataMemory, share));

    private static bool Remembers(StartMemory memory, double share) => memory.Share > share && memory.StandardErrors > SignificantErrors;

    private static string Text(double value) =>
        double.IsFinite(value) ? value.ToString(value < 10 ? "0.000" : "0", CultureInfo.InvariantCulture) : "infinite";

    private static void Copy(BitMatrix source, int first, BitMatrix target, int targetFirst, int count)
    {
        for (int row = 0; row < count; row++)
        {
            source.Row(first + row).CopyTo(target.Row(targetFirst + row));
        }
    }
}
