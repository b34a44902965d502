using FastRbm.Kernels.Binary;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Training;

/// <summary>The parameters of both layers beyond the biases.</summary>
internal sealed class UnitParameterPair
{
    private readonly UnitParameters _visible;
    private readonly UnitParameters _hidden;
    private readonly int _blocks;
    private readonly bool _centred;

    /// <summary>Allocates for a model.</summary>
    /// <param name="rbm">The model.</param>
    /// <param name="options">The options.</param>
    /// <param name="blocks">Blocks of rows, of both phases.</param>
    /// <param name="members">Threads.</param>
    public UnitParameterPair(Rbm rbm, TrainingOptions options, int blocks, int members)
    {
        _visible = new UnitParameters(rbm.Visible, options, blocks, members, hidden: false);
        _hidden = new UnitParameters(rbm.Hidden, options, blocks, members, hidden: true);
        _blocks = blocks;
        _centred = options.Centring != Centring.None;
    }

    /// <summary>Buffers that are the state of a run; those that aren't needed are null.</summary>
    public IEnumerable<(string Name, Matrix? Values)> Values =>
    [
        ("visible_parameters_velocity", _visible.Velocity), ("hidden_parameters_velocity", _hidden.Velocity),
        ("visible_parameters_squares", _visible.Squares), ("hidden_parameters_squares", _hidden.Squares),
        ("visible_parameters_average", _visible.Average), ("hidden_parameters_average", _hidden.Average),
    ];

    /// <summary>Forgets all blocks: for minibatches that don't fill them.</summary>
    public void Clear()
    {
        _visible.Clear();
        _hidden.Clear();
    }

    /// <summary>Adds a row's statistics to its block, which the block's first row begins.</summary>
    /// <param name="firstBlock">The first block of the row's phase.</param>
    /// <param name="row">The row in its phase.</param>
    /// <param name="member">The thread.</param>
    /// <param name="states">Visible states.</param>
    /// <param name="inputs">Hidden inputs.</param>
    /// <param name="weight">The row's weight, negative in the negative phase.</param>
    public void Add(int firstBlock, int row, int member, ReadOnlySpan<float> states, ReadOnlySpan<float> inputs, float weight)
    {
        int block = firstBlock + (row / UnitParameters.BlockRows);
        bool begins = row % UnitParameters.BlockRows == 0;
        Add(_visible, block, begins, member, states, weight);
        Add(_hidden, block, begins, member, inputs, weight);
    }

    /// <summary>Moves all parameters.</summary>
    /// <param name="step">The arguments of the step of the weights.</param>
    /// <param name="standard">The moments of the data.</param>
    /// <param name="fieldGradient">The gradient of the visible biases, without a rate.</param>
    /// <param name="update">Which update, from 0.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="momentum">The momentum.</param>
    public void Move(in WeightUpdateArguments step, Standardisation standard, ReadOnlySpan<float> fieldGradient, long update, double rate, double momentum)
    {
        bool average = HasAverage(step);
        if (_visible.Used)
        {
            _visible.Move(_blocks, _centred ? standard.Means : default, fieldGradient, standard.LargestLogPrecisions, update, rate, momentum);
            Observe(_visible, average, step.AverageRate);
        }

        if (_hidden.Used)
        {
            _hidden.Move(_blocks, default, default, default, update, rate, momentum);
            Observe(_hidden, average, step.AverageRate);
        }
    }

    /// <summary>Makes the running means the parameters.</summary>
    public void TakeAverage()
    {
        _visible.TakeAverage();
        _hidden.TakeAverage();
    }

    private static unsafe bool HasAverage(in WeightUpdateArguments step) => step.WeightAverage != null;

    private static void Observe(UnitParameters parameters, bool average, float share)
    {
        if (average)
        {
            parameters.Observe(share);
        }
    }

    private static void Add(UnitParameters parameters, int block, bool begins, int member, ReadOnlySpan<float> values, float weight)
    {
        if (!parameters.Used)
        {
            return;
        }

        if (begins)
        {
            parameters.Begin(block);
        }

        parameters.Add(block, member, values, weight);
    }
}
