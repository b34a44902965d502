using FastRbm.Kernels.Elementary;
using FastRbm.Random;
using FastRbm.Reference;
using FastRbm.Training;

namespace FastRbm.Tests.Training;

/// <summary>
/// Contrastive divergence written out in doubles, one unit at a time, with the documented random numbers: what the trainer must
/// do, up to rounding.
/// </summary>
internal sealed class NaiveTraining
{
    private readonly TestRows _rows;
    private readonly TrainingOptions _options;
    private readonly ReferenceSgd _sgd;
    private readonly bool[][] _chains;

    public NaiveTraining(ReferenceRbm start, TestRows rows, TrainingOptions options)
    {
        Model = start;
        _rows = rows;
        _options = options;
        _sgd = new ReferenceSgd(start.Visible, start.Hidden) { L2 = options.WeightDecay, L1 = options.L1Decay };
        int chains = options.Chains > 0 ? options.Chains : options.BatchSize;
        _chains = [.. Enumerable.Range(0, chains).Select(chain =>
            Sample(start.HiddenInputs(Bits(chain % rows.Rows, 0)), StreamPurpose.ChainStart, StreamPurpose.ChainStartTie, 0, chain))];
    }

    /// <summary>The model that the next update starts from.</summary>
    public ReferenceRbm Model { get; set; }

    /// <summary>The velocities that the next update starts from.</summary>
    public ReferenceMoments Velocity => _sgd.Velocity;

    /// <summary>The learning rate of the last update.</summary>
    public double Rate => _sgd.Rate;

    /// <summary>Does update number <paramref name="update"/>, from 0.</summary>
    public void Step(long update)
    {
        int updates = (_rows.Rows + _options.BatchSize - 1) / _options.BatchSize;
        int epoch = (int)(update / updates);
        int first = (int)(update % updates) * _options.BatchSize;
        int batch = Math.Min(_options.BatchSize, _rows.Rows - first);
        Update(Order(epoch)[first..(first + batch)], epoch, update, (long)updates * _options.Epochs);
    }

    private void Update(int[] rows, int epoch, long update, long updates)
    {
        bool persistent = _options.Algorithm == TrainingAlgorithm.PersistentContrastiveDivergence;
        ReferenceMoments positive = new(Model.Visible, Model.Hidden);
        bool[][] hidden = persistent ? _chains : new bool[rows.Length][];
        for (int row = 0; row < rows.Length; row++)
        {
            double[] visible = _options.Binarization == Binarization.None && !_rows.IsBinary
                ? Translate.ToDoubles(_rows[rows[row]])
                : BinaryStates.ToDoubles(Bits(rows[row], epoch));
            positive.Add(1.0 / rows.Length, visible, Model.MeanHidden(visible));
            if (!persistent)
            {
                hidden[row] = Sample(Model.HiddenInputs(visible), StreamPurpose.HiddenSample, StreamPurpose.HiddenTie, update, row);
            }
        }

        ReferenceMoments negative = new(Model.Visible, Model.Hidden);
        for (int chain = 0; chain < hidden.Length; chain++)
        {
            bool[] visible = [];
            for (int sweep = 0; sweep < _options.Steps; sweep++)
            {
                long step = (update * _options.Steps) + sweep;
                visible = Sample(Model.VisibleInputs(hidden[chain]), StreamPurpose.VisibleSample, StreamPurpose.VisibleTie, step, chain);
                hidden[chain] = Sample(Model.HiddenInputs(visible), StreamPurpose.NegativeHiddenSample, StreamPurpose.NegativeHiddenTie, step, chain);
            }

            negative.Add(1.0 / hidden.Length, BinaryStates.ToDoubles(visible), Model.MeanHidden(visible));
        }

        double share = (double)rows.Length / _options.BatchSize;
        _sgd.Rate = _options.LearningRate.At(update, updates) * share;
        _sgd.Momentum = _options.Momentum.At(epoch);
        Model = _sgd.Step(Model, positive, negative);
    }

    private bool[] Bits(int row, int epoch)
    {
        float[] values = _rows[row];
        RandomStream stream = new(_options.Seed, StreamPurpose.Binarization, epoch, row);
        return [.. Enumerable.Range(0, values.Length).Select(unit => _options.Binarization == Binarization.Sample && !_rows.IsBinary
            ? stream.Bits(unit) / 4294967296.0 < values[unit]
            : values[unit] >= 0.5f)];
    }

    private int[] Order(int epoch)
    {
        RandomStream stream = new(_options.Seed, StreamPurpose.Shuffle, epoch, 0);
        List<int> order = [];
        for (int row = 0; row < _rows.Rows; row++)
        {
            int other = stream.Below(row, row + 1);
            order.Add(row);
            (order[row], order[other]) = (order[other], order[row]);
        }

        return [.. order];
    }

    /// <summary>A unit takes its less likely state if its 48-bit uniform lies below that state's probability.</summary>
    private bool[] Sample(double[] inputs, StreamPurpose draws, StreamPurpose ties, long step, int chain)
    {
        RandomStream first = new(_options.Seed, draws, step, chain);
        RandomStream rest = new(_options.Seed, ties, step, chain);
        bool[] states = new bool[inputs.Length];
        for (int unit = 0; unit < states.Length; unit++)
        {
            int group = unit % 64 / 16;
            int lane = unit % 16 / 2;
            uint bits = first.Bits((((8L * (unit / 64)) + lane) * 4) + group);
            uint head = unit % 2 == 0 ? bits & 0xFFFF : bits >> 16;
            double uniform = (head + (rest.Bits(unit) / 4294967296.0)) / 65536;
            states[unit] = (uniform < DoubleMath.Sigmoid(-Math.Abs(inputs[unit]))) ^ (inputs[unit] > 0);
        }

        return states;
    }
}
