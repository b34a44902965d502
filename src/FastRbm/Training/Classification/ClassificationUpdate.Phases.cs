using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Reduction;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Training.Classification;

/// <content>What one thread does with its rows: statistics of the data, then those of chains.</content>
internal sealed partial class ClassificationUpdate
{
    /// <summary>Chains begin at labelled rows, which come again when they run out.</summary>
    private void StartChains()
    {
        for (int chain = 0; chain < _mostRows; chain++)
        {
            _batch.CopyStart(chain, _chainVisible.Bits!.Row(chain));
        }

        _up.Inputs(0, _mostRows, 0, _chainVisible, default, _chainInputs, 0);
        _up.Sample(
            0, _mostRows, _chainInputs, 0, default, Draws(_options.Seed, StreamPurpose.ChainStart, 0), Draws(_options.Seed, StreamPurpose.ChainStartTie, 0), _chainHidden);
    }

    private void PositivePhase(int first, int end, int member)
    {
        if (first >= end)
        {
            return;
        }

        for (int row = first; row < end; row++)
        {
            _batch.Read(row, member, _visible.Row(row), _data.Bits!.Row(row));
        }

        if (_batch.HasMeans)
        {
            FloatGemm.MultiplyBias<Epilogues.Identity>(
                _level, GemmLayout.NN, _gemm[member], _visible.AsSpan2D()[first..end, ..], _model.Weights, _model.HiddenBias, _inputs.AsSpan2D()[first..end, ..]);
        }
        else
        {
            // The label's columns are off: c + vW alone.
            _up.Inputs(first, end, member, _data, default, _inputs, 0);
        }

        for (int row = first; row < end; row++)
        {
            if (row % BlockRows == 0)
            {
                ClearBlock(row / BlockRows);
            }

            Classify(row, member);
        }
    }

    /// <summary>p(y | v) of a row, its statistics, and the state that its chain starts at.</summary>
    private void Classify(int row, int member)
    {
        ReadOnlySpan<float> inputs = _inputs.Row(row);
        Matrix means = _classMeans[member];
        double[] scores = _scores[member];
        int label = _batch.Label(row);
        for (int y = 0; y < scores.Length; y++)
        {
            scores[y] = _model.ClassBias[y] + ClassSum.Run(_level, inputs, Weights(y), means.Row(y));
        }

        double sum = DoubleMath.LogSumExp(scores);
        if (label != ClassLabels.Unlabelled)
        {
            _losses[row] = sum - scores[label];
            _wrong[row] = Largest(scores) != label;
        }

        Span<float> hidden = _hidden.Row(row);
        hidden.Clear();
        for (int y = 0; y < scores.Length; y++)
        {
            scores[y] = DoubleMath.Exp(scores[y] - sum);
            float coefficient = _batch.Coefficient(row, y, scores[y]);
            _coefficients[row, y] = coefficient;
            if (coefficient != 0)
            {
                FloatRows.AddMultiple(means.Row(y), coefficient, hidden);
                FloatRows.AddMultiple(means.Row(y), coefficient, BlockSum(row / BlockRows, y));
            }
        }

        AddMeans(row, label, means, scores);
        if (_options.Persistent || !_options.HasChains)
        {
            return;
        }

        int start = label != ClassLabels.Unlabelled ? label : Draw(scores, new RandomStream(_options.Seed, StreamPurpose.ClassLabel, _update, row).Uniform(0));
        Span<float> startInputs = _chainInputs.Row(row);
        inputs.CopyTo(startInputs);
        FloatRows.Add(Weights(start), startInputs);
        _joint.Hidden.SampleBits(
            startInputs, new RandomStream(_options.Seed, StreamPurpose.ClassHidden, _update, row),
            new RandomStream(_options.Seed, StreamPurpose.ClassHiddenTie, _update, row), _chainHidden.Bits!.Row(row));
    }

    /// <summary>The hidden means of a row as the data have it, for offsets: those of its class, or over all classes.</summary>
    private void AddMeans(int row, int label, Matrix means, double[] probabilities)
    {
        Span<float> sums = BlockSum(row / BlockRows, _model.Classes);
        if (_options.Centring == Centring.None)
        {
            return;
        }

        if (label != ClassLabels.Unlabelled)
        {
            FloatRows.Add(means.Row(label), sums);
            return;
        }

        for (int y = 0; y < probabilities.Length; y++)
        {
            FloatRows.AddMultiple(means.Row(y), (float)probabilities[y], sums);
        }
    }

    private void NegativePhase(int first, int end, int member)
    {
        if (first >= end)
        {
            return;
        }

        ulong seed = _options.Seed;
        for (int sweep = 0; sweep < _options.Steps; sweep++)
        {
            long step = (_update * _options.Steps) + sweep;
            _down.Inputs(first, end, member, _chainHidden, default, _visibleInputs, 0);
            _down.Sample(
                first, end, _visibleInputs, 0, default, Draws(seed, StreamPurpose.ClassVisible, step), Draws(seed, StreamPurpose.ClassVisibleTie, step), _chainVisible);
            _up.Inputs(first, end, member, _chainVisible, default, _chainInputs, 0);
            if (sweep < _options.Steps - 1 || _options.Persistent)
            {
                _up.Sample(
                    first, end, _chainInputs, 0, default, Draws(seed, StreamPurpose.ClassNegativeHidden, step),
                    Draws(seed, StreamPurpose.ClassNegativeHiddenTie, step), _chainHidden);
            }
        }

        int offset = _batch.Rows;
        int firstBlock = Blocks(_mostRows);
        for (int chain = first; chain < end; chain++)
        {
            int block = firstBlock + (chain / BlockRows);
            if (chain % BlockRows == 0)
            {
                ClearBlock(block);
            }

            float weight = _options.Persistent ? _chainWeight : _visibleWeights[chain];
            ReadOnlySpan<ulong> bits = _chainVisible.Bits!.Row(chain);
            int label = ClassificationBatch.LabelOf(bits, _model.Columns);
            ClassificationBatch.Expand(bits, _visible.Row(offset + chain));
            Span<float> hidden = _hidden.Row(offset + chain);
            ElementaryKernels.Sigmoid(_level, _chainInputs.Row(chain), hidden);
            FloatRows.Multiply(hidden, -weight);
            FloatRows.Add(hidden, BlockSum(block, label));
            _coefficients.Row(offset + chain).Clear();
            _coefficients[offset + chain, label] = -weight;
            _visibleWeights[offset + chain] = -weight;
        }
    }

    private static int Largest(double[] scores)
    {
        int largest = 0;
        for (int y = 1; y < scores.Length; y++)
        {
            largest = scores[y] > scores[largest] ? y : largest;
        }

        return largest;
    }

    /// <summary>A class by its probability: the first whose sum of probabilities passes the draw.</summary>
    private static int Draw(double[] probabilities, double uniform)
    {
        double sum = 0;
        for (int y = 0; y < probabilities.Length - 1; y++)
        {
            sum += probabilities[y];
            if (uniform < sum)
            {
                return y;
            }
        }

        return probabilities.Length - 1;
    }

    private static RandomStream Draws(ulong seed, StreamPurpose purpose, long step) => new(seed, purpose, step, 0);
}
