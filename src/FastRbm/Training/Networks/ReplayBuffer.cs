using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Networks;
using FastRbm.Random;
using FastRbm.Sampling.Networks;

namespace FastRbm.Training.Networks;

/// <summary>Chains that are kept from update to update (Du and Mordatch 2019).</summary>
/// <remarks>
/// An update takes the next places of a random order of all, so that no place is taken twice at once. What it takes and which chains start anew is a
/// function of seed and update: only the states themselves belong to a checkpoint.
/// </remarks>
internal sealed class ReplayBuffer
{
    private readonly EnergyNetwork _model;
    private readonly JemOptions _options;
    private readonly int[] _order;
    private long _pass = -1;

    /// <summary>Fills the places with uniform noise.</summary>
    public ReplayBuffer(EnergyNetwork model, JemOptions options)
    {
        _model = model;
        _options = options;
        _order = new int[options.BufferSize];
        States = new Matrix(options.BufferSize, model.Columns);
        for (int place = 0; place < States.Rows; place++)
        {
            UniformStart.Fill(model, new RandomStream(options.Seed, StreamPurpose.LangevinStart, 0, place), States.Row(place));
        }
    }

    /// <summary>A chain a place.</summary>
    public Matrix States { get; }

    private int BatchesOfPass => States.Rows / _options.BatchSize;

    /// <summary>Prepares the order for an update.</summary>
    public void Order(long update)
    {
        long pass = update / BatchesOfPass;
        if (pass == _pass)
        {
            return;
        }

        RandomStream stream = new(_options.Seed, StreamPurpose.ReplayBuffer, pass, 0);
        for (int place = 0; place < _order.Length; place++)
        {
            int other = stream.Below(place, place + 1);
            _order[place] = _order[other];
            _order[other] = place;
        }

        _pass = pass;
    }

    /// <summary>The place of a chain of an update.</summary>
    public int Place(long update, int chain) => _order[((int)(update % BatchesOfPass) * _options.BatchSize) + chain];

    /// <summary>The class of a chain of an update.</summary>
    public byte Label(int place) => _options.ClassConditional ? (byte)(place % _model.Classes) : ClassLabels.Unlabelled;

    /// <summary>Where a chain of an update starts.</summary>
    public void Start(long update, int chain, Span<float> state)
    {
        RandomStream stream = new(_options.Seed, StreamPurpose.ReplayBuffer, update, 1 + chain);
        if (stream.Uniform(0) < _options.RestartProbability)
        {
            UniformStart.Fill(_model, new RandomStream(_options.Seed, StreamPurpose.LangevinStart, 1 + update, chain), state);
        }
        else
        {
            States.Row(Place(update, chain)).CopyTo(state);
        }
    }
}
