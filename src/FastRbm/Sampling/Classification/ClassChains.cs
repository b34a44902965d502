using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Classification;

namespace FastRbm.Sampling.Classification;

/// <summary>Gibbs chains of a classification RBM, each with its class held or free: their distribution is p(v,h | y), or p(y,v,h).</summary>
/// <remarks>
/// A sweep draws h from p(h | v,y), then v from p(v | h) and, where it is free, y from p(y | h). The states are a function of model, seed and
/// chain number alone. A sweep allocates nothing. Not thread-safe; dispose it to end its threads.
/// </remarks>
public sealed class ClassChains : IDisposable
{
    private readonly ClassificationRbm _model;
    private readonly UnitChains _chains;
    private readonly Matrix _held;
    private readonly BitMatrix _mask;
    private readonly float[] _visible;
    private readonly float[] _hidden;
    private readonly double[] _means;

    /// <summary>Makes chains that start at random.</summary>
    /// <param name="model">The model. It must not be edited while sweeps run.</param>
    /// <param name="labels">The class of each chain, null where it is free; at least one.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="threads">Threads, at least 1; small models use one. States don't depend on it.</param>
    /// <exception cref="ArgumentException">There is no chain, or a label isn't a class.</exception>
    public ClassChains(ClassificationRbm model, ReadOnlySpan<int?> labels, ulong seed, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        Throw.IfLess(labels.Length, 1, nameof(labels));
        int columns = model.Joint.Visible.Count;
        _held = new Matrix(labels.Length, columns);
        _mask = new BitMatrix(labels.Length, columns);
        for (int chain = 0; chain < labels.Length; chain++)
        {
            if (labels[chain] is not { } label)
            {
                continue;
            }

            if ((uint)label >= (uint)model.Classes)
            {
                Throw.OutOfRange(nameof(labels), $"0 to {model.Classes - 1}", $"{label} for chain {chain}");
            }

            _held[chain, model.Columns + label] = 1;
            for (int unit = model.Columns; unit < columns; unit++)
            {
                _mask[chain, unit] = true;
            }
        }

        _model = model;
        _visible = new float[columns];
        _hidden = new float[model.Hidden];
        _means = new double[model.Columns];
        _chains = new UnitChains(model.Joint, labels.Length, seed, threads);
        _chains.Hold(_held, _mask);
    }

    /// <summary>The number of chains.</summary>
    public int Chains => _chains.Chains;

    /// <summary>Sweeps done so far.</summary>
    public long Sweeps => _chains.Sweeps;

    /// <summary>Puts the chains at rows of data: chain c at row c, beginning again when they run out; held classes stay what they are.</summary>
    /// <param name="rows">Rows of bits that all have labels.</param>
    /// <exception cref="ArgumentException">Widths differ, a value isn't 0 or 1, or a label is missing or no class.</exception>
    public void StartFrom(ILabelledRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        _model.CheckWidth(rows, nameof(rows));
        _chains.StartFrom(new JointRows(rows, _model.Classes));
        _chains.Hold(_held, _mask);
    }

    /// <summary>Runs sweeps.</summary>
    /// <param name="sweeps">How many, 0 or more.</param>
    public void Run(int sweeps) => _chains.Run(sweeps);

    /// <summary>The class of a chain as it is now.</summary>
    /// <param name="chain">From 0 to Chains - 1.</param>
    /// <returns>From 0 to the number of classes - 1.</returns>
    public int Label(int chain)
    {
        _chains.CopyVisible(chain, _visible);
        return _visible.AsSpan(_model.Columns).IndexOf(1f);
    }

    /// <summary>Copies v of a chain.</summary>
    /// <param name="chain">From 0 to Chains - 1.</param>
    /// <param name="states">As many as there are columns, written.</param>
    public void CopyVisible(int chain, Span<float> states)
    {
        Throw.IfLengthDiffers(states.Length, _model.Columns, nameof(states));
        _chains.CopyVisible(chain, _visible);
        _visible.AsSpan(0, _model.Columns).CopyTo(states);
    }

    /// <summary>Copies the h that v was drawn from. After at least one sweep.</summary>
    /// <param name="chain">From 0 to Chains - 1.</param>
    /// <param name="states">As many as there are hidden units, written.</param>
    public void CopyHidden(int chain, Span<float> states) => _chains.CopyHidden(chain, states);

    /// <summary>E[v | h] of a chain: the means that its v was drawn from. After at least one sweep.</summary>
    /// <param name="chain">From 0 to Chains - 1.</param>
    /// <param name="means">As many as there are columns, written.</param>
    public void CopyMeans(int chain, Span<float> means)
    {
        Throw.IfLengthDiffers(means.Length, _model.Columns, nameof(means));
        _chains.CopyHidden(chain, _hidden);
        _model.MeanVisible(_hidden, _means);
        for (int unit = 0; unit < means.Length; unit++)
        {
            means[unit] = (float)_means[unit];
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _chains.Dispose();
}
