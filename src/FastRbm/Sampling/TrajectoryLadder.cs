using FastRbm.Errors;
using FastRbm.Models;

namespace FastRbm.Sampling;

/// <summary>
/// Frozen models along a training run, from one without weights to the last: neighbours are alike, so that chains of all of them can
/// exchange states (<see cref="TrajectoryChains"/>).
/// </summary>
/// <remarks>
/// The first rung's visible units are independent of each other: it is sampled exactly, and its log Z is known. Each rung holds a model of
/// its own, a copy. Source: Bereux, Decelle, Furtlehner, Rosset and Seoane (2024), "Fast, accurate training and sampling of restricted
/// Boltzmann machines" (arXiv 2405.15376). Not thread-safe.
/// </remarks>
public sealed class TrajectoryLadder
{
    private readonly List<Rbm> _models = [];
    private readonly List<LogPartitionEstimate> _logRatios = [];

    /// <summary>Makes a ladder of one rung: the biases of a model, and weights 0.</summary>
    /// <param name="start">The model that training starts with: both layers binary. Best with visible biases from the data.</param>
    /// <exception cref="ArgumentException">A layer isn't binary.</exception>
    public TrajectoryLadder(Rbm start)
    {
        ArgumentNullException.ThrowIfNull(start);
        start.RequireBinary(nameof(start));
        ArgumentNullException.ThrowIfNull(start);
        CheckBinary(start, nameof(start));
        Rbm first = Copy(start);
        first.Edit(static (weights, _, _) => weights.Clear());
        _models.Add(first);
        LogPartitionFunctionOfFirst = TrajectoryRung.LogPartitionFunctionOfProduct(first);
        _logRatios.Add(new LogPartitionEstimate(LogPartitionFunctionOfFirst, 0));
    }

    /// <summary>The number of rungs.</summary>
    public int Count => _models.Count;

    /// <summary>log Z of the first rung in nats: sum_i softplus(a_i) + sum_j softplus(b_j).</summary>
    public double LogPartitionFunctionOfFirst { get; }

    /// <summary>The models, from the one without weights to the last.</summary>
    internal IReadOnlyList<Rbm> Models => _models;

    /// <summary>
    /// log(Z_t / Z_(t-1)) of each rung as last measured, with its own standard error (infinite before); for the first rung its log Z.
    /// </summary>
    internal IReadOnlyList<LogPartitionEstimate> LogRatios => _logRatios;

    /// <summary>A frozen model. It must not be edited.</summary>
    /// <param name="rung">From 0, the one without weights, to Count - 1.</param>
    public Rbm this[int rung] => _models[rung];

    /// <summary>Freezes a copy of a model as the last rung.</summary>
    /// <param name="model">A model of the same shape, further along the run.</param>
    /// <exception cref="ArgumentException">The shape differs, or a layer isn't binary.</exception>
    public void Add(Rbm model)
    {
        ArgumentNullException.ThrowIfNull(model);
        CheckShape(model, nameof(model));
        _models.Add(Copy(model));
        _logRatios.Add(new LogPartitionEstimate(0, double.PositiveInfinity));
    }

    /// <summary>Freezes a model on the straight line between two, in parameters, below a rung.</summary>
    /// <param name="rung">The rung that the new one comes before.</param>
    /// <param name="lower">A model.</param>
    /// <param name="upper">Another.</param>
    /// <param name="share">The share of the way from the lower to the upper.</param>
    internal void InsertBetween(int rung, Rbm lower, Rbm upper, float share)
    {
        Rbm middle = Copy(lower);
        middle.Edit((weights, visibleBias, hiddenBias) =>
        {
            Move(visibleBias, upper.Visible.Bias);
            Move(hiddenBias, upper.Hidden.Bias);
            for (int i = 0; i < weights.Height; i++)
            {
                Move(weights.GetRowSpan(i), upper.WeightMatrix.Row(i));
            }
        });
        _models.Insert(rung, middle);
        _logRatios.Insert(rung, new LogPartitionEstimate(0, double.PositiveInfinity));
        if (rung + 1 < Count)
        {
            _logRatios[rung + 1] = new LogPartitionEstimate(0, double.PositiveInfinity);
        }

        void Move(Span<float> values, ReadOnlySpan<float> others)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] += share * (others[i] - values[i]);
            }
        }
    }

    /// <summary>Throws unless a model is binary and of this ladder's shape.</summary>
    internal void CheckShape(Rbm model, string name)
    {
        model.RequireBinary(name);
        CheckBinary(model, name);
        Rbm first = _models[0];
        if (model.Visible.Count != first.Visible.Count || model.Hidden.Count != first.Hidden.Count)
        {
            Throw.Argument(
                name, $"a model of {first.Visible.Count} x {first.Hidden.Count} units", $"{model.Visible.Count} x {model.Hidden.Count}");
        }
    }

    /// <summary>Notes a measured ratio.</summary>
    internal void SetLogRatio(int rung, LogPartitionEstimate ratio) => _logRatios[rung] = ratio;

    /// <summary>Drops a rung; what was known of the ratios beside it goes with it.</summary>
    internal void RemoveAt(int rung)
    {
        _models.RemoveAt(rung);
        _logRatios.RemoveAt(rung);
        if (rung < Count)
        {
            _logRatios[rung] = new LogPartitionEstimate(0, double.PositiveInfinity);
        }
    }

    private static void CheckBinary(Rbm model, string name)
    {
        if (model.Visible.Kind != UnitKind.Binary || model.Hidden.Kind != UnitKind.Binary)
        {
            Throw.Argument(name, "binary layers", $"{model.Visible.Name} and {model.Hidden.Name}");
        }
    }

    private static Rbm Copy(Rbm model)
    {
        Rbm copy = Rbm.Binary(model.Visible.Count, model.Hidden.Count);
        copy.WeightMatrix.CopyFrom(model.WeightMatrix);
        copy.Visible.Parameters.CopyFrom(model.Visible.Parameters);
        copy.Hidden.Parameters.CopyFrom(model.Hidden.Parameters);
        copy.Edit(static (_, _, _) => { });
        return copy;
    }
}
