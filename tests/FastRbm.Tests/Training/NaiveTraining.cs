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
    private readonly bool[][] _filled;

    public NaiveTraining(ReferenceRbm start, TestRows rows, TrainingOptions options)
    {
        Model = start;
        _rows = rows;
        _options = options;
        _sgd = new ReferenceSgd(start.Visible, start.Hidden)
        {
            L2 = options.WeightDecay,
            L1 = options.L1Decay,
            Group = options.GroupDecay,
            MaxNorm = options.MaxNorm,
            SquareMomentum = options.StepRule == StepRule.Adam ? options.SquareMomentum : 0,
            Epsilon = options.Epsilon,
            Mask = Mask(start),
        };
        HiddenMeans = new double[start.Hidden];
        _filled = [.. Enumerable.Range(0, rows.Rows).Select(FirstValues)];
        int chains = options.Chains > 0 ? options.Chains : options.BatchSize;
        _chains = [.. Enumerable.Range(0, chains).Select(chain =>
            Sample(start.HiddenInputs(Bits(chain % rows.Rows, 0)), StreamPurpose.ChainStart, StreamPurpose.ChainStartTie, 0, chain))];
    }

    /// <summary>The model that the next update starts from.</summary>
    public ReferenceRbm Model { get; set; }

    /// <summary>The velocities that the next update starts from.</summary>
    public ReferenceMoments Velocity => _sgd.Velocity;

    /// <summary>Adam's mean squared gradients that the next update starts from.</summary>
    public ReferenceMoments Squares => _sgd.Squares;

    /// <summary>The running means of the hidden units that the next update starts from.</summary>
    public double[] HiddenMeans { get; }

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
        bool persistent = _options.Algorithm != TrainingAlgorithm.ContrastiveDivergence;
        ReferenceMoments positive = new(Model.Visible, Model.Hidden);
        double total = rows.Sum(WeightOf);
        bool[][] hidden = persistent ? _chains : new bool[rows.Length][];
        for (int row = 0; row < rows.Length; row++)
        {
            double[] visible = _options.Binarization == Binarization.None && !_rows.IsBinary
                ? Translate.ToDoubles(_rows[rows[row]])
                : BinaryStates.ToDoubles(DrawMissing(Bits(rows[row], epoch), rows[row], row, update));
            positive.Add(WeightOf(rows[row]) / total, visible, Model.MeanHidden(visible));
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
                for (int unit = 0; unit < visible.Length && _options.Missing == MissingValues.Absent; unit++)
                {
                    visible[unit] &= _rows.IsObserved(rows[chain], unit);
                }

                hidden[chain] = Sample(Model.HiddenInputs(visible), StreamPurpose.NegativeHiddenSample, StreamPurpose.NegativeHiddenTie, step, chain);
            }

            negative.Add(1.0 / hidden.Length, BinaryStates.ToDoubles(visible), Model.MeanHidden(visible));
        }

        SetOffsets(positive, negative, update);
        double share = total / Enumerable.Range(0, _rows.Rows).Average(WeightOf) / _options.BatchSize;
        _sgd.Rate = _options.LearningRate.At(update, updates) * share;
        _sgd.Momentum = _options.Momentum.At(epoch);
        _sgd.Number = update + 1;
        Model = _sgd.Step(Model, positive, negative);
    }

    private void SetOffsets(ReferenceMoments positive, ReferenceMoments negative, long update)
    {
        for (int j = 0; j < HiddenMeans.Length; j++)
        {
            double rate = update == 0 ? 1 : _options.OffsetRate;
            HiddenMeans[j] += rate * (positive.HiddenBias[j] - HiddenMeans[j]);
            _sgd.HiddenPush[j] = _options.SparsityCost * (_options.SparsityTarget - HiddenMeans[j]);
            _sgd.HiddenOffsets[j] = _options.Centring switch
            {
                Centring.Data => HiddenMeans[j],
                Centring.Enhanced => (positive.HiddenBias[j] + negative.HiddenBias[j]) / 2,
                _ => 0,
            };
        }

        for (int i = 0; i < Model.Visible; i++)
        {
            _sgd.VisibleOffsets[i] = _options.Centring switch
            {
                Centring.Data => MeanOf(i),
                Centring.Enhanced => (positive.VisibleBias[i] + negative.VisibleBias[i]) / 2,
                _ => 0,
            };
        }
    }

    private double MeanOf(int unit)
    {
        int[] rows = [.. Enumerable.Range(0, _rows.Rows).Where(row => _rows.IsObserved(row, unit))];
        if (rows.Length == 0)
        {
            return 0.5;
        }

        bool threshold = _options.Binarization == Binarization.Threshold;
        return rows.Sum(row => WeightOf(row) * (threshold ? (_rows[row][unit] >= 0.5f ? 1 : 0) : _rows[row][unit])) / rows.Sum(WeightOf);
    }

    private double WeightOf(int row) => _options.RowWeights.IsEmpty ? 1 : _options.RowWeights.Span[row];

    private bool[,]? Mask(ReferenceRbm model)
    {
        if (_options.WeightMask.IsEmpty)
        {
            return null;
        }

        bool[,] mask = new bool[model.Visible, model.Hidden];
        for (int i = 0; i < model.Visible; i++)
        {
            for (int j = 0; j < model.Hidden; j++)
            {
                mask[i, j] = _options.WeightMask.Span[(i * model.Hidden) + j];
            }
        }

        return mask;
    }

    private bool[] Bits(int row, int epoch)
    {
        float[] values = _rows[row];
        RandomStream stream = new(_options.Seed, StreamPurpose.Binarization, epoch, row);
        return [.. Enumerable.Range(0, values.Length).Select(unit => _options.Binarization == Binarization.Sample && !_rows.IsBinary
            ? stream.Bits(unit) / 4294967296.0 < values[unit]
            : values[unit] >= 0.5f).Zip(_filled[row], static (value, filled) => value || filled)];
    }

    private bool[] FirstValues(int row)
    {
        RandomStream stream = new(_options.Seed, StreamPurpose.MissingStart, 0, row);
        return [.. Enumerable.Range(0, _rows.Columns).Select(unit => _options.Missing == MissingValues.Marginal
            && !_rows.IsObserved(row, unit) && stream.Bits(unit) / 4294967296.0 < (float)MeanOf(unit))];
    }

    /// <summary>Gibbs steps of a row's missing values, which are kept.</summary>
    private bool[] DrawMissing(bool[] visible, int source, int row, long update)
    {
        for (int sweep = 0; sweep < _options.MissingSteps && _options.Missing == MissingValues.Marginal && _rows.HasMissing; sweep++)
        {
            long step = (update * _options.MissingSteps) + sweep;
            bool[] hidden = Sample(Model.HiddenInputs(visible), StreamPurpose.MissingHidden, StreamPurpose.MissingHiddenTie, step, row);
            bool[] drawn = Sample(Model.VisibleInputs(BinaryStates.ToDoubles(hidden)), StreamPurpose.MissingVisible, StreamPurpose.MissingVisibleTie, step, row);
            for (int unit = 0; unit < visible.Length; unit++)
            {
                if (!_rows.IsObserved(source, unit))
                {
                    visible[unit] = _filled[source][unit] = drawn[unit];
                }
            }
        }

        return visible;
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
